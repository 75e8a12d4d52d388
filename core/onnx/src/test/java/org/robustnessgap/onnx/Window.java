package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.OperatorCases.shape;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.robustnessgap.onnx.graph.Attributes;

/** Geometry of a window that slides over one to three axes. */
record Window(long[] kernel, long[] strides, long[] dilations, long[] pads) {
  static Window random(SplittableRandom random, int largestPad) {
    int axes = random.nextInt(1, 4);
    boolean unit = random.nextBoolean();
    return new Window(
        shape(random, axes, 3),
        unit ? shape(random, axes, 1) : shape(random, axes, 3),
        shape(random, axes, 2),
        Arrays.stream(shape(random, 2 * axes, largestPad + 1)).map(pad -> pad - 1).toArray());
  }

  int axes() {
    return kernel.length;
  }

  long extent(int axis) {
    return dilations[axis] * (kernel[axis] - 1) + 1;
  }

  /** Sizes of an image in which the window finds a place. */
  long[] image(SplittableRandom random) {
    long[] size = new long[axes()];
    for (int axis = 0; axis < size.length; axis++) {
      long least = Math.max(1, extent(axis) - pads[axis] - pads[axis + axes()]);
      size[axis] = least + random.nextLong(0, axes() == 3 ? 3 : 5);
    }
    return size;
  }

  Window withoutDilation() {
    return new Window(kernel, strides, shape(new SplittableRandom(0), axes(), 1), pads);
  }

  /** Pads that no window lies in entirely. */
  Window withPadsBelowKernel() {
    long[] smaller = pads.clone();
    for (int i = 0; i < pads.length; i++) {
      smaller[i] = Math.min(pads[i], kernel[i % axes()] - 1);
    }
    return new Window(kernel, strides, dilations, smaller);
  }

  List<AttributeProto> attributes() {
    return List.of(
        Attributes.of("kernel_shape", kernel),
        Attributes.of("strides", strides),
        Attributes.of("pads", pads));
  }
}
