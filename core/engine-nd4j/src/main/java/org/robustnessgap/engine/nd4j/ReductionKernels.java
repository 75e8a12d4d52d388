package org.robustnessgap.engine.nd4j;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.factory.Nd4j;

/** Operators that sum up, or pick from, the elements along some axes. */
final class ReductionKernels {
  private ReductionKernels() {}

  /** A reduction of an array along axes, which stay as 1. */
  @FunctionalInterface
  interface Reduction {
    INDArray of(INDArray array, int... axes);
  }

  static Kernel reduction(Reduction reduction) {
    return node -> reduced(node, node.input(0), reduction);
  }

  /** Sums, or roots of sums of squares, of magnitudes: without axes the magnitude itself. */
  static Kernel norm(Reduction reduction) {
    return node -> reduced(node, ElementwiseKernels.magnitude(node), reduction);
  }

  static INDArray sumOfSquares(NodeRun node) {
    INDArray x = node.input(0);
    return reduced(node, node.exec("multiply", x, x), (square, axes) -> square.sum(true, axes));
  }

  static INDArray logSum(NodeRun node) {
    return log(node, reduced(node, node.input(0), (x, axes) -> x.sum(true, axes)));
  }

  /** m + log Σ exp(x − m) for the largest element m, so that nothing overflows. */
  static INDArray logSumExp(NodeRun node) {
    INDArray x = node.input(0);
    int[] axes = axes(node, x);
    if (axes.length == 0) {
      return x;
    }
    INDArray most = node.own(x.max(true, axes));
    INDArray small = ElementwiseKernels.broadcast(node, "subtract", x, most);
    Nd4j.getExecutioner().exec(new Exp(small, small));
    INDArray logs = log(node, node.own(small.sum(true, axes)));
    return kept(node, node.exec("add", logs, most), x, axes);
  }

  private static INDArray log(NodeRun node, INDArray x) {
    INDArray y = node.uninitialized(x.dataType(), x.shape());
    Nd4j.getExecutioner().exec(new Log(node.dense(x), y));
    return y;
  }

  private static INDArray reduced(NodeRun node, INDArray x, Reduction reduction) {
    int[] axes = axes(node, x);
    return axes.length == 0 ? x : kept(node, node.own(reduction.of(x, axes)), x, axes);
  }

  /** In the shape that the node asks for. */
  private static INDArray kept(NodeRun node, INDArray reduced, INDArray x, int... axes) {
    boolean keeps = node.attributes().integer("keepdims", 1) != 0;
    long[] shape =
        IntStream.range(0, x.rank())
            .filter(axis -> keeps || Arrays.stream(axes).noneMatch(other -> other == axis))
            .mapToLong(
                axis -> Arrays.stream(axes).anyMatch(other -> other == axis) ? 1 : x.size(axis))
            .toArray();
    return node.reshaped(node.dense(reduced), shape);
  }

  private static int[] axes(NodeRun node, INDArray x) {
    long[] stated = node.hasInput(1) ? node.integers(1) : new long[0];
    if (stated.length == 0) {
      boolean nothing = node.attributes().integer("noop_with_empty_axes", 0) != 0;
      return nothing ? new int[0] : IntStream.range(0, x.rank()).toArray();
    }
    return Arrays.stream(stated)
        .mapToInt(axis -> Axes.of(node, axis, x.rank()))
        .distinct()
        .sorted()
        .toArray();
  }

  /** Over all axes of the image. */
  static Kernel global(Reduction reduction) {
    return node -> {
      INDArray x = node.input(0);
      return x.rank() < 3
          ? x
          : node.dense(node.own(reduction.of(x, IntStream.range(2, x.rank()).toArray())));
    };
  }

