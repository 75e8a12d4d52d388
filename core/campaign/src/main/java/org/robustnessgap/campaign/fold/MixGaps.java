package org.robustnessgap.campaign.fold;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.robustnessgap.campaign.quantile.LabelledDistances;
import org.robustnessgap.campaign.quantile.MixQuantile;
import org.robustnessgap.campaign.quantile.QuantileEstimate;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TheoreticalLimits.QuantileLimit;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;

/**
 * The figures of a generator's samples, weighted to the mix of labels of other data: limit and
 * measurement of the same distribution, normalised as those of the generator's own mix.
 */
public final class MixGaps {
  private MixGaps() {}

  /**
   * @param own the figures under the generator's own mix
   * @param distances of the same samples, by space and label
   * @param limits under the mix; a space without one has no figures
   * @param mix labels counted in the data, by label
   */
  public static Map<Space, SpaceGap> of(
      Map<Space, SpaceGap> own,
      Map<Space, Map<Integer, LabelledDistances>> distances,
      Map<Space, SpaceLimit> limits,
      List<Long> mix) {
    Map<Space, SpaceGap> gaps = new EnumMap<>(Space.class);
    own.forEach(
        (space, figures) -> {
          MixQuantile measured = new MixQuantile(distances.getOrDefault(space, Map.of()), mix);
          gaps.put(space, weighted(figures, measured, Optional.ofNullable(limits.get(space))));
        });
    return gaps;
  }

  private static SpaceGap weighted(SpaceGap own, MixQuantile measured, Optional<SpaceLimit> limit) {
    boolean applies = own.kind() != null && limit.isPresent();
    List<QuantileGap> quantiles = new ArrayList<>();
    for (QuantileGap at : own.quantiles()) {
      Optional<QuantileEstimate> estimate = measured.at(at.quantile());
      QuantileLimit known =
          limit.stream()
              .filter(one -> applies)
              .flatMap(one -> one.quantiles().stream())
              .filter(one -> one.quantile() == at.quantile())
              .findFirst()
              .orElse(new QuantileLimit(at.quantile(), null, null, null, null));
      double normaliser = own.normaliser() == null ? 1 : own.normaliser();
      quantiles.add(Gaps.quantileGap(known, normaliser, estimate));
    }
    return new SpaceGap(
        applies ? own.kind() : null,
        own.normaliser(),
        own.found(),
        own.notFound(),
        own.failed(),
        quantiles,
        own.norm(),
        own.notApplicable());
  }
}
