package org.robustnessgap.campaign.evidence;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.limit.ChosenRadiusLimit;
import org.robustnessgap.limit.ClassMeasureRegion;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.ClopperPearson;
import org.robustnessgap.limit.ClopperPearson.End;
import org.robustnessgap.limit.Disagreement;
import org.robustnessgap.limit.ImageLimit;
import org.robustnessgap.limit.JointTransferLimit;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.limit.LatentNorm;
import org.robustnessgap.limit.LimitCurve;
import org.robustnessgap.limit.MixRegion;
import org.robustnessgap.limit.ProbabilisticModulus;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TheoreticalLimits.CurvePoint;
import org.robustnessgap.messages.TheoreticalLimits.Kind;
import org.robustnessgap.messages.TheoreticalLimits.OtherLimit;
import org.robustnessgap.messages.TheoreticalLimits.QuantileLimit;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;

/**
 * Limits with 95 % intervals. In latent space the interval covers the sampling error of the class
 * measures and, between two classifiers, of their disagreement. In image space it covers that and
 * the sampling error of p(t, η), half of the error rate for each: the lower end at all radii
 * together, as the limit is their infimum; the upper end and the limit itself at a radius chosen on
 * other samples. The limit is taken at the upper 95 % confidence limit of p(t, η). No interval
 * covers that the ascent may miss the largest displacement. Of an affine generator nothing is
 * estimated: ω(t) = σ₁ t.
 */
final class SpaceLimits {
  private static final double ERROR_RATE = 0.05;
  private static final int CURVE_POINTS = 64;
  private static final double CURVE_END = 0.99;

  /** Latent distances beyond which there is nothing. */
  private static final double FAR = 40;

  private SpaceLimits() {}

  /** The limits of one classifier. */
  static Map<Space, SpaceLimit> of(
      LabelEvidence labels, DisplacementEvidence displacements, List<Double> quantiles) {
    ClassMeasures measures = ClassMeasures.ofCounts(labels.counts());
    return of(
        new InLatent(
            new LatentLimit(measures),
            rate -> band(labels.counts(), rate),
            normaliser -> OtherLimits.latent(measures, normaliser, quantiles),
            normaliser ->
                OtherLimits.image(measures, displacements.lipschitz(), normaliser, quantiles)),
        labels,
        displacements,
        quantiles);
  }

  /**
   * The limits of one classifier for data of another mix of labels, distributed within each as the
   * generator's samples.
   *
   * @param mix labels counted in the data, by class
   */
  static Map<Space, SpaceLimit> of(
      LabelEvidence labels,
      DisplacementEvidence displacements,
      List<Double> quantiles,
      List<Long> mix) {
    return of(
        new InLatent(
            MixRegion.ofFrequencies(labels.counts(), mix),
            rate -> {
              MixRegion region = new MixRegion(labels.counts(), mix, rate);
              return new Band(region.highest(), region.lowest());
            },
            normaliser -> List.of(),
            normaliser -> List.of()),
        labels,
        displacements,
        quantiles);
  }

  /** The limits of what two classifiers share. */
  static Map<Space, SpaceLimit> of(
      PairEvidence pair, DisplacementEvidence displacements, List<Double> quantiles) {
    return of(
        new InLatent(
            new JointTransferLimit(pair.either()),
            rate -> band(pair, rate),
            normaliser -> List.of(),
            normaliser -> List.of()),
        pair.labels(),
        displacements,
        quantiles);
  }

  /**
   * A limit in latent space.
   *
   * @param band of an error rate: curves that enclose the limit of the true measures
   * @param others of a normaliser: what further theorems say in latent space
   * @param inImages the same in image space
   */
  private record InLatent(
      LimitCurve limit,
      DoubleFunction<Band> band,
      DoubleFunction<List<OtherLimit>> others,
      DoubleFunction<List<OtherLimit>> inImages) {}

  /**
   * @param above a curve above the limit's, so with smaller quantiles
   * @param below a curve below it
   */
  private record Band(LimitCurve above, LimitCurve below) {}

  private static Band band(List<Long> counts, double errorRate) {
    ClassMeasureRegion region = new ClassMeasureRegion(counts, errorRate);
    return new Band(new LatentLimit(region.evenest()), new LatentLimit(region.leastEven()));
  }

  /**
   * Half of the error rate for how often each class is answered, half for their sum 1 + δ. The
   * limit falls as the sum grows, since h(u) − 2u does.
   */
  private static Band band(PairEvidence pair, double errorRate) {
    ClassMeasureRegion region =
        new ClassMeasureRegion(pair.labels().counts(), pair.labels().samples(), errorRate / 2);
    Disagreement disagreement = pair.disagreement();
    return new Band(
        new JointTransferLimit(region.evenest(1 + disagreement.lower(errorRate / 2))),
        new JointTransferLimit(region.leastEven(1 + disagreement.upper(errorRate / 2))));
  }

