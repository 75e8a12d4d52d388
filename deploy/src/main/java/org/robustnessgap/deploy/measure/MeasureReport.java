package org.robustnessgap.deploy.measure;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.robustnessgap.campaign.diagnostic.LowerBoundDiagnostic;
import org.robustnessgap.campaign.diagnostic.ProjectionDiagnostic;
import org.robustnessgap.deploy.campaign.CampaignProgress;
import org.robustnessgap.deploy.exit.ExitCodes;
import org.robustnessgap.deploy.table.ClassMeasuresTable;
import org.robustnessgap.deploy.table.GapTable;
import org.robustnessgap.deploy.table.MixTable;
import org.robustnessgap.deploy.table.NumbersTable;
import org.robustnessgap.deploy.table.ProjectionTable;
import org.robustnessgap.deploy.table.ReconstructionTable;
import org.robustnessgap.deploy.table.TransferTable;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.DiagnosticFigure;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.Suspicion;

/**
 * What is printed of a measured campaign.
 *
 * @param diagnosed what its diagnostics found
 * @param labels what classifiers answered, which is printed of images of one's own: an estimate of
 *     the mix of classes that they meet
 * @param mix of the figures, what they are under another mix of classes, if that is wanted
 */
record MeasureReport(
    Campaign campaign,
    DiagnosedSamples diagnosed,
    SeenLabels labels,
    Function<List<RobustnessGap>, Optional<MixTable>> mix) {
  /**
   * Prints it.
   *
   * @param progress knows the figures and what failed
   * @return the exit code
   * @throws InvalidInputException if there is nothing about a classifier, after all else is printed
   */
  int print(CampaignProgress progress) {
    List<RobustnessGap> gaps = progress.gaps();
    List<Double> quantiles = campaign.quantiles();
    System.out.print(table(gaps).render(quantiles, progress.failures()));
    if (campaign.inversion() != null) {
      System.out.print(
          new ReconstructionTable(campaign.inversion(), diagnosed.byClassifier()).render());
    }
    if (!progress.transfers().isEmpty()) {
      System.out.print("\n" + new TransferTable(progress.transfers()).render(quantiles));
    }
    mix.apply(gaps).ifPresent(table -> System.out.print(table.render(quantiles)));
    System.out.print(new NumbersTable(progress.others()).render());
    if (campaign.data() != null) {
      System.out.print(new ClassMeasuresTable(labels.counts()).render());
    }
    if (!campaign.diagnostics().isEmpty()) {
      System.out.println();
      System.out.println("Diagnostics, not normalised: median (quartiles)");
      gaps.forEach(MeasureReport::printDiagnostics);
    }
    if (campaign.diagnostics().contains(LowerBoundDiagnostic.NAME)) {
      System.out.print(new LowerBoundSummary(campaign, diagnosed).render());
    }
    if (campaign.diagnostics().contains(ProjectionDiagnostic.NAME)) {
      System.out.print(new ProjectionTable(diagnosed.byClassifier()).render());
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
    return wrong.isEmpty() ? 0 : ExitCodes.SUSPICIOUS;
  }

  private GapTable table(List<RobustnessGap> gaps) {
    return campaign.data() == null ? new GapTable(gaps) : GapTable.ofGivenImages(gaps);
  }

  private static void printDiagnostics(RobustnessGap gap) {
    String classifier = gap.stream().classifier();
    for (DiagnosticFigure figure : gap.diagnostics()) {
      System.out.printf(
          Locale.ROOT,
          "%s, %s: %s %.3g (%.3g to %.3g), %d samples%n",
          classifier,
          figure.space(),
          figure.name(),
          figure.median(),
          figure.lowerQuartile(),
          figure.upperQuartile(),
          figure.samples());
    }
    gap.withoutDiagnostics()
        .forEach((name, why) -> System.out.printf("%s: no %s. %s%n", classifier, name, why));
  }
}
