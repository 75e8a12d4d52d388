package org.robustnessgap.serving.mlflow;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.serving.call.InputTensor;
import org.robustnessgap.serving.call.Json;

/** The body of a question to MLflow: a tensor as lists of lists, the only form that it takes. */
final class NestedJson {
  private final JsonGenerator json;
  private final InputTensor tensor;
  private int next;

  private NestedJson(JsonGenerator json, InputTensor tensor) {
    this.json = json;
    this.tensor = tensor;
  }

  /**
   * @param name of the tensor; null to name none
   */
  static byte[] of(@Nullable String name, InputTensor tensor) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = Json.writer(out)) {
      json.writeStartObject();
      json.writeFieldName("inputs");
      if (name != null) {
        json.writeStartObject();
        json.writeFieldName(name);
      }
      new NestedJson(json, tensor).list(tensor.shape());
      if (name != null) {
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot be written", e);
    }
    return out.toByteArray();
  }

  private void list(List<Long> shape) throws IOException {
    if (shape.isEmpty()) {
      tensor.type().write(tensor.images().values()[next++], json);
      return;
    }
    json.writeStartArray();
    for (long i = 0; i < shape.get(0); i++) {
      list(shape.subList(1, shape.size()));
    }
    json.writeEndArray();
  }
}
