package org.robustnessgap.serving;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.serving.call.InputTensor;
import org.robustnessgap.serving.call.InputType;

/**
 * How images become the tensor that a model takes.
 *
 * @param name of the tensor
 * @param type of its numbers
 * @param imageShape shape of one image
 * @param single shape of the tensor where it takes a single image; null where it takes any number
 */
record ServedInput(
    String name, InputType type, List<Long> imageShape, @Nullable List<Long> single) {
  ServedInput {
    imageShape = List.copyOf(imageShape);
  }

  ServedInput named(String other) {
    return new ServedInput(other, type, imageShape, single);
  }

  ServedInput of(InputType other) {
    return new ServedInput(name, other, imageShape, single);
  }

  /** The same that takes any number of images. */
  ServedInput ofMany() {
    return new ServedInput(name, type, imageShape, null);
  }

  /** How many numbers an image has. */
  int values() {
    return Math.toIntExact(imageShape.stream().reduce(1L, Math::multiplyExact));
  }

  /**
   * @param images [n, values], n = 1 if it takes a single image
   */
  InputTensor tensor(Rows images) {
    List<Long> shape =
        single != null
            ? single
            : Stream.concat(Stream.of((long) images.count()), imageShape.stream()).toList();
    return new InputTensor(name, type, shape, images);
  }

  /** What is sent in place of images. */
  Rows sent(Rows images) {
    float[] values = images.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = type.sent(values[i]);
    }
    return new Rows(values, images.width());
  }
}
