package org.robustnessgap.serving.oip;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.Json;
import org.robustnessgap.serving.call.OutputTensor;

/** The body of an answer to {@code infer}. */
final class JsonAnswer {
  private final List<JsonOutput> outputs = new ArrayList<>();
  private @Nullable String version;

  private JsonAnswer() {}

  /**
   * @param place who answered, for messages
   * @param head how many bytes are JSON; what follows are elements of outputs
   * @throws CallFailure if it is no answer of the protocol
   */
  static Answer read(String place, byte[] body, int head) throws CallFailure {
    JsonAnswer answer = new JsonAnswer();
    try (JsonParser json = Json.FACTORY.createParser(body, 0, head)) {
      if (json.nextToken() == null) {
        throw new EOFException("it is empty");
      }
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw new IOException("it is no JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        answer.field(json);
      }
      return answer.with(Arrays.copyOfRange(body, head, body.length));
    } catch (IOException | IllegalArgumentException e) {
      throw Json.unreadable(place, "the Open Inference Protocol", e);
    }
  }

  private void field(JsonParser json) throws IOException {
    String field = json.currentName();
    JsonToken token = json.nextToken();
    if (field.equals("model_version")) {
      version = json.getValueAsString();
    } else if (field.equals("outputs") && token == JsonToken.START_ARRAY) {
      while (json.nextToken() == JsonToken.START_OBJECT) {
        outputs.add(JsonOutput.read(json));
      }
    } else {
      json.skipChildren();
    }
  }

  private Answer with(byte[] rest) throws IOException {
    if (outputs.isEmpty()) {
      throw new IOException("it has no outputs");
    }
    List<OutputTensor> tensors = new ArrayList<>(outputs.size());
    int from = 0;
    for (JsonOutput output : outputs) {
      int size = output.bytes();
      if (size < 0) {
        tensors.add(output.ofData());
        continue;
      }
      if (size > rest.length - from) {
        throw new EOFException("it ends before the bytes of an output");
      }
      tensors.add(output.ofBytes(Arrays.copyOfRange(rest, from, from + size)));
      from += size;
    }
    return new Answer(version == null || version.isEmpty() ? null : version, tensors);
  }
}
