package org.robustnessgap.serving;

import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.serving.call.OutputTensor;

/** What the elements of an answer mean. */
interface AnswerForm {
  /** What they tell. */
  Access access();

  /** K, the number of classes, at least 2. */
  int classes();

  /**
   * Reads one image's part of an answer.
   *
   * @param first index of its first element
   * @param count how many elements are its
   * @param row [K], zeros; gets scores, or 1 at a label; what is left out of a top-k gets −∞, what
   *     is unknown NaN
   * @throws InvalidInputException if it is of another form
   */
  void read(OutputTensor output, int first, int count, float[] row);
}
