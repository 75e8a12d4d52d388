package org.robustnessgap.example;

import java.nio.file.Path;
import java.util.List;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.OnnxMap;
import org.robustnessgap.attack.map.Rows;

/** The gradient of one output of a model. */
final class DifferentiateExample {
  private DifferentiateExample() {}

  // tag::differentiate[]
  /** ∂f_k/∂x of a model f at x, for any ONNX model of one input and one output, batch first. */
  static float[] gradient(Path file, float[] x, int k) {
    try (OnnxMap f = OnnxMap.open(file)) {
      float[] v = new float[f.outputSize()];
      v[k] = 1;
      DifferentiableMap.Product product =
          f.vjp(Rows.of(List.of(x), x.length), Rows.of(List.of(v), v.length));
      return product.gradients().row(0);
    }
  }
  // end::differentiate[]
}
