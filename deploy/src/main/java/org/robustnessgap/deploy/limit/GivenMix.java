package org.robustnessgap.deploy.limit;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.limit.LimitCurve;
import org.robustnessgap.limit.MixLimit;
import org.robustnessgap.limit.MixRegion;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.TheoreticalLimits.Kind;

/** The mix of classes that the data have, as --mix gives it: shares, or labels counted. */
final class GivenMix {
  private static final double ERROR_RATE = 0.05;

  private final double[] numbers;

  GivenMix(double[] numbers) {
    this.numbers = numbers;
  }

  /**
   * Adds what the limit is under the mix.
   *
   * @param measures of each class
   * @param labels that they were counted from; null if they are known
   * @throws InvalidInputException if the mix is no such numbers
   */
  void addTo(LimitTable table, double[] measures, @Nullable List<Long> labels, double normaliser) {
    if (labels == null) {
      add(table, "", new MixLimit(measures, numbers), normaliser);
      return;
    }
    List<Long> counted = counts();
    MixRegion region = new MixRegion(labels, counted, ERROR_RATE);
    add(table, "", MixRegion.ofFrequencies(labels, counted), normaliser);
    add(table, ", lower ends of the 95 % intervals", region.highest(), normaliser);
    add(table, ", upper ends of the 95 % intervals", region.lowest(), normaliser);
  }

  private static void add(LimitTable table, String of, LimitCurve limit, double normaliser) {
    String title = "Latent robustness under the mix of the data" + of;
    table.add("L1, mix", title, Kind.EXACT, limit, normaliser, Double.NaN);
  }

  private List<Long> counts() {
    for (double count : numbers) {
      if (!(count >= 0 && count <= 1e15 && count == Math.rint(count))) {
        throw new InvalidInputException(
            "--mix has "
                + count
                + ", but with --counts it is labels counted; give whole numbers, or give"
                + " measures with --classes.");
      }
    }
    return Arrays.stream(numbers).mapToObj(count -> (long) count).toList();
  }
}
