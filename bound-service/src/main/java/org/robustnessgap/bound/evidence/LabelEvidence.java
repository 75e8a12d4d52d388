package org.robustnessgap.bound.evidence;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.SampleResult;

/** The labels one classifier gave, and the images it gave them to. */
final class LabelEvidence {
  private final int latentDimension;
  private final long[] counts;
  private final OrdinalSet seen = new OrdinalSet();
  private long samples;
  private double imageNorms;

  LabelEvidence(int classes, int latentDimension) {
    this.counts = new long[classes];
    this.latentDimension = latentDimension;
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
      if (seen.add(sample.ordinal()) && sample.label() >= 0) {
        counts[sample.label()]++;
        samples++;
        imageNorms += sample.imageNorm();
      }
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
    return imageNorms / samples;
  }
}
