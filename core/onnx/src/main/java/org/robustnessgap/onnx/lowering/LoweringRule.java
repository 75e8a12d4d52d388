package org.robustnessgap.onnx.lowering;

/** How one operator is written in others. */
@FunctionalInterface
interface LoweringRule {
  /**
   * Emits nodes that compute what the node does, and names the values that take the place of its
   * outputs.
   *
   * @return false if the node may stay as it is; then nothing of what was emitted is used
   * @throws org.robustnessgap.messages.InvalidInputException if it cannot be written so, with the
   *     reason
   */
  boolean lower(LoweringContext node);
}
