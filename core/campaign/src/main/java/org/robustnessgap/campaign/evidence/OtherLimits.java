package org.robustnessgap.campaign.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.ClosedFormLimit;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.limit.LimitCurve;
import org.robustnessgap.limit.MeanLimit;
import org.robustnessgap.limit.Statement;
import org.robustnessgap.messages.SmoothnessResult.Lipschitz;
import org.robustnessgap.messages.TheoreticalLimits.Kind;
import org.robustnessgap.messages.TheoreticalLimits.OtherLimit;
import org.robustnessgap.messages.TheoreticalLimits.QuantileLimit;

/**
 * What the theorems beside the published one say of a classifier: (L2), (L3), (L4) of
 * docs/explanation/theory.md in latent space, and these and (L1) in image space through a proven
 * Lipschitz constant Λ, ω(t) = Λt. Where Λ is exact, (L1) is the published one.
 */
final class OtherLimits {
  private final ClassMeasures measures;
  private final Kind kind;

  /** ω. */
  private final DoubleUnaryOperator modulus;

  private final double normaliser;
  private final List<Double> quantiles;
  private final List<OtherLimit> limits = new ArrayList<>();

  private OtherLimits(
      ClassMeasures measures,
      Kind kind,
      DoubleUnaryOperator modulus,
      double normaliser,
      List<Double> quantiles) {
    this.measures = measures;
    this.kind = kind;
    this.modulus = modulus;
    this.normaliser = normaliser;
    this.quantiles = quantiles;
  }

  static List<OtherLimit> latent(
      ClassMeasures measures, double normaliser, List<Double> quantiles) {
    OtherLimits others = new OtherLimits(measures, Kind.EXACT, t -> t, normaliser, quantiles);
    others.add();
    return others.limits;
  }

  /**
   * @param lipschitz what workers said of the generator; null if nothing yet
   */
  static List<OtherLimit> image(
      ClassMeasures measures,
      @Nullable Lipschitz lipschitz,
      double normaliser,
      List<Double> quantiles) {
    if (lipschitz == null || lipschitz.constant() == null) {
      String said = lipschitz == null ? null : lipschitz.unknown();
      String reason = said == null ? "the Lipschitz constant is not known yet" : said;
      return List.of(notApplicable("L1", reason), notApplicable("L4", reason));
    }
    double constant = lipschitz.constant();
    boolean exact = lipschitz.holdsExactly();
    OtherLimits others =
        new OtherLimits(
            measures,
            exact ? Kind.EXACT : Kind.CERTIFIED,
            t -> constant * t,
            normaliser,
            quantiles);
    if (!exact) {
      others.add("L1", new LatentLimit(measures));
    }
    others.add();
    return others.limits;
  }

  private void add() {
    add("L2", ClosedFormLimit.balanced(measures));
    add("L3", ClosedFormLimit.equiprobable(measures));
    addMean("L4", MeanLimit.of(new LatentLimit(measures), modulus, 0));
    MeanLimit.equiprobable(measures)
        .ifHoldsOrElse(
            mean -> addMean("L4, closed form", modulus.applyAsDouble(mean)),
            reason -> limits.add(notApplicable("L4, closed form", reason)));
  }

  private void add(String name, Statement<ClosedFormLimit> statement) {
    statement.ifHoldsOrElse(
        limit -> add(name, limit), reason -> limits.add(notApplicable(name, reason)));
  }

  private void add(String name, LimitCurve latent) {
    List<QuantileLimit> distances =
        quantiles.stream()
            .map(
                p -> {
                  Double distance =
                      latent.quantile(p).stream()
                          .map(modulus)
                          .filter(Double::isFinite)
                          .boxed()
                          .findFirst()
                          .orElse(null);
                  return QuantileLimit.of(p, distance, null, null, normaliser);
                })
            .toList();
    limits.add(new OtherLimit(name, kind, distances, null, null, null));
  }

  private void addMean(String name, double mean) {
    double normalised = mean / normaliser;
    limits.add(
        Double.isFinite(normalised)
            ? new OtherLimit(name, kind, List.of(), mean, normalised, null)
            : notApplicable(name, "a single class has no limit"));
  }

  private static OtherLimit notApplicable(String name, String reason) {
    return new OtherLimit(name, null, List.of(), null, null, reason);
  }
}
