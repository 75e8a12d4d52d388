package org.robustnessgap.bound.evidence;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.robustnessgap.bound.limit.ClassMeasureRegion;
import org.robustnessgap.bound.limit.ClassMeasures;
import org.robustnessgap.bound.limit.ClopperPearson;
import org.robustnessgap.bound.limit.ClopperPearson.End;
import org.robustnessgap.bound.limit.ImageLimit;
import org.robustnessgap.bound.limit.LatentLimit;
import org.robustnessgap.bound.limit.LatentNorm;
import org.robustnessgap.bound.limit.LimitCurve;
import org.robustnessgap.bound.limit.ProbabilisticModulus;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TheoreticalLimits.CurvePoint;
import org.robustnessgap.messages.TheoreticalLimits.Kind;
import org.robustnessgap.messages.TheoreticalLimits.QuantileLimit;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;

/**
 * Limits with 95 % intervals. In latent space the interval covers the sampling error of the class
 * measures. In image space it covers that and the sampling error of p(t, η) at all radii, half of
 * the error rate for each; the limit itself is taken at the upper 95 % confidence limit of p(t, η)
 * at each radius alone. No interval covers that the ascent may miss the largest displacement.
 */
final class SpaceLimits {
  private static final double ERROR_RATE = 0.05;
  private static final int CURVE_POINTS = 64;
  private static final double CURVE_END = 0.99;

  private SpaceLimits() {}

  static Map<Space, SpaceLimit> of(
      LabelEvidence labels, Optional<ProbabilisticModulus> modulus, List<Double> quantiles) {
    Map<Space, SpaceLimit> spaces = new EnumMap<>(Space.class);
    LatentLimit latent = new LatentLimit(ClassMeasures.ofCounts(labels.counts()));
    spaces.put(Space.LATENT, latent(labels, latent, quantiles));
    if (modulus.isPresent() && labels.meanImageNorm() > 0) {
      SpaceLimit image = image(labels, latent, modulus.get(), quantiles);
      spaces.put(Space.IN_DISTRIBUTION, image);
      // r_unc ≤ r_in for every sample, so the same limit holds.
      spaces.put(Space.UNCONSTRAINED, image);
    }
    return spaces;
  }

  private static SpaceLimit latent(
      LabelEvidence labels, LatentLimit latent, List<Double> quantiles) {
    ClassMeasureRegion region = new ClassMeasureRegion(labels.counts(), ERROR_RATE);
    return new SpaceLimit(
        Kind.EXACT,
        LatentNorm.mean(labels.latentDimension()),
        quantileLimits(
            quantiles,
            latent,
            new LatentLimit(region.evenest()),
            new LatentLimit(region.leastEven())),
        curve(latent, latent.quantile(CURVE_END).orElse(0)));
  }

  private static SpaceLimit image(
      LabelEvidence labels,
      LatentLimit latent,
      ProbabilisticModulus modulus,
      List<Double> quantiles) {
    ClassMeasureRegion region = new ClassMeasureRegion(labels.counts(), ERROR_RATE / 2);
    double errorPerRadius = ERROR_RATE / 2 / modulus.size();
    ImageLimit limit = new ImageLimit(latent, modulus, new ClopperPearson(End.UPPER, ERROR_RATE));
    return new SpaceLimit(
        Kind.ESTIMATED,
        labels.meanImageNorm(),
        quantileLimits(
            quantiles,
            limit,
            new ImageLimit(
                new LatentLimit(region.evenest()),
                modulus,
                new ClopperPearson(End.LOWER, errorPerRadius)),
            new ImageLimit(
                new LatentLimit(region.leastEven()),
                modulus,
                new ClopperPearson(End.UPPER, errorPerRadius))),
        curve(limit, modulus.largest()));
  }

  /**
   * @param lowest a curve above the limit's, so with smaller quantiles
   * @param highest a curve below it
   */
  private static List<QuantileLimit> quantileLimits(
      List<Double> quantiles, LimitCurve limit, LimitCurve lowest, LimitCurve highest) {
    List<QuantileLimit> limits = new ArrayList<>();
    for (double p : quantiles) {
      limits.add(
          new QuantileLimit(
              p,
              orNull(limit.quantile(p)),
              orNull(lowest.quantile(p)),
              orNull(highest.quantile(p))));
    }
    return limits;
  }

  private static Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  /** Points from 0 to the end, denser towards 0, where measured robustness lies. */
  private static List<CurvePoint> curve(LimitCurve limit, double end) {
    if (end == 0) {
      return List.of(new CurvePoint(0, limit.probability(0)));
    }
    List<CurvePoint> points = new ArrayList<>();
    for (int i = 0; i < CURVE_POINTS; i++) {
      double fraction = i / (CURVE_POINTS - 1.0);
      double distance = end * fraction * fraction;
      points.add(new CurvePoint(distance, limit.probability(distance)));
    }
    return points;
  }
}
