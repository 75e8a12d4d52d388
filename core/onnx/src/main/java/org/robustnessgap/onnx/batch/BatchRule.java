package org.robustnessgap.onnx.batch;

/** How one operator that reads the rows of a batch takes any number of them. */
@FunctionalInterface
interface BatchRule {
  /**
   * Emits the node so that it does, and states where its outputs hold the rows.
   *
   * @throws org.robustnessgap.messages.InvalidInputException if it mixes them, or fits one batch
   *     only
   */
  void open(BatchNode node);
}
