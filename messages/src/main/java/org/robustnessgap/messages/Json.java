package org.robustnessgap.messages;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of the messages: snake_case names, unknown properties ignored so that older readers
 * follow newer writers, missing ones refused, nothing taken for what it is not (no {@code "1"} for
 * 1, no 1.5 for a whole number).
 */
public final class Json {
  /** Version of the messages' JSON form; raised when a reader of the old form would go wrong. */
  public static final int SCHEMA_VERSION = 1;

  /** What is written as a string. */
  private static final Set<Class<?>> TEXTS =
      Set.of(
          String.class,
          JobId.class,
          JobKind.class,
          StreamId.class,
          PairId.class,
          OutputSlice.class);

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .annotationIntrospector(new JsonForms())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION)
          // Text may hold half a surrogate pair, which UTF-8 cannot say.
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .addModule(new SimpleModule().addDeserializer(JobPlan.class, new PlanOfKind()))
          .build();

  static {
    JobKind.ALL.forEach(kind -> MAPPER.registerSubtypes(new NamedType(kind.job(), kind.label())));
  }

  /** Reads the plan of a kind of job, whose name it stands under. */
  private static final class PlanOfKind extends JsonDeserializer<JobPlan> {
    @Override
    public JobPlan deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return context.readValue(parser, JobKind.ofLabel(parser.currentName()).plan());
    }
  }

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
  public static <T> T read(byte @Nullable [] json, Class<T> type) {
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
      JsonProcessingException syntax = cause(e, StreamReadException.class);
      throw syntax == null || syntax instanceof InputCoercionException
          ? new InvalidInputException("This is no valid " + type.getSimpleName() + ": " + why(e), e)
          : noJson(syntax);
    } catch (JsonProcessingException e) {
      throw noJson(e);
    } catch (IOException e) {
      // From memory, only bytes that are no characters of the encoding they seem to have.
      throw new InvalidInputException("This is no JSON: " + e.getMessage(), e);
    }
  }

  private static InvalidInputException noJson(JsonProcessingException e) {
    String why =
        e instanceof StreamConstraintsException
            ? "it is nested too deep, or holds too long a value"
            : e instanceof JsonEOFException
                ? "it breaks off"
                : e.getOriginalMessage().startsWith("Non-standard token")
                    ? "NaN and Infinity are no numbers of it"
                    : "it goes wrong";
    JsonLocation location = e.getLocation();
    String where =
        location == null
            ? ""
            : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    return new InvalidInputException("This is no JSON: " + why + where + ".", e);
  }

  private static String why(JsonMappingException e) {
    InvalidInputException refusal = cause(e, InvalidInputException.class);
    if (refusal != null) {
      return refusal.getMessage();
    }
    String place = place(e);
    if (e instanceof InvalidTypeIdException unknown) {
      return place + variants(unknown);
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return place + "missing, or not " + form(MAPPER.constructType(mismatch.getTargetType()));
    }
    if (e.getCause() instanceof InputCoercionException number) {
      return place
          + (number.getTargetType() == int.class
              ? "out of range; its least is -2147483648, its most 2147483647"
              : "out of range");
    }
    return place + "not usable";
  }

  /** Where in the message, as the beginning of a sentence. */
  private static String place(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference reference : e.getPath()) {
      if (reference.getFieldName() == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
      }
    }
    return path.isEmpty() ? "it is " : path + " is ";
  }

  private static String variants(InvalidTypeIdException e) {
    Class<?> base = e.getBaseType().getRawClass();
    List<NamedType> variants = JsonForms.tagged(base);
    if (variants.isEmpty()) {
      return "not usable";
    }
    return "not one of those whose "
        + base.getAnnotation(Tagged.class).value()
        + " is "
        + variants.stream().map(NamedType::getName).collect(Collectors.joining(" or "));
  }

  private static String form(JavaType type) {
    Class<?> raw = type.getRawClass();
    if (raw == Double.class || raw == double.class) {
      return "a number";
    }
    if (raw == Boolean.class || raw == boolean.class) {
      return "true or false";
    }
    if (Number.class.isAssignableFrom(raw) || raw.isPrimitive()) {
      return "a whole number";
    }
    if (raw == byte[].class) {
      return "bytes in base64";
    }
    if (type.isCollectionLikeType()) {
      return "a list";
    }
    if (type.isEnumType()) {
      return "one of the names it may have";
    }
    return TEXTS.contains(raw) ? "text" : "an object";
  }

  private static <E extends Throwable> @Nullable E cause(Throwable e, Class<E> type) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }
}
