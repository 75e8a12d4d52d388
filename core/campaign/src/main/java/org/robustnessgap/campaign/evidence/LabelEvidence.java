package org.robustnessgap.campaign.evidence;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.RangeSet;
import org.robustnessgap.messages.Reconstruction;

/** The labels that one classifier gave, or either of two, and the images they were given to. */
final class LabelEvidence {
  /** Keeps one absurd message from taking the memory; a published message lists every class. */
  private static final int MOST_CLASSES = 1_000_000;

  /** 0 if samples are images. */
  private final int latentDimension;

  private final long[] counts;
  private RangeSet seen = RangeSet.EMPTY;
  private long samples;
  private double meanImageNorm;
  private boolean inverted;
  private long latents;
  private double meanLatentNorm;

  private final @Nullable String generator;
  private long lastOrdinal = -1;
  private long further;

  /**
   * @param generator whose images are labelled; null where results do not tell
   * @throws InvalidInputException if there are too many classes
   */
  LabelEvidence(JobId first, int classes, int latentDimension, @Nullable String generator) {
    if (classes > MOST_CLASSES) {
      throw new InvalidInputException(
          String.format(
              "Job %s reports %d classes, but limits are computed for at most %d; name a classifier"
                  + " with fewer.",
              first, classes, MOST_CLASSES));
    }
    this.counts = new long[classes];
    this.latentDimension = latentDimension;
    this.generator = generator;
  }

  void requireSame(JobId jobId, int classes, int latentDimension) {
    if (classes != counts.length || latentDimension != this.latentDimension) {
      throw new InvalidInputException(
          String.format(
              "Job %s reports %d classes and latent dimension %d, but earlier jobs of %s/%s reported"
                  + " %d and %d; give a changed model a campaign of its own.",
              jobId,
              classes,
              latentDimension,
              jobId.campaign(),
              jobId.subject(),
              counts.length,
              this.latentDimension));
    }
  }

  /**
   * Labels depend on the generator, not on how perturbations are searched.
   *
   * @param named null if unknown, as of older results: then nothing says that images are of the
   *     generator that another result names
   * @throws InvalidInputException if an earlier result named another generator, or this names none
   *     and an earlier one did
   */
  void requireSameGenerator(JobId jobId, @Nullable String named) {
    if (generator != null && !generator.equals(named)) {
      throw new InvalidInputException(
          String.format(
              "Job %s is of images of %s, but earlier jobs of %s/%s of images of %s; give a campaign"
                  + " of another generator a new id.",
              jobId,
              named == null ? "an unknown generator" : named,
              jobId.campaign(),
              jobId.subject(),
              generator));
    }
  }

  /** Whose images were labelled; null if no result tells. */
  @Nullable String generator() {
    return generator;
  }

  /**
   * Whether the sample counts: it was not seen before and has labels.
   *
   * @param labels all that its image was given
   */
  boolean add(long ordinal, double imageNorm, Set<Integer> labels) {
    boolean counted = !labels.isEmpty() && !seen.contains(ordinal);
    if (counted) {
      labels.forEach(label -> counts[label]++);
      samples++;
      further += labels.size() - 1;
      meanImageNorm += (imageNorm - meanImageNorm) / samples;
    }
    seen = seen.plus(ordinal);
    lastOrdinal = Math.max(lastOrdinal, ordinal);
    return counted;
  }

  /** A sample that counts is an image that was brought back to a latent vector. */
  void reconstructed(Reconstruction found) {
    inverted = true;
    if (found.tooFar() == null) {
      latents++;
      meanLatentNorm += (found.latentNorm() - meanLatentNorm) / latents;
    }
  }

  /** Whether samples are images that were brought back to latent vectors. */
  boolean inverted() {
    return inverted;
  }

  /** The mean length of latent vectors that stand for images; 0 if none does. */
  double meanLatentNorm() {
    return meanLatentNorm;
  }

  int latentDimension() {
    return latentDimension;
  }

  /** Of the last sample seen; −1 before the first. */
  long lastOrdinal() {
    return lastOrdinal;
  }

  /** How many labels samples have beyond their first. */
  long further() {
    return further;
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