  private static Map<Space, SpaceLimit> of(
      InLatent latent,
      LabelEvidence labels,
      DisplacementEvidence displacements,
      List<Double> quantiles) {
    double meanImageNorm = labels.meanImageNorm();
    if (labels.latentDimension() == 0) {
      return NoLimits.ofImages(labels, quantiles);
    }
    Map<Space, SpaceLimit> spaces = new EnumMap<>(Space.class);
    SpaceLimit inLatent = latent(latent, labels.latentDimension(), quantiles);
    spaces.put(Space.LATENT, inLatent);
    if (meanImageNorm > 0) {
      OptionalDouble slope = displacements.slope();
      Optional<SpaceLimit> image =
          slope.isPresent()
              ? Optional.of(stretched(inLatent, slope.getAsDouble(), meanImageNorm, latent))
              : displacements
                  .limit(latent.limit())
                  .map(limit -> estimated(latent, limit, displacements, quantiles, meanImageNorm));
      image.ifPresent(
          limit -> {
            spaces.put(Space.IN_DISTRIBUTION, limit);
            // r_unc ≤ r_in for every sample, so the same limit holds.
            spaces.put(Space.UNCONSTRAINED, limit);
          });
    }
    return spaces;
  }

  private static SpaceLimit estimated(
      InLatent latent,
      ChosenRadiusLimit limit,
      DisplacementEvidence displacements,
      List<Double> quantiles,
      double normaliser) {
    DisplacementEvidence.Parts parts = displacements.parts().orElseThrow();
    Band band = imageBand(latent.band().apply(ERROR_RATE / 2), parts);
    return new SpaceLimit(
        Kind.ESTIMATED,
        normaliser,
        quantileLimits(quantiles, limit, band, normaliser),
        curve(limit, band, parts.deciding().largest()),
        latent.inImages().apply(normaliser));
  }

  /** The limit on images where ω(t) = σ₁ t: that of latent vectors with t = η/σ₁. */
  private static SpaceLimit stretched(
      SpaceLimit inLatent, double slope, double normaliser, InLatent latent) {
    return new SpaceLimit(
        Kind.EXACT,
        normaliser,
        inLatent.quantiles().stream()
            .map(
                at ->
                    QuantileLimit.of(
                        at.quantile(),
                        stretched(at.distance(), slope),
                        stretched(at.lower(), slope),
                        stretched(at.upper(), slope),
                        normaliser))
            .toList(),
        inLatent.curve().stream()
            .map(
                at ->
                    new CurvePoint(slope * at.distance(), at.probability(), at.lower(), at.upper()))
            .toList(),
        latent.inImages().apply(normaliser));
  }

  private static @Nullable Double stretched(@Nullable Double distance, double slope) {
    return distance == null ? null : Double.valueOf(slope * distance);
  }

  private static SpaceLimit latent(InLatent latent, int latentDimension, List<Double> quantiles) {
    LimitCurve limit = latent.limit();
    Band band = latent.band().apply(ERROR_RATE);
    double normaliser = LatentNorm.mean(latentDimension);
    return new SpaceLimit(
        Kind.EXACT,
        normaliser,
        quantileLimits(quantiles, limit, band, normaliser),
        curve(limit, band, latentEnd(limit)),
        latent.others().apply(normaliser));
  }

  private static Band imageBand(Band latent, DisplacementEvidence.Parts displacements) {
    ProbabilisticModulus deciding = displacements.deciding();
    return new Band(
        new ImageLimit(
            latent.above(),
            deciding,
            new ClopperPearson(End.LOWER, ERROR_RATE / 2 / deciding.size())),
        new ChosenRadiusLimit(
            latent.below(),
            displacements.choosing(),
            deciding,
            new ClopperPearson(End.UPPER, ERROR_RATE / 2)));
  }

  private static List<QuantileLimit> quantileLimits(
      List<Double> quantiles, LimitCurve limit, Band band, double normaliser) {
    List<QuantileLimit> limits = new ArrayList<>();
    for (double p : quantiles) {
      OptionalDouble distance = limit.quantile(p);
      OptionalDouble upper = band.below().quantile(p);
      // The band's radius is chosen for it, and need not be the limit's.
      double widened = Math.max(upper.orElse(0), distance.orElse(0));
      limits.add(
          QuantileLimit.of(
              p,
              orNull(distance),
              orNull(band.above().quantile(p)),
              upper.isPresent() ? widened : null,
              normaliser));
    }
    return limits;
  }

  private static @Nullable Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  /**
   * Where a latent curve comes near its supremum, which two classifiers that differ keep below 1.
   */
  private static double latentEnd(LimitCurve limit) {
    double supremum = limit.probability(FAR);
    return supremum > 0 ? limit.quantile(CURVE_END * supremum).orElse(0) : 0;
  }

  /** Points from 0 to the end, denser towards 0, where measured robustness lies. */
  private static List<CurvePoint> curve(LimitCurve limit, Band band, double end) {
    List<CurvePoint> points = new ArrayList<>();
    for (int i = 0; i < (end == 0 ? 1 : CURVE_POINTS); i++) {
      double fraction = i / (CURVE_POINTS - 1.0);
      double distance = end * fraction * fraction;
      double probability = limit.probability(distance);
      points.add(
          new CurvePoint(
              distance,
              probability,
              Math.min(probability, band.below().probability(distance)),
              Math.max(probability, band.above().probability(distance))));
    }
    return points;
  }
}
