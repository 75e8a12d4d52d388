package org.robustnessgap.bound.evidence;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.bound.limit.Disagreement;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.RangeSet;
import org.robustnessgap.messages.TransferResult;

/** The labels two classifiers gave to the same images. */
final class PairEvidence {
  private final int latentDimension;
  private final long[] counts;
  private RangeSet seen = RangeSet.EMPTY;
  private long samples;
  private long differing;
  private double meanImageNorm;

  PairEvidence(TransferResult first) {
    LabelEvidence.requireFewClasses(first.jobId(), first.classes());
    this.counts = new long[first.classes()];
    this.latentDimension = first.latentDimension();
  }

  /** Whether the result held a pair of labels not seen before. */
  boolean add(TransferResult result) {
    if (result.classes() != counts.length || result.latentDimension() != latentDimension) {
      throw new InvalidInputException(
          String.format(
              "Job %s reports %d classes and latent dimension %d, but earlier jobs of %s reported %d"
                  + " and %d; give a changed model a campaign of its own.",
              result.jobId(),
              result.classes(),
              result.latentDimension(),
              result.pair(),
              counts.length,
              latentDimension));
    }
    long before = samples;
    for (TransferResult.Sample sample : result.samples()) {
      if (!seen.contains(sample.ordinal()) && sample.labelled()) {
        counts[sample.firstLabel()]++;
        if (sample.firstLabel() != sample.secondLabel()) {
          counts[sample.secondLabel()]++;
          differing++;
        }
        samples++;
        meanImageNorm += (sample.imageNorm() - meanImageNorm) / samples;
      }
      seen = seen.plus(sample.ordinal());
    }
    return samples > before;
  }

  int latentDimension() {
    return latentDimension;
  }

  /** How many samples both classifiers labelled. */
  long samples() {
    return samples;
  }

  /** How often at least one of them gave each label. */
  List<Long> counts() {
    return Arrays.stream(counts).boxed().toList();
  }

  /** How much of the data that was. */
  double[] either() {
    return Arrays.stream(counts).mapToDouble(count -> (double) count / samples).toArray();
  }

  /** At least one sample must be labelled. */
  Disagreement disagreement() {
    return new Disagreement(differing, samples);
  }

  /** The estimate of E‖g(z)‖₂. */
  double meanImageNorm() {
    return meanImageNorm;
  }
}
