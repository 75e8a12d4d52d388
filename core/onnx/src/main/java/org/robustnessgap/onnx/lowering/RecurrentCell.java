package org.robustnessgap.onnx.lowering;

import java.util.List;

/** One direction of a recurrent operator, step by step. */
interface RecurrentCell {
  /** What every step needs of the whole sequence x [steps, n, width]: values [steps, n, …]. */
  List<String> sequences(String x);

  /** States [1, n, hidden] before the first step, the first of which is the output. */
  List<String> initial();

  /**
   * The states after a step.
   *
   * @param now this step's part [1, n, …] of each of the sequences
   * @param before the states
   */
  List<String> next(List<String> now, List<String> before);
}
