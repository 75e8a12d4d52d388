package org.robustnessgap.engine.nd4j;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.robustnessgap.onnx.graph.Attributes;

/** Operators that make or change shapes, and constants. */
final class ShapeKernels {
  private ShapeKernels() {}

  static INDArray identity(NodeRun node) {
    return node.input(0);
  }

  static INDArray dropout(NodeRun node) {
    if (node.hasInput(2) && node.integers(2)[0] != 0) {
      throw node.refused("it drops values at random");
    }
    if (node.wants(1)) {
      node.output(1, node.castTo(node.own(Nd4j.ones(node.input(0).shape())), DataType.BOOL));
    }
    return node.input(0);
  }

  static INDArray reshape(NodeRun node) {
    INDArray x = node.input(0);
    long[] shape = node.integers(1);
    boolean zeroIsZero = node.attributes().integer("allowzero", 0) != 0;
    int open = -1;
    long known = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] == 0 && !zeroIsZero) {
        shape[axis] = x.size(axis);
      }
      if (shape[axis] < 0) {
        open = axis;
      } else {
        known = Math.multiplyExact(known, shape[axis]);
      }
    }
    if (open >= 0 && known > 0) {
      shape[open] = x.length() / known;
    }
    return fitted(node, x, shape);
  }

  private static INDArray fitted(NodeRun node, INDArray x, long... shape) {
    if (Arrays.stream(shape).anyMatch(size -> size < 0) || Broadcasting.size(shape) != x.length()) {
      throw node.refused(Arrays.toString(x.shape()) + " cannot become " + Arrays.toString(shape));
    }
    return node.reshaped(x, shape);
  }

  static INDArray flatten(NodeRun node) {
    INDArray x = node.input(0);
    long axis = node.attributes().integer("axis", 1);
    long outer =
        Arrays.stream(x.shape())
            .limit(axis < 0 ? axis + x.rank() : axis)
            .reduce(1, (a, b) -> a * b);
    return fitted(node, x, outer, x.length() / outer);
  }

  static INDArray squeeze(NodeRun node) {
    INDArray x = node.input(0);
    long[] stated = node.hasInput(1) ? node.integers(1) : new long[0];
    int[] axes = Arrays.stream(stated).mapToInt(axis -> Axes.of(node, axis, x.rank())).toArray();
    return fitted(
        node,
        x,
        IntStream.range(0, x.rank())
            .filter(
                axis ->
                    stated.length == 0
                        ? x.size(axis) != 1
                        : Arrays.stream(axes).noneMatch(other -> other == axis))
            .mapToLong(x::size)
            .toArray());
  }

  static INDArray unsqueeze(NodeRun node) {
    INDArray x = node.input(0);
    long[] stated = node.integers(1);
    long[] shape = new long[x.rank() + stated.length];
    for (long axis : stated) {
      shape[Axes.of(node, axis, shape.length)] = 1;
    }
    int from = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = shape[axis] == 1 || from == x.rank() ? 1 : x.size(from++);
    }
    return fitted(node, x, shape);
  }

  static INDArray shape(NodeRun node) {
    long[] shape = node.input(0).shape();
    int start = within(node.attributes().integer("start", 0), shape.length);
    int end = within(node.attributes().integer("end", shape.length), shape.length);
    long[] part = start < end ? Arrays.copyOfRange(shape, start, end) : new long[0];
    return node.own(HostMemory.of(part, part.length));
  }

  private static int within(long index, int length) {
    return (int) Math.min(Math.max(index < 0 ? index + length : index, 0), length);
  }

  static INDArray size(NodeRun node) {
    return node.number(DataType.INT64, node.input(0).length());
  }

  static INDArray range(NodeRun node) {
    DataType type = node.input(0).dataType();
    double start = HostMemory.doubles(node.input(0))[0];
    double step = HostMemory.doubles(node.input(2))[0];
    double count = Math.max(0, Math.ceil((HostMemory.doubles(node.input(1))[0] - start) / step));
    if (Double.isNaN(count)) {
      throw node.refused("its step is 0");
    }
    node.requireSize((long) count);
    if (type.isFPType()) {
      double[] values = new double[(int) count];
      Arrays.setAll(values, i -> start + i * step);
      return node.castTo(node.own(HostMemory.of(values, values.length)), type);
    }
    long[] values = LongStream.range(0, (long) count).map(i -> (long) (start + i * step)).toArray();
    return node.own(HostMemory.of(values, type, values.length));
  }

  static INDArray constantOfShape(NodeRun node) {
    long[] shape = node.integers(0);
    if (Arrays.stream(shape).anyMatch(size -> size < 0)) {
      throw node.refused("it makes a constant of shape " + Arrays.toString(shape));
    }
    node.requireSize(shape);
    if (!node.attributes().has("value")) {
      return node.own(Nd4j.create(DataType.FLOAT, shape));
    }
    INDArray value = node.own(TensorProtos.toArray(node.attributes().tensor("value")));
    return Broadcasting.to(node, node.reshaped(value), shape);
  }

  static INDArray constant(NodeRun node) {
    Attributes attributes = node.attributes();
    if (attributes.has("value")) {
      return node.own(TensorProtos.toArray(attributes.tensor("value")));
    }
    if (attributes.has("value_int")) {
      return node.number(DataType.INT64, attributes.integer("value_int", 0));
    }
    if (attributes.has("value_float")) {
      return node.number(DataType.FLOAT, attributes.real("value_float", 0));
    }
    if (attributes.has("value_ints")) {
      long[] values = attributes.integers("value_ints", 0, 0);
      return node.own(HostMemory.of(values, values.length));
    }
    if (attributes.has("value_floats")) {
      float[] values = attributes.reals("value_floats");
      return node.own(HostMemory.of(values, values.length));
    }
    throw node.refused("it holds no numbers");
  }

  static INDArray expand(NodeRun node) {
    INDArray x = node.input(0);
    return Broadcasting.to(node, x, Broadcasting.shape(node, x.shape(), node.integers(1)));
  }

  static INDArray transpose(NodeRun node) {
    INDArray x = node.input(0);
    long[] stated = node.attributes().integers("perm", 0, 0);
    int[] permutation =
        IntStream.range(0, x.rank())
            .map(axis -> stated.length == 0 ? x.rank() - 1 - axis : (int) stated[axis])
            .toArray();
    return node.dense(x.permute(permutation));
  }

  /** [n, c, h, w] with blocks of channels as blocks of pixels. */
  static INDArray depthToSpace(NodeRun node) {
    INDArray x = node.input(0);
    long b = node.attributes().integer("blocksize", 1);
    boolean depthFirst = node.attributes().text("mode", "DCR").equals("DCR");
    long n = x.size(0);
    long c = x.size(1) / (b * b);
    long h = x.size(2);
    long w = x.size(3);
    INDArray blocks =
        depthFirst
            ? node.reshaped(x, n, b, b, c, h, w).permute(0, 3, 4, 1, 5, 2)
            : node.reshaped(x, n, c, b, b, h, w).permute(0, 1, 4, 2, 5, 3);
    return fitted(node, node.dense(blocks), n, c, h * b, w * b);
  }

  static INDArray spaceToDepth(NodeRun node) {
    INDArray x = node.input(0);
    long b = node.attributes().integer("blocksize", 1);
    long n = x.size(0);
    long c = x.size(1);
    long h = x.size(2) / b;
    long w = x.size(3) / b;
    INDArray blocks = node.reshaped(x, n, c, h, b, w, b).permute(0, 3, 5, 1, 2, 4);
    return fitted(node, node.dense(blocks), n, c * b * b, h, w);
  }
}
