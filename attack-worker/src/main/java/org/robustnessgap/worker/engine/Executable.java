package org.robustnessgap.worker.engine;

import java.util.List;

/** A loaded model. Thread-safe; close it when nobody runs it any more. */
public interface Executable extends AutoCloseable {
  /**
   * Runs the model once.
   *
   * @param inputs one for each input, in the model's order
   * @return one for each output, in the model's order
   */
  List<Tensor> run(Tensor... inputs);

  @Override
  void close();
}
