package org.robustnessgap.deploy.measure;

import java.util.List;
import org.robustnessgap.deploy.campaign.CampaignProgress;
import org.robustnessgap.deploy.table.GapTable;
import org.robustnessgap.deploy.table.TransferTable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.Suspicion;

/**
 * What is printed of a measured campaign.
 *
 * @param quantiles fractions p of the data that tables compare
 * @param bounds null unless they were asked for
 * @param projections null unless they were asked for
 */
record MeasureReport(List<Double> quantiles, SampleBounds bounds, Projections projections) {
  /** Exit code where figures were printed that may be false. */
  private static final int SUSPICIOUS = 3;

  /**
   * Prints it.
   *
   * @param progress knows the figures and what failed
   * @return the exit code
   * @throws InvalidInputException if there is nothing about a classifier, after all else is printed
   */
  int print(CampaignProgress progress) {
    List<RobustnessGap> gaps = progress.gaps();
    System.out.print(new GapTable(gaps).render(quantiles, progress.failures()));
    if (!progress.transfers().isEmpty()) {
      System.out.print("\n" + new TransferTable(progress.transfers()).render(quantiles));
    }
    if (bounds != null) {
      System.out.println();
      for (double quantile : quantiles) {
        System.out.println("Unconstrained robustness, normalised, quantile " + quantile);
        bounds.summary(quantile).forEach(System.out::println);
      }
    }
    if (projections != null) {
      System.out.print("\n" + projections.table());
    }
    List<String> without =
        gaps.stream()
            .filter(gap -> gap.measured() == 0)
            .map(gap -> gap.stream().classifier())
            .toList();
    if (!without.isEmpty()) {
      throw new InvalidInputException(
          "Nothing could be measured of "
              + String.join(", ", without)
              + "; the reasons are above.");
    }
    List<Suspicion> wrong = gaps.stream().flatMap(gap -> gap.suspicions().stream()).toList();
    if (!wrong.isEmpty()) {
      System.out.println();
      wrong.forEach(suspicion -> System.out.println("Suspicious: " + suspicion.sentence()));
    }
    return wrong.isEmpty() ? 0 : SUSPICIOUS;
  }
}
