package org.robustnessgap.campaign.fold;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.robustnessgap.messages.MeasuredQuantile;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.VersionFigure;

/** Figures of versions of a classifier beside those of the one shown. */
final class VersionFigures {
  private VersionFigures() {}

  /**
   * @param shown the figures shown, by the same plan
   */
  static VersionFigure of(AttackFigure figure, Map<Space, SpaceGap> shown) {
    Map<Space, List<MeasuredQuantile>> spaces = new EnumMap<>(Space.class);
    shown.forEach(
        (space, gap) -> {
          List<MeasuredQuantile> quantiles =
              Gaps.measured(figure.distances(space), figure.outcomes(space).notFound(), gap);
          if (!quantiles.isEmpty()) {
            spaces.put(space, quantiles);
          }
        });
    Provenance provenance = figure.provenance();
    Ordinals ordinals = figure.ordinals();
    return new VersionFigure(
        provenance == null ? null : provenance.model(),
        figure.samples(),
        ordinals == null ? null : Long.valueOf(ordinals.first()),
        ordinals == null ? null : Long.valueOf(ordinals.last()),
        spaces);
  }
}
