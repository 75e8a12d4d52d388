package org.robustnessgap.bound.evidence;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.RangeSet;
import org.robustnessgap.messages.SampleResult;

/** The labels one classifier gave, and the images it gave them to. */
final class LabelEvidence {
  /** Keeps one absurd message from taking the memory; a published message lists every class. */
  private static final int MOST_CLASSES = 1_000_000;

  private final int latentDimension;
  private final long[] counts;
  private RangeSet seen = RangeSet.EMPTY;
  private long samples;
  private double meanImageNorm;

  LabelEvidence(AttackResult first) {
    requireFewClasses(first.jobId(), first.classes());
    this.counts = new long[first.classes()];
    this.latentDimension = first.latentDimension();
  }

  static void requireFewClasses(JobId jobId, int classes) {
    if (classes > MOST_CLASSES) {
      throw new InvalidInputException(
          String.format(
              "Job %s reports %d classes, but limits are computed for at most %d; name a classifier"
                  + " with fewer.",
              jobId, classes, MOST_CLASSES));
    }
  }

  /** Whether the result held a label not seen before. */
  boolean add(AttackResult result) {
    if (result.classes() != counts.length || result.latentDimension() != latentDimension) {
      throw new InvalidInputException(
          String.format(
              "Job %s reports %d classes and latent dimension %d, but earlier jobs of %s reported %d"
                  + " and %d; give a changed model a campaign of its own.",
              result.jobId(),
              result.classes(),
              result.latentDimension(),
              result.stream(),
              counts.length,
              latentDimension));
    }
    long before = samples;
    for (SampleResult sample : result.samples()) {
      if (!seen.contains(sample.ordinal()) && sample.label() >= 0) {
        counts[sample.label()]++;
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

  /** How many samples have a label. */
  long samples() {
    return samples;
  }

  List<Long> counts() {
    return Arrays.stream(counts).boxed().toList();
  }

  /** The estimate of E‖g(z)‖₂. */
  double meanImageNorm() {
    return meanImageNorm;
  }
}
