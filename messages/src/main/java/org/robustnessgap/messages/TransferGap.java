package org.robustnessgap.messages;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.TransferLimits.Disagreement;

/**
 * What two classifiers share, measured and at most, for programs: the value of topic {@code
 * transfer-gaps}, keyed by campaign/first~second. Later messages of a key replace earlier ones.
 *
 * @param generated samples sent to the workers; = measured + failed + in flight
 * @param measured samples answered
 * @param failed samples given up
 * @param seconds wall time the workers spent
 * @param disagreement how often the two labels differ; null while no limit is known
 * @param smoothnessSamples latent vectors that estimated limits rest on; null while there are none
 * @param provenance what the perturbations were searched on and how; absent if no result says
 * @param engines what ran the models, by name
 * @param ofOtherProvenance samples answered by other plans, on another generator's images or by
 *     another version of a classifier: counted above, but in none of the figures; absent if there
 *     are none
 */
public record TransferGap(
    PairId pair,
    long generated,
    long measured,
    long failed,
    double seconds,
    @Nullable Disagreement disagreement,
    @Nullable Long smoothnessSamples,
    Map<Space, SpaceTransfer> spaces,
    @OmitEmpty @Nullable Provenance provenance,
    @OmitEmpty List<String> engines,
    @OmitEmpty @Nullable Long ofOtherProvenance)
    implements Gap {
  /** Figures of unknown provenance. */
  public TransferGap(
      PairId pair,
      long generated,
      long measured,
      long failed,
      double seconds,
      @Nullable Disagreement disagreement,
      @Nullable Long smoothnessSamples,
      Map<Space, SpaceTransfer> spaces) {
    this(
        pair,
        generated,
        measured,
        failed,
        seconds,
        disagreement,
        smoothnessSamples,
        spaces,
        null,
        List.of(),
        null);
  }

  /**
   * @param both limit and measurement of the smallest perturbation that fools both
   * @param own quantiles of the distances of each classifier's own smallest perturbation, of the
   *     same samples; empty while the normaliser is unknown
   * @param firstOnSecond how often the first classifier's own perturbation fools the second
   * @param secondOnFirst the other way round
   */
  public record SpaceTransfer(
      RobustnessGap.SpaceGap both, List<Own> own, Rate firstOnSecond, Rate secondOnFirst) {
    public SpaceTransfer {
      Checks.present(both, "gap of both classifiers");
      own = Checks.list(own, "own quantiles");
      Checks.present(firstOnSecond, "transfer rate of the first classifier");
      Checks.present(secondOnFirst, "transfer rate of the second classifier");
    }
  }

  /**
   * Normalised; null where unknown or unbounded.
   *
   * @param quantile p of the distances
   */
  public record Own(double quantile, @Nullable Double first, @Nullable Double second) {
    public Own {
      Checks.probability(quantile, "quantile");
      Checks.notNegativeOrNull(first, "distance of the first classifier");
      Checks.notNegativeOrNull(second, "distance of the second classifier");
    }
  }

  /**
   * @param fooled perturbations that change the other classifier's label
   * @param tried perturbations found
   */
  public record Rate(long fooled, long tried) {
    public Rate {
      Checks.atLeast(fooled, 0, "fooled");
      Checks.check(fooled <= tried, "%d of %d perturbations transfer", fooled, tried);
    }
  }

  public TransferGap {
    Checks.present(pair, "pair");
    Checks.atLeast(measured, 0, "measured");
    Checks.atLeast(failed, 0, "failed");
    Checks.check(
        measured <= generated && failed <= generated - measured,
        "%s: %d generated, %d measured, %d failed",
        pair,
        generated,
        measured,
        failed);
    Checks.notNegative(seconds, "seconds");
    Checks.atLeastOneOrNull(smoothnessSamples, "smoothness samples of " + pair);
    engines = engines == null ? List.of() : Checks.list(engines, "engines of " + pair);
    Checks.atLeastOneOrNull(ofOtherProvenance, "samples of other provenance");
    spaces = Checks.bySpace(spaces, "transfer of " + pair);
  }

  @Override
  public Subject subject() {
    return pair.about();
  }

  /** How many samples certainly have both labels. */
  private long labelled() {
    return spaces.values().stream().mapToLong(space -> space.both().usable()).max().orElse(0);
  }

  @Override
  public boolean measuredAnything() {
    return labelled() > 0;
  }

  @Override
  public boolean restsOn(long smoothness) {
    return labelled() == 0
        || (disagreement != null
            && disagreement.samples() >= labelled()
            && Checks.reaches(smoothnessSamples, smoothness));
  }

  /** campaign/first~second. */
  @Override
  public String key() {
    return pair.toString();
  }
}
