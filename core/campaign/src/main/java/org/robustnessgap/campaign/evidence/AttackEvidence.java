package org.robustnessgap.campaign.evidence;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.Reconstruction;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;

/** The labels one classifier gave; samples without a label count for nothing. */
final class AttackEvidence implements SubjectEvidence {
  private final StreamId stream;
  private final VersionedLabels versions = new VersionedLabels();

  AttackEvidence(JobResult first) {
    this.stream = ((AttackResult) first).stream();
  }

  @Override
  public boolean add(JobResult more) {
    AttackResult result = (AttackResult) more;
    LabelEvidence labels = versions.of(result, result.classes(), result.latentDimension());
    long before = labels.samples();
    for (SampleResult sample : result.samples()) {
      Set<Integer> label = sample.label() < 0 ? Set.of() : Set.of(sample.label());
      Reconstruction reconstruction = sample.reconstruction();
      if (labels.add(sample.ordinal(), sample.imageNorm(), label) && reconstruction != null) {
        labels.reconstructed(reconstruction);
      }
    }
    return labels.samples() != before && labels == versions.labels();
  }

  @Override
  public Optional<Limits> limits(
      Function<@Nullable String, DisplacementEvidence> displacements, List<Double> quantiles) {
    return versions
        .latest()
        .filter(latest -> latest.getValue().samples() > 0)
        .map(
            latest -> limits(latest.getKey().model(), latest.getValue(), displacements, quantiles));
  }

  private TheoreticalLimits limits(
      @Nullable ModelIdentity model,
      LabelEvidence labels,
      Function<@Nullable String, DisplacementEvidence> displacements,
      List<Double> quantiles) {
    DisplacementEvidence known = displacements.apply(labels.generator());
    return new TheoreticalLimits(
        stream,
        labels.samples(),
        labels.counts(),
        known.samples().orElse(null),
        SpaceLimits.of(labels, known, quantiles),
        labels.generator(),
        model);
  }

  /**
   * The limits for data of another mix of labels; none while nothing is known.
   *
   * @param mix labels counted in the data, by class
   * @throws org.robustnessgap.messages.InvalidInputException if they are of another number of
   *     classes, or all 0
   */
  Map<Space, SpaceLimit> limits(
      Function<@Nullable String, DisplacementEvidence> displacements,
      List<Double> quantiles,
      List<Long> mix) {
    return versions
        .latest()
        .map(Map.Entry::getValue)
        .filter(labels -> labels.samples() > 0)
        .map(
            labels ->
                SpaceLimits.of(labels, displacements.apply(labels.generator()), quantiles, mix))
        .orElse(Map.of());
  }
}
