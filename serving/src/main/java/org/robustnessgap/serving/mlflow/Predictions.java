package org.robustnessgap.serving.mlflow;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.Json;
import org.robustnessgap.serving.call.JsonElements;
import org.robustnessgap.serving.call.OutputTensor;

/**
 * {@code {"predictions": …}}: lists by the names of outputs, as of ONNX models; one list, as of
 * scikit-learn's; or a list of objects, one an image, as of a table.
 */
final class Predictions {
  private final Map<String, JsonElements> outputs = new LinkedHashMap<>();
  private long rows = -1;

  private Predictions() {}

  /**
   * @param place who answered, for messages
   * @throws CallFailure if it is no such answer
   */
  static Answer read(String place, byte[] body) throws CallFailure {
    Predictions predictions = new Predictions();
    try (JsonParser json = Json.FACTORY.createParser(body)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          boolean wanted = json.currentName().equals("predictions");
          json.nextToken();
          if (wanted) {
            predictions.read(json);
          } else {
            json.skipChildren();
          }
        }
      }
      List<OutputTensor> outputs =
          predictions.outputs.entrySet().stream()
              .map(each -> predictions.tensor(each.getKey(), each.getValue()))
              .toList();
      if (outputs.isEmpty()) {
        throw new IOException("it has no predictions");
      }
      return new Answer(null, outputs);
    } catch (IOException e) {
      throw Json.unreadable(place, "MLflow's scoring server", e);
    }
  }

  private void read(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT) {
      fields(json);
    } else if (json.currentToken() == JsonToken.START_ARRAY) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        rows = 0;
        for (; json.currentToken() == JsonToken.START_OBJECT; json.nextToken()) {
          fields(json);
          rows++;
        }
      } else {
        elements("").readOpened(json);
      }
    } else {
      json.skipChildren();
    }
  }

  private void fields(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      JsonElements elements = elements(json.currentName());
      json.nextToken();
      elements.read(json);
    }
  }

  private JsonElements elements(String name) {
    return outputs.computeIfAbsent(name, any -> new JsonElements());
  }

  private OutputTensor tensor(String name, JsonElements elements) {
    List<Long> shape =
        rows < 0
            ? elements.shape()
            : Stream.concat(Stream.of(rows), elements.shape().stream()).toList();
    return new OutputTensor(name, elements.datatype(), shape, elements.numbers(), elements.texts());
  }
}
