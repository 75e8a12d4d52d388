package org.robustnessgap.onnx.lowering;

import java.util.List;
import org.robustnessgap.onnx.graph.Attributes;

/** Standard operators that give numbers another type. */
final class LoweredCasts {
  private LoweredCasts() {}

  /** Of the second input only the type counts: no gradient leads there, and none is missed. */
  static boolean castLike(LoweringContext node) {
    node.replace(
        0,
        node.emit(
            "Cast",
            List.of(node.input(0)),
            Attributes.of("to", (long) node.elementType(node.input(1)))));
    return true;
  }
}
