package org.robustnessgap.engine.nd4j;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.factory.Nd4j;

/** Operators that normalise an image. */
final class NormalizationKernels {
  private NormalizationKernels() {}

  /** Inference form: one factor and one summand a channel. */
  static INDArray batch(NodeRun node) {
    if (node.attributes().integer("training_mode", 0) != 0) {
      throw node.refused("it normalises with its own batch");
    }
    INDArray x = node.input(0);
    INDArray deviation =
        sqrt(node, node.own(node.input(4).add(node.attributes().real("epsilon", 1e-5f))));
    INDArray factor = node.exec("divide", node.input(1), deviation);
    INDArray summand =
        node.exec("subtract", node.input(2), node.exec("multiply", node.input(3), factor));
    return affine(node, x, perChannel(node, factor, x), perChannel(node, summand, x));
  }

  static INDArray instance(NodeRun node) {
    INDArray x = node.input(0);
    INDArray standard = standardized(node, x, IntStream.range(2, x.rank()).toArray());
    return affine(
        node, standard, perChannel(node, node.input(1), x), perChannel(node, node.input(2), x));
  }

  static INDArray layer(NodeRun node) {
    INDArray standard = standardized(node, node.input(0), lastAxes(node));
    INDArray scaled = broadcast(node, "multiply", standard, node.input(1));
    return node.hasInput(2) ? broadcast(node, "add", scaled, node.input(2)) : scaled;
  }

  static INDArray rms(NodeRun node) {
    INDArray x = node.input(0);
    INDArray square = node.own(node.exec("multiply", x, x).mean(true, lastAxes(node)));
    square.addi(node.attributes().real("epsilon", 1e-5f));
    INDArray standard = broadcast(node, "divide", x, sqrt(node, square));
    return broadcast(node, "multiply", standard, node.input(1));
  }

  /** Scale and bias are one a channel since operator set 21, one a group before. */
  static INDArray group(NodeRun node) {
    INDArray x = node.input(0);
    long groups = node.attributes().integer("num_groups", 1);
    if (groups < 1 || x.rank() < 2 || x.size(1) % groups != 0) {
      throw node.refused("its groups do not divide its channels");
    }
    INDArray grouped = node.reshaped(x, x.size(0), groups, x.length() / x.size(0) / groups);
    INDArray standard = standardized(node, grouped, 2);
    if (node.input(1).length() == x.size(1)) {
      return affine(
          node,
          node.reshaped(standard, x.shape()),
          perChannel(node, node.input(1), x),
          perChannel(node, node.input(2), x));
    }
    INDArray scaled =
        affine(
            node,
            standard,
            node.reshaped(node.input(1), groups, 1),
            node.reshaped(node.input(2), groups, 1));
    return node.reshaped(scaled, x.shape());
  }

  static INDArray lp(NodeRun node) {
    INDArray x = node.input(0);
    int axis = Axes.of(node, node.attributes().integer("axis", -1), x.rank());
    INDArray norm =
        node.own(
            node.attributes().integer("p", 2) == 1 ? x.norm1(true, axis) : x.norm2(true, axis));
    // Where the norm is 0, so is x.
    INDArray zero = node.castTo(node.own(norm.eq(0)), DataType.FLOAT);
    return broadcast(node, "divide", x, node.exec("add", norm, zero));
  }

  /** x (k + α/n Σ x²)^−β, summed over n channels around: a product with a band matrix. */
  static INDArray localResponse(NodeRun node) {
    INDArray x = node.input(0);
    int channels = (int) x.size(1);
    long size = node.attributes().integer("size", 1);
    long before = (size - 1) / 2;
    float[] band = new float[channels * channels];
    for (int to = 0; to < channels; to++) {
      for (int from = 0; from < channels; from++) {
        boolean near = from >= to - before && from <= to + size - 1 - before;
        band[to * channels + from] = near ? node.attributes().real("alpha", 1e-4f) / size : 0;
      }
    }
    INDArray square =
        node.reshaped(
            node.exec("multiply", x, x), x.size(0), channels, x.length() / x.size(0) / channels);
    INDArray sums =
        LinearKernels.product(node, node.own(HostMemory.of(band, channels, channels)), square);
    INDArray base = node.own(sums.add(node.attributes().real("bias", 1)));
    INDArray power =
        node.exec("Pow", base, node.number(DataType.FLOAT, -node.attributes().real("beta", 0.75f)));
    return node.exec("multiply", x, node.reshaped(power, x.shape()));
  }

  /** (x − mean)/σ along some axes, σ² = variance + ε. */
  private static INDArray standardized(NodeRun node, INDArray x, int... axes) {
    INDArray centred = broadcast(node, "subtract", x, node.own(x.mean(true, axes)));
    INDArray variance = node.own(node.exec("multiply", centred, centred).mean(true, axes));
    variance.addi(node.attributes().real("epsilon", 1e-5f));
    return broadcast(node, "divide", centred, sqrt(node, variance));
  }

  private static INDArray affine(NodeRun node, INDArray x, INDArray factor, INDArray summand) {
    return broadcast(node, "add", broadcast(node, "multiply", x, factor), summand);
  }

  private static INDArray broadcast(NodeRun node, String operator, INDArray a, INDArray b) {
    return ElementwiseKernels.broadcast(node, operator, a, b);
  }

  private static INDArray sqrt(NodeRun node, INDArray x) {
    INDArray y = node.uninitialized(x.dataType(), x.shape());
    Nd4j.getExecutioner().exec(new Sqrt(node.dense(x), y));
    return y;
  }

  private static INDArray perChannel(NodeRun node, INDArray values, INDArray x) {
    long[] shape = new long[Math.max(1, x.rank() - 1)];
    Arrays.fill(shape, 1);
    shape[0] = values.length();
    return node.reshaped(values, shape);
  }

  private static int[] lastAxes(NodeRun node) {
    int rank = node.input(0).rank();
    return IntStream.range(Axes.of(node, node.attributes().integer("axis", -1), rank), rank)
        .toArray();
  }
}
