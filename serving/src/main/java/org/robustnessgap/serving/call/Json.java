package org.robustnessgap.serving.call;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.OutputStream;

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
