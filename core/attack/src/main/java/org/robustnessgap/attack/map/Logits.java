package org.robustnessgap.attack.map;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.robustnessgap.messages.InternalApi;
import org.robustnessgap.messages.StableApi;

/**
 * What a classifier says of several points.
 *
 * @param rows [n, K]
 */
@StableApi
public record Logits(Rows rows) {
  public boolean isFinite(int point) {
    return rows.isFinite(point);
  }

  /** The class with the largest logit; the first of equals. */
  public int label(int point) {
    return rows.argMax(point);
  }

  /** The label of each point; −1 where the logits are not finite. */
  public int[] labels() {
    return IntStream.range(0, rows.count()).map(i -> isFinite(i) ? label(i) : -1).toArray();
  }

  /** f_a − f_b. */
  public double lead(int point, int a, int b) {
    int from = point * rows.width();
    return (double) rows.values()[from + a] - rows.values()[from + b];
  }

  /** The largest absolute value of a logit. */
  public double largest(int point) {
    double largest = 0;
    for (float logit : rows.row(point)) {
      largest = Math.max(largest, Math.abs(logit));
    }
    return largest;
  }

  /** The class other than the label with the largest logit. */
  public int runnerUp(int point, int label) {
    int best = label == 0 ? 1 : 0;
    for (int k = 0; k < rows.width(); k++) {
      if (k != label && lead(point, k, best) > 0) {
        best = k;
      }
    }
    return best;
  }

  /**
   * The largest logit of another class less that of the label: positive where the label changed.
   */
  public double margin(int point, int label) {
    return lead(point, runnerUp(point, label), label);
  }

  /** The classes other than the label with the largest logits, largest first. */
  @InternalApi
  public int[] rivals(int point, int label, int most) {
    float[] row = rows.row(point);
    return IntStream.range(0, row.length)
        .filter(k -> k != label)
        .boxed()
        .sorted(Comparator.comparingDouble(k -> -row[k]))
        .limit(most)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
