package org.robustnessgap.messages;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How robust any classifier with these class measures can be: the value of topic {@code
 * theoretical-limits}, keyed by campaign/classifier. Later messages of a key replace earlier ones.
 *
 * @param samples labels the class measures were estimated from
 * @param classCounts how many of them fell in each class, by class index
 * @param smoothnessSamples latent vectors around which the generator's displacements were known:
 *     what estimated limits rest on; null if there were none
 * @param spaces the limit in each space where one is known
 * @param generator whose images the limits are of; absent from older writers
 * @param model which version of the classifier gave the labels; absent where that is unknown
 */
public record TheoreticalLimits(
    StreamId stream,
    long samples,
    List<Long> classCounts,
    @Nullable Long smoothnessSamples,
    Map<Space, SpaceLimit> spaces,
    @OmitEmpty @Nullable String generator,
    @OmitEmpty @Nullable ModelIdentity model)
    implements Limits {
  /** Limits of an unknown version of the classifier. */
  public TheoreticalLimits(
      StreamId stream,
      long samples,
      List<Long> classCounts,
      @Nullable Long smoothnessSamples,
      Map<Space, SpaceLimit> spaces,
      @Nullable String generator) {
    this(stream, samples, classCounts, smoothnessSamples, spaces, generator, null);
  }

  /** Limits on the images of an unknown generator. */
  public TheoreticalLimits(
      StreamId stream,
      long samples,
      List<Long> classCounts,
      @Nullable Long smoothnessSamples,
      Map<Space, SpaceLimit> spaces) {
    this(stream, samples, classCounts, smoothnessSamples, spaces, null);
  }

  /** How far a limit can be trusted. */
  public enum Kind {
    /**
     * No assumption beyond the class measures: latent space, and the images of an affine generator,
     * whose modulus of continuity is its largest singular value.
     */
    EXACT,
    /**
     * The generator's modulus of continuity was estimated by ascent, which can only under-estimate
     * it.
     */
    ESTIMATED,
    /** The modulus of continuity is proven, as a product of operator norms. */
    CERTIFIED;

    /** The name in JSON and metrics. */
    @JsonForm
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * @param kind null if no limit applies: then the quantiles have no distances
   * @param normaliser what distances are divided by: E‖z‖ in latent space, E‖g(z)‖ in the others
   * @param quantiles the limit at each quantile of the campaign
   * @param curve the whole limit, by ascending distance
   * @param others what further theorems say, usually weaker; none in messages of older writers
   * @param notApplicable why no limit applies; absent if one does
   */
  public record SpaceLimit(
      @Nullable Kind kind,
      double normaliser,
      List<QuantileLimit> quantiles,
      List<CurvePoint> curve,
      List<OtherLimit> others,
      @OmitEmpty @Nullable String notApplicable) {
    /** A limit that applies. */
    public SpaceLimit(
        Kind kind,
        double normaliser,
        List<QuantileLimit> quantiles,
        List<CurvePoint> curve,
        List<OtherLimit> others) {
      this(kind, normaliser, quantiles, curve, others, null);
    }

    public SpaceLimit {
      Checks.check(
          (kind == null) != (notApplicable == null),
          "a limit has either a kind or a reason why it does not apply");
      Checks.positive(normaliser, "normaliser");
      quantiles = Checks.list(quantiles, "quantile limits");
      curve = Checks.list(curve, "limit curve");
      others = others == null ? List.of() : Checks.list(others, "other limits");
      if (notApplicable != null) {
        Checks.check(
            curve.isEmpty() && quantiles.stream().allMatch(at -> at.distance() == null),
            "a limit that does not apply has distances");
      }
    }

    /**
     * No limit, but what measured distances are divided by and the quantiles that are asked for.
     *
     * @param reason for people, the end of a sentence
     */
    public static SpaceLimit none(String reason, double normaliser, List<Double> quantiles) {
      return new SpaceLimit(
          null,
          normaliser,
          quantiles.stream().map(p -> new QuantileLimit(p, null, null, null, null)).toList(),
          List.of(),
          List.of(),
          reason);
    }
  }

  /**
   * At least a fraction {@code quantile} of the data has robustness at most {@code distance}.
   *
   * @param distance η_p, not normalised; null if the limit never reaches the quantile (a classifier
   *     with one class)
   * @param lower lower end of the 95 % interval of the distance; null if unknown
   * @param upper upper end of it; null if unknown or unbounded
   * @param normalised the distance divided by the normaliser; null as it is, or if unknown
   */
  public record QuantileLimit(
      double quantile,
      @Nullable Double distance,
      @Nullable Double lower,
      @Nullable Double upper,
      @Nullable Double normalised) {
    public QuantileLimit {
      Checks.probability(quantile, "quantile");
      Checks.notNegativeOrNull(distance, "limit");
      Checks.notNegativeOrNull(lower, "lower end of a limit");
      Checks.notNegativeOrNull(upper, "upper end of a limit");
      Checks.notNegativeOrNull(normalised, "normalised limit");
    }

    /**
     * @param normaliser what the distance is divided by
     */
    public static QuantileLimit of(
        double quantile,
        @Nullable Double distance,
        @Nullable Double lower,
        @Nullable Double upper,
        double normaliser) {
      double normalised = distance == null ? Double.NaN : distance / normaliser;
      return new QuantileLimit(
          quantile, distance, lower, upper, Double.isFinite(normalised) ? normalised : null);
    }
  }

  /**
   * P(robustness ≤ distance) ≥ probability.
   *
   * @param distance not normalised
   * @param probability in [0, 1]
   * @param lower lower end of the probability's 95 % interval; null if unknown
   * @param upper upper end of it; null if unknown
   */
  public record CurvePoint(
      double distance, double probability, @Nullable Double lower, @Nullable Double upper) {
    public CurvePoint {
      Checks.notNegative(distance, "distance");
      probability(probability);
      if (lower != null) {
        probability(lower);
      }
      if (upper != null) {
        probability(upper);
      }
    }

    private static void probability(double value) {
      Checks.check(value >= 0 && value <= 1, "probability %s is outside [0, 1]", value);
    }
  }

  /**
   * What another theorem says of the same case.
   *
   * @param name L1 to L4 as in docs/explanation/theory.md
   * @param kind null if it does not apply
   * @param quantiles its quantile limits, without intervals; none if it says nothing of quantiles
   * @param mean its limit on the mean of robustness, not normalised; null if it says nothing of it
   * @param normalisedMean the mean divided by the normaliser; null as it is
   * @param notApplicable why it does not apply; null if it does
   */
  public record OtherLimit(
      String name,
      @Nullable Kind kind,
      List<QuantileLimit> quantiles,
      @Nullable Double mean,
      @Nullable Double normalisedMean,
      @Nullable String notApplicable) {
    public OtherLimit {
      Checks.present(name, "name of a limit");
      Checks.check(
          (kind == null) != (notApplicable == null),
          "limit %s has either a kind or a reason why it does not apply",
          name);
      quantiles = Checks.list(quantiles, "quantile limits of " + name);
      Checks.notNegativeOrNull(mean, "limit of the mean");
      Checks.notNegativeOrNull(normalisedMean, "normalised limit of the mean");
    }
  }

  public TheoreticalLimits {
    Checks.present(stream, "stream");
    Checks.atLeast(samples, 1, "samples");
    classCounts = Checks.list(classCounts, "class counts of " + stream);
    Checks.atLeast(classCounts.size(), 2, "number of classes of " + stream);
    long left = samples;
    for (long count : classCounts) {
      Checks.atLeast(count, 0, "class count");
      left = Math.max(left - count, -1);
    }
    Checks.check(left == 0, "class counts of %s do not sum to %d", stream, samples);
    Checks.atLeastOneOrNull(smoothnessSamples, "smoothness samples of " + stream);
    spaces = Checks.bySpace(spaces, "limits of " + stream);
  }

  @Override
  public Subject subject() {
    return stream.about();
  }
}
