package org.robustnessgap.onnx.lowering;

import java.util.List;

/** Standard operators that bring values to mean 0 and variance 1. */
final class LoweredNormalizations {
  /** Of the batch and the pixels, for each channel. */
  private static final long[] DEFAULT_AXES = {0, 2, 3};

  /** What the standard adds to the deviation. */
  private static final double EPSILON = 1e-9;

  private LoweredNormalizations() {}

  /** (x − mean)/(deviation + 10⁻⁹) over some axes. */
  static boolean meanVariance(LoweringContext node) {
    long[] given = node.attributes().integers("axes", 0, 0);
    String axes = node.builder().longs(given.length == 0 ? DEFAULT_AXES : given);
    String centred = node.sub(node.input(0), node.emit("ReduceMean", List.of(node.input(0), axes)));
    String variance = node.emit("ReduceMean", List.of(node.mul(centred, centred), axes));
    String deviation = node.add(node.unary("Sqrt", variance), node.number(EPSILON));
    node.replace(0, node.emit("Div", List.of(centred, deviation)));
    return true;
  }
}
