package org.robustnessgap.campaign.fold;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Suspicion;
import org.robustnessgap.messages.TheoreticalLimits;

/** What only the figures of a whole window show to be wrong, not those of one job. */
final class SuspiciousFigures {
  /** Fewer samples may well have one label by chance. */
  private static final int LEAST_SAMPLES = 16;

  private SuspiciousFigures() {}

  /**
   * @param classifier what it is called
   * @param limits null while unknown
   */
  static List<Suspicion> of(
      String classifier, @Nullable TheoreticalLimits limits, Map<Space, SpaceGap> spaces) {
    List<Suspicion> suspicions = new ArrayList<>();
    if (limits != null
        && limits.samples() >= LEAST_SAMPLES
        && limits.classCounts().stream().filter(count -> count > 0).count() == 1) {
      suspicions.add(
          new Suspicion(
              Suspicion.Kind.ONE_LABEL,
              String.format(
                  "%s gives all %d samples one label, so no limit holds for it; do range and layout of the images fit it, and are its scores all of one kind (--output, --output-slice)?",
                  classifier, limits.samples())));
    }
    spaces.forEach(
        (space, gap) ->
            gap.quantiles().stream()
                .filter(SuspiciousFigures::isAboveLimit)
                .findFirst()
                .ifPresent(at -> suspicions.add(aboveLimit(classifier, space, at))));
    return suspicions;
  }

  /**
   * @param hidden samples that are not in the figures
   * @param measured all samples answered
   * @param provenance of those in the figures; null if unknown
   */
  static Suspicion otherProvenance(
      String classifier, long hidden, long measured, @Nullable Provenance provenance) {
    return new Suspicion(
        Suspicion.Kind.OTHER_PROVENANCE,
        String.format(
            "%s: %d of %d samples were measured otherwise than the rest (%s) and are left out of the figures; give a campaign whose plan changes a new id.",
            classifier, hidden, measured, Provenance.text(provenance)));
  }

  /** By more than the intervals of both allow. */
  private static boolean isAboveLimit(QuantileGap at) {
    return at.gapUpper() != null
        && at.gapUpper() < 1
        && at.measured() != null
        && at.limit() != null;
  }

  private static Suspicion aboveLimit(String classifier, Space space, QuantileGap at) {
    return new Suspicion(
        Suspicion.Kind.ABOVE_LIMIT,
        String.format(
            Locale.ROOT,
            "%s: quantile %s (%s) is measured at %.3g, above the limit %.3g that no classifier can exceed; the search is too weak here (try a more thorough effort), or latent vectors and generator do not belong together.",
            classifier,
            at.quantile(),
            space.label(),
            at.measured(),
            at.limit()));
  }
}