  /** Along the last axis of a matrix: along others, ND4J on oneDNN is wrong. */
  static Kernel softmax(String operator) {
    return node -> {
      INDArray x = node.input(0);
      int last = x.rank() - 1;
      int axis = Axes.of(node, node.attributes().integer("axis", -1), x.rank());
      INDArray turned = node.dense(x.swapAxes(axis, last));
      INDArray rows = node.reshaped(turned, x.length() / x.size(axis), x.size(axis));
      INDArray shares = node.exec(operator, new long[] {1}, new double[0], rows);
      return node.dense(node.reshaped(shares, turned.shape()).swapAxes(axis, last));
    };
  }

  /** The first, or last, of the largest, or smallest, elements along an axis. */
  static Kernel arg(int sign) {
    return node -> {
      INDArray x = node.input(0);
      int axis = Axes.of(node, node.attributes().integer("axis", 0), x.rank());
      boolean last = node.attributes().integer("select_last_index", 0) != 0;
      double[] values = HostMemory.doubles(x);
      int inner = (int) Axes.inner(x, axis);
      int length = (int) x.size(axis);
      long[] found = new long[values.length / length];
      for (int i = 0; i < found.length; i++) {
        int start = i / inner * inner * length + i % inner;
        for (int k = 1; k < length; k++) {
          double gain = sign * (values[start + k * inner] - values[start + (int) found[i] * inner]);
          if (gain > 0 || last && gain == 0) {
            found[i] = k;
          }
        }
      }
      return kept(node, node.own(HostMemory.of(found, shapeWithout(x, axis))), x, axis);
    };
  }

  private static long[] shapeWithout(INDArray x, int axis) {
    long[] shape = x.shape().clone();
    shape[axis] = 1;
    return shape;
  }

  /** Sums of all elements up to each one. */
  static INDArray cumulativeSum(NodeRun node) {
    INDArray x = node.input(0);
    int axis = Axes.of(node, node.integers(1)[0], x.rank());
    boolean exclusive = node.attributes().integer("exclusive", 0) != 0;
    boolean reverse = node.attributes().integer("reverse", 0) != 0;
    double[] values = HostMemory.doubles(x);
    int inner = (int) Axes.inner(x, axis);
    int length = (int) x.size(axis);
    for (int line = 0; line < values.length / length; line++) {
      int start = line / inner * inner * length + line % inner;
      double sum = 0;
      for (int k = 0; k < length; k++) {
        int at = start + (reverse ? length - 1 - k : k) * inner;
        double term = values[at];
        values[at] = exclusive ? sum : sum + term;
        sum += term;
      }
    }
    return node.castTo(node.own(HostMemory.of(values, x.shape())), x.dataType());
  }

  static INDArray mean(INDArray array, int... axes) {
    return array.mean(true, axes);
  }

  /** The largest along an axis, and where they were. */
  static INDArray topK(NodeRun node) {
    INDArray x = node.input(0);
    int axis = Axes.of(node, node.attributes().integer("axis", -1), x.rank());
    int sign = node.attributes().integer("largest", 1) != 0 ? -1 : 1;
    int count = (int) node.integers(1)[0];
    double[] values = HostMemory.doubles(x);
    int inner = (int) Axes.inner(x, axis);
    int length = (int) x.size(axis);
    if (count < 0 || count > length) {
      throw node.refused("it takes " + count + " of " + length + " elements");
    }
    long[] shape = x.shape().clone();
    shape[axis] = count;
    int[] positions = new int[values.length / length * count];
    long[] indices = new long[positions.length];
    for (int line = 0; line < values.length / length; line++) {
      int start = line / inner * inner * length + line % inner;
      int to = line / inner * inner * count + line % inner;
      int[] order =
          IntStream.range(0, length)
              .boxed()
              .sorted(
                  (a, b) ->
                      Double.compare(
                          sign * values[start + a * inner], sign * values[start + b * inner]))
              .mapToInt(Integer::intValue)
              .limit(count)
              .toArray();
      for (int k = 0; k < count; k++) {
        positions[to + k * inner] = start + order[k] * inner;
        indices[to + k * inner] = order[k];
      }
    }
    node.output(1, node.own(HostMemory.of(indices, DataType.INT64, shape)));
    return node.own(HostMemory.take(x, positions, 0, shape));
  }
}
