package org.robustnessgap.serving.oip;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.robustnessgap.serving.call.InputTensor;
import org.robustnessgap.serving.call.InputType;
import org.robustnessgap.serving.call.Json;

/** The body of {@code infer}: JSON, and behind it the numbers if they go as bytes. */
final class JsonRequest {
  private JsonRequest() {}

  /** With the numbers in it, in a flat list. */
  static byte[] withNumbers(String id, InputTensor input) {
    return write(id, input, false);
  }

  /** That names the bytes which are to stand behind it, and asks for an answer of that kind. */
  static byte[] head(String id, InputTensor input) {
    return write(id, input, true);
  }

  private static byte[] write(String id, InputTensor input, boolean bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = Json.writer(out)) {
      json.writeStartObject();
      json.writeStringField("id", id);
      if (bytes) {
        json.writeObjectFieldStart("parameters");
        json.writeBooleanField("binary_data_output", true);
        json.writeEndObject();
      }
      json.writeArrayFieldStart("inputs");
      json.writeStartObject();
      json.writeStringField("name", input.name());
      json.writeArrayFieldStart("shape");
      for (long size : input.shape()) {
        json.writeNumber(size);
      }
      json.writeEndArray();
      json.writeStringField("datatype", input.type().name());
      if (bytes) {
        json.writeObjectFieldStart("parameters");
        json.writeNumberField("binary_data_size", input.bytes());
        json.writeEndObject();
      } else {
        json.writeArrayFieldStart("data");
        for (float value : input.images().values()) {
          input.type().write(value, json);
        }
        json.writeEndArray();
      }
      json.writeEndObject();
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot be written", e);
    }
    return out.toByteArray();
  }

  /** The numbers, the lowest byte first. */
  static byte[] bytes(InputTensor input) {
    InputType type = input.type();
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(input.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : input.images().values()) {
      type.put(value, bytes);
    }
    return bytes.array();
  }
}
