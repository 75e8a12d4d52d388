package org.robustnessgap.engine.nd4j;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Shapes that stretch to each other's, as NumPy's do. */
final class Broadcasting {
  private Broadcasting() {}

  static long size(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** The common shape. */
  static long[] shape(NodeRun node, INDArray... arrays) {
    long[] shape = {};
    for (INDArray array : arrays) {
      shape = shape(node, shape, array.shape());
    }
    return shape;
  }

  static long[] shape(NodeRun node, long[] a, long[] b) {
    if (b.length > a.length) {
      return shape(node, b, a);
    }
    long[] shape = a.clone();
    int extra = a.length - b.length;
    for (int axis = 0; axis < b.length; axis++) {
      long size = b[axis];
      if (shape[axis + extra] == 1) {
        shape[axis + extra] = size;
      } else if (size != 1 && size != shape[axis + extra]) {
        throw node.refused(
            "shapes " + Arrays.toString(a) + " and " + Arrays.toString(b) + " do not fit");
      }
    }
    return shape;
  }

  /** The first array, brought to the common shape of both. */
  static INDArray expanded(NodeRun node, INDArray array, INDArray other) {
    return to(node, array, shape(node, array, other));
  }

  static INDArray to(NodeRun node, INDArray array, long... shape) {
    if (Arrays.equals(array.shape(), shape)) {
      return array;
    }
    node.requireSize(shape);
    if (size(shape) == array.length()) {
      return node.reshaped(array, shape);
    }
    if (array.dataType() == DataType.BOOL) {
      return node.castTo(to(node, node.castTo(array, DataType.INT8), shape), DataType.BOOL);
    }
    // ND4J's own operator for this takes hundreds of times as long as a sum.
    return node.exec("add", node.own(Nd4j.create(array.dataType(), shape)), array);
  }
}
