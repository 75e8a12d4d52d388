package org.robustnessgap.onnx.adjoint;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Rules of operators that normalise an image by its own moments. */
final class NormalizationRules {
  private NormalizationRules() {}

  /** Each channel of each image by its own mean and variance, then scaled. */
  static void instance(AdjointContext node) {
    int rank = node.shape(node.input(0)).length;
    String scaled = node.mul(node.cotangent(), perChannel(node, node.input(1), rank));
    long[] spatial = LongStream.range(2, rank).toArray();
    node.contribute(0, standardized(node, node.input(0), scaled, spatial));
  }

  /** All axes from one on, then scaled. */
  static void layer(AdjointContext node) {
    long[] axes = lastAxes(node);
    String scaled = node.mul(node.cotangent(), node.input(1));
    node.contribute(0, standardized(node, node.input(0), scaled, axes));
  }

  /** y = s x/r with r² = mean x² + ε: v s/r − x mean(v s x)/r³. */
  static void rms(AdjointContext node) {
    String x = node.input(0);
    String axes = node.builder().longs(lastAxes(node));
    float epsilon = node.attributes().real("epsilon", 1e-5f);
    String scaled = node.mul(node.cotangent(), node.input(1));
    String square = node.add(mean(node, node.square(x), axes), node.number(epsilon));
    String along = node.div(mean(node, node.mul(scaled, x), axes), square);
    String gradient = node.sub(scaled, node.mul(x, along));
    node.contribute(0, node.div(gradient, node.unary("Sqrt", square)));
  }

  /** Groups of channels, then scaled. */
  static void group(AdjointContext node) {
    long[] shape = node.shape(node.input(0));
    long groups = node.attributes().integer("num_groups", 1);
    String grouped = node.builder().longs(0, groups, -1);
    String x = node.emit("Reshape", List.of(node.input(0), grouped));
    String scaled = node.mul(node.cotangent(), perChannel(node, node.input(1), shape.length));
    String v = node.emit("Reshape", List.of(scaled, grouped));
    String gradient = standardized(node, x, v, new long[] {2});
    node.contribute(0, node.reshapedLike(gradient, node.input(0)));
  }

  /**
   * The adjoint of x̂ = (x − mean x)/σ along some axes, σ² = variance x + ε: (v − mean v − x̂
   * mean(v x̂))/σ.
   */
  private static String standardized(AdjointContext node, String x, String v, long[] along) {
    String axes = node.builder().longs(along);
    float epsilon = node.attributes().real("epsilon", 1e-5f);
    String centred = node.sub(x, mean(node, x, axes));
    String variance = mean(node, node.square(centred), axes);
    String deviation = node.unary("Sqrt", node.add(variance, node.number(epsilon)));
    String standard = node.div(centred, deviation);
    String covariance = mean(node, node.mul(v, standard), axes);
    String projected = node.sub(node.sub(v, mean(node, v, axes)), node.mul(standard, covariance));
    return node.div(projected, deviation);
  }

  private static String mean(AdjointContext node, String value, String axes) {
    return node.emit("ReduceMean", List.of(value, axes));
  }

  private static long[] lastAxes(AdjointContext node) {
    int rank = node.shape(node.input(0)).length;
    long axis = node.attributes().integer("axis", -1);
    return LongStream.range(axis < 0 ? axis + rank : axis, rank).toArray();
  }

  private static String perChannel(AdjointContext node, String values, int rank) {
    long[] shape = new long[rank - 1];
    Arrays.fill(shape, 1);
    shape[0] = -1;
    return node.emit("Reshape", List.of(values, node.builder().longs(shape)));
  }

  /** y = x/‖x‖: v/‖x‖ − y ⟨v, y⟩/‖x‖, or of the sum of magnitudes, with sign x for the last y. */
  static void lp(AdjointContext node) {
    String x = node.input(0);
    String axes = node.builder().longs(node.attributes().integer("axis", -1));
    boolean euclidean = node.attributes().integer("p", 2) == 2;
    String norm = node.emit(euclidean ? "ReduceL2" : "ReduceL1", List.of(x, axes));
    String along = node.emit("ReduceSum", List.of(node.mul(node.cotangent(), node.output()), axes));
    String direction = euclidean ? node.output() : node.unary("Sign", x);
    String gradient = node.sub(node.cotangent(), node.mul(direction, along));
    // Where the norm is 0, so is y.
    String zero = node.emit("Equal", List.of(norm, node.number(0)));
    String divisor = node.where(zero, node.number(1), norm);
    node.contribute(0, node.where(zero, node.number(0), node.div(gradient, divisor)));
  }

  /**
   * y = x s^−β with s = k + α/n Σ x² over n channels around: v s^−β − 2αβ/n x Σ v y/s, summed over
   * the channels that see this one.
   */
  static void localResponse(AdjointContext node) {
    String x = node.input(0);
    long size = node.attributes().integer("size", 1);
    float alpha = node.attributes().real("alpha", 1e-4f);
    float beta = node.attributes().real("beta", 0.75f);
    float bias = node.attributes().real("bias", 1);
    long before = (size - 1) / 2;
    String squares = channelSums(node, node.square(x), before, size - 1 - before);
    String s = node.add(node.number(bias), node.mul(node.number((double) alpha / size), squares));
    String direct = node.mul(node.cotangent(), node.emit("Pow", List.of(s, node.number(-beta))));
    String weighed = node.div(node.mul(node.cotangent(), node.output()), s);
    String around = channelSums(node, weighed, size - 1 - before, before);
    String factor = node.number(2.0 * alpha * beta / size);
    node.contribute(0, node.sub(direct, node.mul(factor, node.mul(x, around))));
  }

  /** For each channel, the sum over as many before and after it: a product with a band matrix. */
  private static String channelSums(AdjointContext node, String value, long before, long after) {
    int channels = node.side(node.shape(node.input(0))[1]);
    float[] band = new float[channels * channels];
    for (int to = 0; to < channels; to++) {
      for (int from = 0; from < channels; from++) {
        band[to * channels + from] = from >= to - before && from <= to + after ? 1 : 0;
      }
    }
    String flat = node.emit("Reshape", List.of(value, node.builder().longs(0, 0, -1)));
    String sums =
        node.emit("MatMul", List.of(node.builder().floats(band, channels, channels), flat));
    return node.reshapedLike(sums, node.input(0));
  }
}
