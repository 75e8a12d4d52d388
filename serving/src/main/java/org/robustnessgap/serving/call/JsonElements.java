package org.robustnessgap.serving.call;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Numbers, or texts, in a list of JSON, flat or nested: both are row-major as they come. */
public final class JsonElements {
  private double[] numbers = new double[64];
  private int count;
  private boolean whole = true;
  private final List<String> texts = new ArrayList<>();
  private final List<Long> sizes = new ArrayList<>();

  /**
   * Reads what begins at the parser's token, up to its end. A null is NaN, true is 1.
   *
   * @throws IOException if there is something else among it, or texts among numbers
   */
  public void read(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.START_ARRAY) {
      json.nextToken();
      readOpened(json);
    } else {
      add(json);
    }
  }

  /** Reads the rest of a list of which the parser is at the first element, or the end. */
  public void readOpened(JsonParser json) throws IOException {
    List<Long> open = new ArrayList<>(List.of(0L));
    for (JsonToken token = json.currentToken(); ; token = json.nextToken()) {
      int depth = open.size() - 1;
      if (token == JsonToken.END_ARRAY) {
        close(depth, open.remove(depth));
        if (open.isEmpty()) {
          break;
        }
        continue;
      }
      open.set(depth, open.get(depth) + 1);
      if (token == JsonToken.START_ARRAY) {
        open.add(0L);
      } else {
        add(json);
      }
    }
    if (count > 0 && !texts.isEmpty()) {
      throw new IOException("texts stand among numbers");
    }
  }

  /** Of lists at the same depth the first to end tells their size. */
  private void close(int depth, long size) {
    while (sizes.size() <= depth) {
      sizes.add(-1L);
    }
    if (sizes.get(depth) < 0) {
      sizes.set(depth, size);
    }
  }

  private void add(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (token == null) {
      throw new EOFException("it ends too soon");
    }
    whole &= token != JsonToken.VALUE_NUMBER_FLOAT && token != JsonToken.VALUE_NULL;
    switch (token) {
      case VALUE_STRING -> texts.add(json.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> add(json.getDoubleValue());
      case VALUE_NULL -> add(Double.NaN);
      case VALUE_TRUE -> add(1);
      case VALUE_FALSE -> add(0);
      default -> throw new IOException("something else stands among numbers or texts");
    }
  }

  private void add(double number) {
    if (count == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * count);
    }
    numbers[count++] = number;
  }

  /** What they are by the Open Inference Protocol, where nobody else says: INT64, FP64 or BYTES. */
  public String datatype() {
    if (!texts.isEmpty()) {
      return OutputTensor.BYTES;
    }
    return whole ? "INT64" : "FP64";
  }

  public double[] numbers() {
    return Arrays.copyOf(numbers, count);
  }

  public List<String> texts() {
    return List.copyOf(texts);
  }

  /** Of the list and those in it, as the first of each depth has them; empty of a single value. */
  public List<Long> shape() {
    return List.copyOf(sizes);
  }
}
