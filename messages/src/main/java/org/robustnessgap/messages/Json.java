package org.robustnessgap.messages;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/**
 * The JSON form of the messages: snake_case names, unknown properties ignored so that older readers
 * follow newer writers, missing ones refused.
 */
public final class Json {
  /** Version of the messages' JSON form; raised when a reader of the old form would go wrong. */
  public static final int SCHEMA_VERSION = 1;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private Json() {}

  /** The mapper itself, for output that is no message. */
  public static ObjectMapper mapper() {
    return MAPPER;
  }

  public static byte[] write(Object message) {
    try {
      return MAPPER.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "cannot write " + message.getClass().getSimpleName() + " as JSON", e);
    }
  }

  /**
   * @throws InvalidInputException if the bytes are not a valid message of this type, with the
   *     reason in one sentence
   */
  public static <T> T read(byte[] json, Class<T> type) {
    if (json == null || json.length == 0) {
      throw new InvalidInputException("An empty value is no " + type.getSimpleName() + ".");
    }
    try {
      T message = MAPPER.readValue(json, type);
      if (message == null) {
        throw new InvalidInputException("JSON null is no " + type.getSimpleName() + ".");
      }
      return message;
    } catch (JsonMappingException e) {
      throw new InvalidInputException(
          "This is no valid " + type.getSimpleName() + ": " + why(e), e);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("This is no JSON: " + firstLine(e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
  }

  private static String why(JsonMappingException e) {
    Throwable cause = e;
    while (cause.getCause() != null && !(cause instanceof InvalidInputException)) {
      cause = cause.getCause();
    }
    if (cause instanceof InvalidInputException) {
      return cause.getMessage();
    }
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference reference : e.getPath()) {
      path.append(path.isEmpty() ? "" : ".")
          .append(
              reference.getFieldName() != null ? reference.getFieldName() : reference.getIndex());
    }
    return firstLine(e.getOriginalMessage()) + (path.isEmpty() ? "" : " (at " + path + ")");
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse(text);
  }
}
