package org.robustnessgap.traffic.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.robustnessgap.data.NumberType;
import org.robustnessgap.messages.InvalidInputException;

/**
 * A request of the Open Inference Protocol over REST: JSON, and behind it the values of tensors
 * that come as bytes. Where the JSON ends it tells itself, so the header that says so need not be
 * kept.
 */
final class JsonRequest {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final List<JsonTensor> tensors = new ArrayList<>();
  private boolean versionOne;

  private JsonRequest() {}

  /**
   * @throws InvalidInputException if the bytes are no such request
   */
  static List<Input> inputs(byte[] body) {
    JsonRequest request = new JsonRequest();
    try (JsonParser json = FACTORY.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new InvalidInputException("The request is no JSON object.");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        request.read(json);
      }
      require(json, JsonToken.END_OBJECT);
      int end = Math.toIntExact(json.currentLocation().getByteOffset());
      return request.with(Arrays.copyOfRange(body, end, body.length));
    } catch (JsonProcessingException e) {
      // What the parser says itself may repeat what users sent.
      throw new InvalidInputException(
          "The request is no valid JSON from byte " + e.getLocation().getByteOffset() + " on.", e);
    } catch (IOException e) {
      throw new InvalidInputException("The request is no JSON.", e);
    }
  }

  private void read(JsonParser json) throws IOException {
    String field = json.currentName();
    boolean list = json.nextToken() == JsonToken.START_ARRAY;
    if (field.equals("inputs") && list) {
      while (json.nextToken() == JsonToken.START_OBJECT) {
        tensors.add(JsonTensor.read(json));
      }
      require(json, JsonToken.END_ARRAY);
      return;
    }
    versionOne |= field.equals("instances");
    json.skipChildren();
  }

  private static void require(JsonParser json, JsonToken token) {
    if (json.currentToken() != token) {
      throw new InvalidInputException("The request's inputs are no list of objects.");
    }
  }

  /** The inputs, with the bytes that stand behind the JSON. */
  private List<Input> with(byte[] rest) {
    if (tensors.isEmpty() && versionOne) {
      throw new InvalidInputException(
          "The request is one of the protocol V1, which names neither types nor shapes; let the clients send V2.");
    }
    List<Input> inputs = new ArrayList<>(tensors.size());
    int from = 0;
    for (JsonTensor tensor : tensors) {
      int size = tensor.binarySize();
      if (size < 0) {
        inputs.add(tensor.ofData());
        continue;
      }
      if (size > rest.length - from) {
        throw new InvalidInputException(
            "The request ends before the "
                + size
                + " bytes of input "
                + tensor.name()
                + "; the logger cut it.");
      }
      inputs.add(ofBytes(tensor, Arrays.copyOfRange(rest, from, from + size)));
      from += size;
    }
    return inputs;
  }

  private static Input ofBytes(JsonTensor tensor, byte[] values) {
    if (tensor.datatype().equals(Input.BYTES)) {
      return new Input.Pictures(tensor.name(), ProtobufRequest.elements(values));
    }
    Optional<NumberType> type = NumberType.named(tensor.datatype());
    return type.isPresent()
        ? new Input.Numbers(tensor.name(), tensor.shape(), type.get(), values)
        : tensor.unusable();
  }
}
