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
  private LabelEvidence labels;
  private long differing;

  PairEvidence(JobResult first) {
    TransferResult result = (TransferResult) first;
    this.pair = result.pair();
    this.labels = new LabelEvidence(result.jobId(), result.classes(), result.latentDimension());
  }

  @Override
  public boolean add(JobResult more) {
    TransferResult result = (TransferResult) more;
    labels.requireSame(result.jobId(), result.classes(), result.latentDimension());
    labels = labels.of(result.jobId(), result.provenance());
    if (labels.samples() == 0) {
      differing = 0;
    }
    long before = labels.samples();
    for (TransferResult.Sample sample : result.samples()) {
      Set<Integer> given =
          sample.labelled()
              ? Set.copyOf(List.of(sample.firstLabel(), sample.secondLabel()))
              : Set.of();
      if (labels.add(sample.ordinal(), sample.imageNorm(), given)) {
        differing += given.size() - 1;
      }
    }
    return labels.samples() != before;
  }

  /** Of the samples that both labelled, each label that at least one of them gave. */
  LabelEvidence labels() {
    return labels;
  }

  /** How much of the data was given each label by at least one of them. */
  double[] either() {
    return labels.counts().stream()
        .mapToDouble(count -> (double) count / labels.samples())
        .toArray();
  }

  /** At least one sample must be labelled. */
  Disagreement disagreement() {
    return new Disagreement(differing, labels.samples());
  }

  @Override
  public Optional<Limits> limits(
      Function<@Nullable String, DisplacementEvidence> displacements, List<Double> quantiles) {
    if (labels.samples() == 0) {
      return Optional.empty();
    }
    DisplacementEvidence known = displacements.apply(labels.generator());
    Disagreement disagreement = disagreement();
    return Optional.of(
        new TransferLimits(
            pair,
            new TransferLimits.Disagreement(
                disagreement.differing(),
                disagreement.samples(),
                disagreement.lower(),
                disagreement.upper()),
            known.samples().orElse(null),
            SpaceLimits.of(this, known, quantiles),
            labels.generator()));
  }
}
