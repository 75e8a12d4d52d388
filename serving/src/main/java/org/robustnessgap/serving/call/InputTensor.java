package org.robustnessgap.serving.call;

import java.util.List;
import org.robustnessgap.attack.map.Rows;

/**
 * Images as a model is asked about them.
 *
 * @param name of the model's tensor
 * @param type of its numbers
 * @param shape of the tensor, mostly [n, …]
 * @param images [n, values of one image]
 */
public record InputTensor(String name, InputType type, List<Long> shape, Rows images) {
  public InputTensor {
    shape = List.copyOf(shape);
    if (shape.stream().mapToLong(size -> size).reduce(1, Math::multiplyExact)
        != images.values().length) {
      throw new IllegalArgumentException(
          images.values().length + " values do not fill a tensor of shape " + shape);
    }
  }

  /** How many images. */
  public int count() {
    return images.count();
  }

  /** How many bytes its numbers have. */
  public long bytes() {
    return (long) images.values().length * type.bytes();
  }
}
