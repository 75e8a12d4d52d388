package org.robustnessgap.serving;

import java.util.Arrays;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.Access;

/** Leaves of answers what their user allows to be learned of them. */
final class Reduction {
  /** How many leading classes are left where answers have more and only some may be used. */
  private static final int LEADING = 5;

  private Reduction() {}

  /**
   * @param rows [n, K] of one access
   * @param to another that tells no more
   */
  static Rows of(Rows rows, Access from, Access to) {
    if (from == to) {
      return rows;
    }
    float[] values = rows.values().clone();
    for (int i = 0; i < rows.count(); i++) {
      int begin = i * rows.width();
      float[] row = rows.row(i);
      switch (to) {
        case LABELS -> {
          boolean known = rows.isFinite(i) || from == Access.TOP_K;
          int label = rows.argMax(i);
          for (int k = 0; k < row.length; k++) {
            row[k] = known ? k == label ? 1 : 0 : Float.NaN;
          }
        }
        case TOP_K -> keepLeading(row);
        case PROBABILITIES -> softmax(row);
        default -> {}
      }
      System.arraycopy(row, 0, values, begin, row.length);
    }
    return new Rows(values, rows.width());
  }

  private static void keepLeading(float[] row) {
    if (row.length > LEADING) {
      float[] sorted = row.clone();
      Arrays.sort(sorted);
      float least = sorted[row.length - LEADING];
      for (int k = 0; k < row.length; k++) {
        row[k] = row[k] < least ? Float.NEGATIVE_INFINITY : row[k];
      }
    }
  }

  private static void softmax(float[] row) {
    double largest = Double.NEGATIVE_INFINITY;
    for (float value : row) {
      largest = Math.max(largest, value);
    }
    double sum = 0;
    for (float value : row) {
      sum += Math.exp(value - largest);
    }
    for (int k = 0; k < row.length; k++) {
      row[k] = (float) (Math.exp(row[k] - largest) / sum);
    }
  }
}
