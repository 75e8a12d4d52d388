package org.robustnessgap.traffic.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.data.NumberType;

/** One input of a request in JSON, whose fields may come in any order. */
final class JsonTensor {
  private static final int NO_BYTES = -1;

  private String name = "";
  private String datatype = "";
  private long[] shape = {};
  private int binarySize = NO_BYTES;

  private double[] numbers = new double[1024];
  private int count;
  private final List<String> texts = new ArrayList<>();

  /** Why its data are no pixels; null if nothing speaks against them. */
  private @Nullable String flaw;

  private JsonTensor() {}

  /** Reads one from its brace. */
  static JsonTensor read(JsonParser json) throws IOException {
    JsonTensor tensor = new JsonTensor();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "name" -> tensor.name = json.getValueAsString("");
        case "datatype" -> tensor.datatype = json.getValueAsString("");
        case "shape" -> tensor.shape = shape(json);
        case "parameters" -> tensor.parameters(json);
        case "data" -> tensor.data(json);
        default -> json.skipChildren();
      }
    }
    return tensor;
  }

  private static long[] shape(JsonParser json) throws IOException {
    List<Long> sizes = new ArrayList<>();
    if (json.currentToken() == JsonToken.START_ARRAY) {
      while (json.nextToken() != JsonToken.END_ARRAY) {
        sizes.add(json.getValueAsLong(0));
        json.skipChildren();
      }
    }
    return sizes.stream().mapToLong(size -> size).toArray();
  }

  private void parameters(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean size = json.currentName().equals("binary_data_size");
      json.nextToken();
      if (size) {
        binarySize = Math.max(NO_BYTES, json.getValueAsInt(NO_BYTES));
      }
      json.skipChildren();
    }
  }

  /** Nested lists, too, are row-major as they come. */
  private void data(JsonParser json) throws IOException {
    int depth = 0;
    JsonToken token = json.currentToken();
    do {
      switch (token) {
        case START_ARRAY -> depth++;
        case END_ARRAY -> depth--;
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> add(json.getDoubleValue());
        case VALUE_STRING -> texts.add(json.getText());
        default -> {
          flaw = "holds " + token.name().toLowerCase(Locale.ROOT) + " among its data";
          json.skipChildren();
        }
      }
      token = depth == 0 ? token : json.nextToken();
    } while (depth > 0 && token != null);
  }

  private void add(double number) {
    if (count == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * count);
    }
    numbers[count++] = number;
  }

  String name() {
    return name;
  }

  String datatype() {
    return datatype;
  }

  long[] shape() {
    return shape;
  }

  /** How many bytes behind the JSON are its; negative if its data are in it. */
  int binarySize() {
    return binarySize;
  }

  /** The input by the data in the JSON. */
  Input ofData() {
    if (flaw != null) {
      return new Input.Unusable(name, flaw);
    }
    if (datatype.equals(Input.BYTES)) {
      return pictures();
    }
    Optional<NumberType> type = NumberType.named(datatype);
    if (type.isEmpty()) {
      return unusable();
    }
    if (count == 0 || !texts.isEmpty()) {
      return new Input.Unusable(
          name, "holds " + (count == 0 ? "no" : "text among its") + " numbers");
    }
    ByteBuffer values = ByteBuffer.allocate(count * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      if (type.get().isReal()) {
        values.putDouble(numbers[i]);
      } else if (numbers[i] == Math.rint(numbers[i])) {
        values.putLong((long) numbers[i]);
      } else {
        return new Input.Unusable(name, "has datatype " + type.get() + " but holds " + numbers[i]);
      }
    }
    return new Input.Numbers(
        name, shape, type.get().isReal() ? NumberType.FP64 : NumberType.INT64, values.array());
  }

  private Input pictures() {
    List<byte[]> elements = new ArrayList<>(texts.size());
    try {
      texts.forEach(text -> elements.add(Base64.getDecoder().decode(text)));
    } catch (IllegalArgumentException e) {
      return new Input.Unusable(name, "holds text that is no base64");
    }
    return elements.isEmpty()
        ? new Input.Unusable(name, "holds no text")
        : new Input.Pictures(name, elements);
  }

  Input unusable() {
    return new Input.Unusable(
        name, "has datatype '" + datatype + "', which are no pixels; send UINT8 or FP32, say");
  }
}
