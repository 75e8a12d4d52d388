package org.robustnessgap.serving.call;

import java.util.Arrays;
import java.util.List;

/**
 * One tensor of an answer. Shares its array: whoever gets one must not write to it.
 *
 * @param name empty where the server gives none
 * @param datatype by the Open Inference Protocol; empty where the server gives none
 * @param shape as stated
 * @param numbers row-major; empty if there are texts; a null or what is no number is NaN
 * @param texts row-major; empty if there are numbers
 */
public record OutputTensor(
    String name, String datatype, List<Long> shape, double[] numbers, List<String> texts) {
  /** What texts are called in the protocol. */
  public static final String BYTES = "BYTES";

  public OutputTensor {
    shape = List.copyOf(shape);
    texts = List.copyOf(texts);
  }

  /** How many elements came, whatever the shape says. */
  public int size() {
    return texts.isEmpty() ? numbers.length : texts.size();
  }

  /** Whether its numbers are real rather than whole, by its datatype. */
  public boolean isReal() {
    return texts.isEmpty() && (datatype.startsWith("FP") || datatype.startsWith("BF"));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OutputTensor that
        && name.equals(that.name)
        && datatype.equals(that.datatype)
        && shape.equals(that.shape)
        && Arrays.equals(numbers, that.numbers)
        && texts.equals(that.texts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(numbers) + texts.hashCode();
  }
}
