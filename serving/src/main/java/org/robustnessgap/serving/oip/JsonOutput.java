package org.robustnessgap.serving.oip;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.serving.call.JsonElements;
import org.robustnessgap.serving.call.OutputTensor;

/** One output of an answer in JSON, whose fields may come in any order. */
final class JsonOutput {
  private static final int NO_BYTES = -1;

  private String name = "";
  private String datatype = "";
  private final List<Long> shape = new ArrayList<>();
  private final JsonElements data = new JsonElements();
  private int bytes = NO_BYTES;

  private JsonOutput() {}

  /** Reads one from its brace. */
  static JsonOutput read(JsonParser json) throws IOException {
    JsonOutput output = new JsonOutput();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      output.field(json.currentName(), json);
    }
    return output;
  }

  private void field(String field, JsonParser json) throws IOException {
    JsonToken token = json.nextToken();
    if (field.equals("name")) {
      name = json.getValueAsString("");
    } else if (field.equals("datatype")) {
      datatype = json.getValueAsString("");
    } else if (field.equals("shape") && token == JsonToken.START_ARRAY) {
      while (json.nextToken() != JsonToken.END_ARRAY) {
        shape.add(json.getValueAsLong());
      }
    } else if (field.equals("data")) {
      data.read(json);
    } else if (field.equals("parameters") && token == JsonToken.START_OBJECT) {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String parameter = json.currentName();
        json.nextToken();
        bytes = parameter.equals("binary_data_size") ? json.getValueAsInt(NO_BYTES) : bytes;
        json.skipChildren();
      }
    } else {
      json.skipChildren();
    }
  }

  /** How many bytes behind the JSON are its; negative if its elements stand in it. */
  int bytes() {
    return bytes;
  }

  /** The output by what stands in the JSON. */
  OutputTensor ofData() {
    return new OutputTensor(name, datatype, shape, data.numbers(), data.texts());
  }

  /** The output by bytes behind the JSON. */
  OutputTensor ofBytes(byte[] elements) {
    return RawNumbers.tensor(name, datatype, shape, elements);
  }
}
