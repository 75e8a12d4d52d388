package org.robustnessgap.messages;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far apart two classifiers' common adversarial perturbations can be at most: the value of
 * topic {@code transfer-limits}, keyed by campaign/first~second. Later messages of a key replace
 * earlier ones.
 *
 * @param disagreement how often the two give different labels
 * @param smoothnessSamples latent vectors that estimated limits rest on; null if there were none
 * @param spaces the limit on the length of the smallest perturbation that fools both, in each space
 *     where one is known
 * @param generator whose images the limits are of; absent from older writers
 * @param model which version of the first classifier gave labels; absent where that is unknown
 * @param second likewise of the second
 */
public record TransferLimits(
    PairId pair,
    Disagreement disagreement,
    @Nullable Long smoothnessSamples,
    Map<Space, TheoreticalLimits.SpaceLimit> spaces,
    @OmitEmpty @Nullable String generator,
    @OmitEmpty @Nullable ModelIdentity model,
    @OmitEmpty @Nullable ModelIdentity second)
    implements Limits {
  /** Limits on the images of an unknown generator. */
  public TransferLimits(
      PairId pair,
      Disagreement disagreement,
      @Nullable Long smoothnessSamples,
      Map<Space, TheoreticalLimits.SpaceLimit> spaces) {
    this(pair, disagreement, smoothnessSamples, spaces, null, null, null);
  }

  /**
   * δ, the fraction of the data on which two classifiers differ.
   *
   * @param differing samples with two different labels
   * @param samples all that both classifiers labelled
   * @param lower lower end of the 95 % interval of δ
   * @param upper upper end of it
   */
  public record Disagreement(long differing, long samples, double lower, double upper) {
    public Disagreement {
      Checks.atLeast(samples, 1, "samples");
      Checks.atLeast(differing, 0, "differing samples");
      Checks.check(differing <= samples, "%d of %d samples differ", differing, samples);
      Checks.check(
          lower >= 0 && lower <= upper && upper <= 1,
          "the interval of a disagreement is %s to %s",
          lower,
          upper);
    }

    /** The observed fraction. */
    public double observed() {
      return (double) differing / samples;
    }
  }

  public TransferLimits {
    Checks.present(pair, "pair");
    Checks.present(disagreement, "disagreement of " + pair);
    Checks.atLeastOneOrNull(smoothnessSamples, "smoothness samples of " + pair);
    spaces = Checks.bySpace(spaces, "limits of " + pair);
  }

  @Override
  public Subject subject() {
    return pair.about();
  }
}
