package org.robustnessgap.serving;

import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.serving.call.OutputTensor;

/** A number of each class. */
record ScoreForm(String model, int classes, Access access) implements AnswerForm {
  @Override
  public void read(OutputTensor output, int first, int count, float[] row) {
    if (count != classes || !output.texts().isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "%s answered %d %s an image where it answered %d scores before; see what serves it now.",
              model, count, output.texts().isEmpty() ? "numbers" : "texts", classes));
    }
    for (int k = 0; k < classes; k++) {
      float score = (float) output.numbers()[first + k];
      row[k] = Float.isFinite(score) ? score : Float.NaN;
    }
  }
}
