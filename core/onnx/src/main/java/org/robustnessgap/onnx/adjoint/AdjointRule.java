package org.robustnessgap.onnx.adjoint;

/** How one operator passes a gradient from its output to its inputs. */
@FunctionalInterface
interface AdjointRule {
  /** Adds the nodes that compute the gradient of each active input, and contributes the results. */
  void apply(AdjointContext node);
}
