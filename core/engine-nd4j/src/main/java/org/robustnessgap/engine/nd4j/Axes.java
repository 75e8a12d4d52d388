package org.robustnessgap.engine.nd4j;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Axes as nodes state them: negative ones count from the last. */
final class Axes {
  private Axes() {}

  static int of(NodeRun node, long axis, int rank) {
    long counted = axis < 0 ? axis + rank : axis;
    if (counted < 0 || counted >= rank) {
      throw node.refused("there is no axis " + axis + " among " + rank);
    }
    return (int) counted;
  }

  /** Elements between two neighbours along an axis. */
  static long inner(INDArray array, int axis) {
    return Arrays.stream(array.shape()).skip(axis + 1L).reduce(1, (a, b) -> a * b);
  }
}
