package org.robustnessgap.campaign.evidence;

import java.util.List;
import java.util.Set;
import org.robustnessgap.limit.Disagreement;
import org.robustnessgap.messages.TransferResult;

/** The labels two classifiers gave to the same images. */
final class PairEvidence {
  private final LabelEvidence labels;
  private long differing;

  PairEvidence(TransferResult first) {
    this.labels = new LabelEvidence(first.jobId(), first.classes(), first.latentDimension());
  }

  /** Whether the result held a pair of labels not seen before. */
  boolean add(TransferResult result) {
    labels.requireSame(result.jobId(), result.classes(), result.latentDimension());
    labels.requireSameGenerator(result.jobId(), result.provenance());
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
    return labels.samples() > before;
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
}
