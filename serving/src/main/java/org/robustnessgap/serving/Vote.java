package org.robustnessgap.serving;

import java.util.List;
import org.robustnessgap.attack.map.Rows;

/** What several askings of a model that answers differently amount to. */
final class Vote {
  private Vote() {}

  /**
   * Of each image the mean of the answers whose label most have; without a majority the first.
   *
   * @param askings [n, K] each, at least one
   */
  static Rows of(List<Rows> askings) {
    Rows first = askings.get(0);
    float[] values = new float[first.values().length];
    for (int i = 0; i < first.count(); i++) {
      int label = label(askings, i);
      int votes = 0;
      for (Rows asking : askings) {
        if (asking.argMax(i) == label) {
          votes++;
        }
      }
      for (Rows asking : askings) {
        if (asking.argMax(i) == label) {
          for (int j = i * first.width(); j < (i + 1) * first.width(); j++) {
            values[j] += asking.values()[j] / votes;
          }
        }
      }
    }
    return new Rows(values, first.width());
  }

  private static int label(List<Rows> askings, int row) {
    int[] votes = new int[askings.get(0).width()];
    askings.forEach(asking -> votes[asking.argMax(row)]++);
    int best = askings.get(0).argMax(row);
    for (int k = 0; k < votes.length; k++) {
      best = votes[k] > votes[best] ? k : best;
    }
    return best;
  }
}
