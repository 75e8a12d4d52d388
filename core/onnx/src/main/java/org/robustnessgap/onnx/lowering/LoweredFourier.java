package org.robustnessgap.onnx.lowering;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.Tensors;

/**
 * Discrete Fourier transforms of constant length: sums weighted by cos and sin of 2πkt / length,
 * whose last axis holds real and imaginary parts.
 */
final class LoweredFourier {
  /** Elements of a matrix: 64 MB. */
  private static final long LARGEST = 1L << 24;

  /** From this operator set on, the axis is an input, and the last but one by default. */
  private static final long AXIS_IS_INPUT = 20;

  private LoweredFourier() {}

  /** A product with a matrix, along one axis. */
  static boolean dft(LoweringContext node) {
    long[] shape = node.shape(node.input(0));
    int rank = shape.length;
    boolean inverse = node.attributes().integer("inverse", 0) != 0;
    boolean half = node.attributes().integer("onesided", 0) != 0;
    boolean real = inverse && half;
    int axis = axis(node, rank);
    int given = node.fixed(node.input(0), axis, "length");
    int parts = node.fixed(node.input(0), -1, "number of parts");
    int length =
        node.hasInput(1)
            ? (int) Tensors.integers(node.constant(1, "length"))[0]
            : real ? 2 * (given - 1) : given;
    int made = half && !inverse ? length / 2 + 1 : length;
    int partsMade = real ? 1 : 2;
    requireSmall(node, (long) given * parts * made * partsMade);
    float[] matrix = new float[given * parts * made * partsMade];
    for (int from = 0; from < Math.min(given, real ? length / 2 + 1 : length); from++) {
      // The other half of the spectrum of a real signal mirrors the one that is given.
      double times = real && from > 0 && 2 * from < length ? 2 : 1;
      double scale = inverse ? times / length : 1;
      for (int part = 0; part < parts; part++) {
        for (int to = 0; to < made; to++) {
          double angle = angle(inverse ? -from : from, to, length, part);
          int at = ((from * parts + part) * made + to) * partsMade;
          matrix[at] = (float) (scale * Math.cos(angle));
          if (!real) {
            matrix[at + 1] = (float) (scale * Math.sin(angle));
          }
        }
      }
    }
    // The axis comes last but one, and then is one with the parts.
    long[] last =
        LongStream.concat(
                LongStream.range(0, rank - 1).filter(other -> other != axis),
                LongStream.of(axis, rank - 1))
            .toArray();
    long[] others = Arrays.stream(last, 0, rank - 2).map(other -> shape[(int) other]).toArray();
    String turned = axis == rank - 2 ? node.input(0) : transposed(node, node.input(0), last);
    String rows = reshaped(node, turned, others, (long) given * parts);
    String factor = node.builder().floats(matrix, (long) given * parts, (long) made * partsMade);
    String product = node.emit("MatMul", List.of(rows, factor));
    String result = reshaped(node, product, others, made, partsMade);
    node.replace(0, axis == rank - 2 ? result : transposed(node, result, inverseOf(last)));
    return true;
  }

  private static int axis(LoweringContext node, int rank) {
    long stated =
        node.hasInput(2)
            ? Tensors.integers(node.constant(2, "axis"))[0]
            : node.attributes().integer("axis", node.opset() < AXIS_IS_INPUT ? 1 : -2);
    return (int) (stated < 0 ? stated + rank : stated);
  }

  /** A convolution along the signal whose filters are the rows of a matrix, under a window. */
  static boolean shortTime(LoweringContext node) {
    int step = (int) Tensors.integers(node.constant(1, "step"))[0];
    int parts = node.shape(node.input(0)).length < 3 ? 1 : node.fixed(node.input(0), 2, "parts");
    int signal = node.fixed(node.input(0), 1, "length");
    float[] window = node.hasInput(2) ? Tensors.values(node.constant(2, "window")) : null;
    if (parts > 1 && window != null) {
      throw node.refused(
          "its signal is complex and has a window, which ONNX Runtime reads beyond its end");
    }
    int length =
        node.hasInput(3)
            ? (int) Tensors.integers(node.constant(3, "length of a frame"))[0]
            : window != null ? window.length : signal;
    int bins = node.attributes().integer("onesided", 1) != 0 ? length / 2 + 1 : length;
    requireSmall(node, 2L * length * parts * bins);
    float[] filters = new float[length * parts * bins * 2];
    for (int bin = 0; bin < bins; bin++) {
      for (int part = 0; part < parts; part++) {
        for (int t = 0; t < length; t++) {
          double angle = angle(t, bin, length, part);
          double weight = window == null ? 1 : window[t];
          int at = (bin * 2 * parts + part) * length + t;
          filters[at] = (float) (weight * Math.cos(angle));
          filters[at + parts * length] = (float) (weight * Math.sin(angle));
        }
      }
    }
    String channels =
        parts == 1
            ? node.emit("Reshape", List.of(node.input(0), node.builder().longs(-1, 1, signal)))
            : transposed(node, node.input(0), 0, 2, 1);
    String spectra =
        node.emit(
            "Conv",
            List.of(channels, node.builder().floats(filters, 2L * bins, parts, length)),
            Attributes.of("strides", new long[] {step}));
    String frames = transposed(node, spectra, 0, 2, 1);
    node.replace(0, node.emit("Reshape", List.of(frames, node.builder().longs(0, 0, bins, 2))));
    return true;
  }

  /**
   * Of e^(−2πi·bin·t / length), by which an element of the signal comes into a bin; a quarter more
   * for its imaginary part.
   */
  private static double angle(long t, long bin, int length, int part) {
    return -2 * Math.PI * (bin * t % length) / length + part * Math.PI / 2;
  }

  private static void requireSmall(LoweringContext node, long elements) {
    if (elements > LARGEST) {
      throw node.refused("its length makes a matrix of " + elements + " elements");
    }
  }

  private static String transposed(LoweringContext node, String value, long... permutation) {
    return node.emit("Transpose", List.of(value), Attributes.of("perm", permutation));
  }

  private static long[] inverseOf(long[] permutation) {
    return IntStream.range(0, permutation.length)
        .mapToLong(
            axis ->
                IntStream.range(0, permutation.length)
                    .filter(place -> permutation[place] == axis)
                    .findFirst()
                    .orElseThrow())
        .toArray();
  }

  private static String reshaped(LoweringContext node, String value, long[] others, long... last) {
    long[] shape = LongStream.concat(LongStream.of(others), LongStream.of(last)).toArray();
    return node.emit("Reshape", List.of(value, node.builder().longs(shape)));
  }
}
