package org.robustnessgap.serving;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.OutputTensor;

/** Whether two answers are those of the same model to the same images, but for noise. */
final class SameAnswers {
  /** Relative to the largest number of an output. */
  private static final double TOLERANCE = 1e-4;

  private SameAnswers() {}

  static boolean test(@Nullable Answer one, @Nullable Answer other) {
    if (one == null || other == null) {
      return false;
    }
    List<OutputTensor> outputs = one.outputs();
    boolean same = outputs.size() == other.outputs().size();
    for (int i = 0; same && i < outputs.size(); i++) {
      OutputTensor a = outputs.get(i);
      OutputTensor b = other.outputs().get(i);
      same = a.texts().equals(b.texts()) && close(a.numbers(), b.numbers());
    }
    return same;
  }

  /** JSON cannot tell what is no number from what is infinite. */
  private static boolean close(double[] a, double[] b) {
    boolean close = a.length == b.length;
    double largest = 0;
    for (double value : a) {
      largest = Double.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
    }
    for (int i = 0; close && i < a.length; i++) {
      boolean neither = !Double.isFinite(a[i]) && !Double.isFinite(b[i]);
      close = neither || Math.abs(a[i] - b[i]) <= TOLERANCE * largest;
    }
    return close;
  }
}
