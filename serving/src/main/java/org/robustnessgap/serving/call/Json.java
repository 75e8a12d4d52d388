package org.robustnessgap.serving.call;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import org.robustnessgap.serving.call.CallFailure.Kind;

/** JSON as servers of models write it: with NaN and Infinity as bare words. */
public final class Json {
  /** What reads and writes it as it comes. */
  public static final JsonFactory FACTORY =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private static final ObjectMapper MAPPER = new ObjectMapper(FACTORY);

  private Json() {}

  /** Writes JSON, numbers that are none as such rather than as texts. */
  public static JsonGenerator writer(OutputStream out) throws IOException {
    return FACTORY
        .createGenerator(out)
        .configure(JsonWriteFeature.WRITE_NAN_AS_STRINGS.mappedFeature(), false);
  }

  /**
   * What an answer is that cannot be read. The parser's own words are not repeated, for they may
   * repeat the answer at length.
   *
   * @param place who answered
   * @param protocol of which it is no answer
   */
  public static CallFailure unreadable(String place, String protocol, Exception cause) {
    if (cause instanceof EOFException || endsTooSoon(cause)) {
      return new CallFailure(Kind.GARBLED, place + " gave an answer that ends too soon");
    }
    if (cause instanceof JsonProcessingException) {
      return new CallFailure(Kind.GARBLED, place + " gave an answer that is no JSON");
    }
    return new CallFailure(
        Kind.FOREIGN, place + " gave an answer that is none of " + protocol, 0, null, cause);
  }

  /** Not all of them are of the parser's own class for it. */
  private static boolean endsTooSoon(Exception cause) {
    return cause instanceof JsonProcessingException unread
        && String.valueOf(unread.getOriginalMessage()).startsWith("Unexpected end-of-input");
  }

  /** What stands there; missing if it is no JSON. */
  public static JsonNode treeOrMissing(byte[] body) {
    try {
      JsonNode tree = MAPPER.readTree(body);
      return tree == null ? MissingNode.getInstance() : tree;
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }
}
