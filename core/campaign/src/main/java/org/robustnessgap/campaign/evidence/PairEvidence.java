package org.robustnessgap.campaign.evidence;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.limit.Disagreement;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.TransferLimits;
import org.robustnessgap.messages.TransferResult;

/** The labels two classifiers gave to the same images; samples without both count for nothing. */
final class PairEvidence implements SubjectEvidence {
  private final PairId pair;
  private final VersionedLabels versions = new VersionedLabels();

  PairEvidence(JobResult first) {
    this.pair = ((TransferResult) first).pair();
  }

  @Override
  public boolean add(JobResult more) {
    TransferResult result = (TransferResult) more;
    LabelEvidence labels = versions.of(result, result.classes(), result.latentDimension());
    long before = labels.samples();
    for (TransferResult.Sample sample : result.samples()) {
      Set<Integer> given =
          sample.labelled()
              ? Set.copyOf(List.of(sample.firstLabel(), sample.secondLabel()))
              : Set.of();
      labels.add(sample.ordinal(), sample.imageNorm(), given);
    }
    return labels.samples() != before && labels == versions.labels();
  }

  /** Of the samples that both labelled, each label that at least one of them gave. */
  LabelEvidence labels() {
    return versions.labels();
  }

  /** How much of the data was given each label by at least one of them. */
  double[] either() {
    LabelEvidence labels = labels();
    return labels.counts().stream()
        .mapToDouble(count -> (double) count / labels.samples())
        .toArray();
  }

  /** At least one sample must be labelled. */
  Disagreement disagreement() {
    return new Disagreement(labels().further(), labels().samples());
  }

  @Override
  public Optional<Limits> limits(
      Function<@Nullable String, DisplacementEvidence> displacements, List<Double> quantiles) {
    return versions
        .latest()
        .filter(latest -> latest.getValue().samples() > 0)
        .map(latest -> limits(latest.getKey(), latest.getValue(), displacements, quantiles));
  }

  private TransferLimits limits(
      VersionedLabels.Version version,
      LabelEvidence labels,
      Function<@Nullable String, DisplacementEvidence> displacements,
      List<Double> quantiles) {
    DisplacementEvidence known = displacements.apply(labels.generator());
    Disagreement disagreement = disagreement();
    return new TransferLimits(
        pair,
        new TransferLimits.Disagreement(
            disagreement.differing(),
            disagreement.samples(),
            disagreement.lower(),
            disagreement.upper()),
        known.samples().orElse(null),
        SpaceLimits.of(this, known, quantiles),
        labels.generator(),
        version.model(),
        version.second());
  }
}
