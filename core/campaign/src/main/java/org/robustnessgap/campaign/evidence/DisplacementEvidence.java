package org.robustnessgap.campaign.evidence;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.math3.util.ResizableDoubleArray;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.limit.ChosenRadiusLimit;
import org.robustnessgap.limit.ClopperPearson;
import org.robustnessgap.limit.LimitCurve;
import org.robustnessgap.limit.ProbabilisticModulus;
import org.robustnessgap.messages.RangeSet;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.SmoothnessResult.Lipschitz;

/**
 * How far one generator moved its images: one number for each sample and radius. One sample in
 * eight, by ordinal, chooses radii; the others decide. Not thread-safe.
 */
public final class DisplacementEvidence {
  private static final int CHOOSING = 8;

  /** Of a two-sided interval: its upper end is the upper 95 % limit. */
  private static final double ERROR_RATE = 0.1;

  /**
   * Both parts, at the same radii.
   *
   * @param choosing what radii are chosen on
   * @param deciding what decides at them
   */
  record Parts(ProbabilisticModulus choosing, ProbabilisticModulus deciding) {}

  private RangeSet seen = RangeSet.EMPTY;
  private final SortedMap<Double, ResizableDoubleArray> choosing = new TreeMap<>();
  private final SortedMap<Double, ResizableDoubleArray> deciding = new TreeMap<>();
  private @Nullable Parts parts;
  private @Nullable Lipschitz lipschitz;
  private long samples;

  /** Whether the result held anything not known before. */
  public boolean add(SmoothnessResult result) {
    long before = samples;
    Lipschitz said = result.lipschitz();
    boolean news =
        said != null && (lipschitz == null || (said.holdsExactly() && !lipschitz.holdsExactly()));
    if (news) {
      lipschitz = said;
    }
    for (SmoothnessResult.Sample sample : result.samples()) {
      if (!seen.contains(sample.ordinal())) {
        seen = seen.plus(sample.ordinal());
        samples++;
        add(result.radii(), sample, sample.ordinal() % CHOOSING == 0 ? choosing : deciding);
      }
    }
    if (samples > before) {
      parts = null;
    }
    return news || samples > before;
  }

  private static void add(
      List<Double> radii,
      SmoothnessResult.Sample sample,
      Map<Double, ResizableDoubleArray> byRadius) {
    for (int i = 0; i < radii.size(); i++) {
      byRadius
          .computeIfAbsent(radii.get(i), radius -> new ResizableDoubleArray())
          .addElement(sample.displacements().get(i));
    }
  }

  /** What is known of the generator as a whole; null while no result said so. */
  @Nullable Lipschitz lipschitz() {
    return lipschitz;
  }

  /** σ₁ where the modulus of continuity is known to be ω(t) = σ₁ t, of an affine generator. */
  OptionalDouble slope() {
    return lipschitz == null || lipschitz.constant() == null || !lipschitz.holdsExactly()
        ? OptionalDouble.empty()
        : OptionalDouble.of(lipschitz.constant());
  }

  /** How many samples are known; empty before the first. */
  Optional<Long> samples() {
    return samples == 0 ? Optional.empty() : Optional.of(samples);
  }

  /**
   * The limit on images at the upper 95 % confidence limit of p(t, η).
   *
   * @param latent the limit in latent space
   * @return empty while there are too few samples to choose and decide
   */
  public Optional<ChosenRadiusLimit> limit(LimitCurve latent) {
    return parts()
        .map(
            known ->
                new ChosenRadiusLimit(
                    latent,
                    known.choosing,
                    known.deciding,
                    new ClopperPearson(ClopperPearson.End.UPPER, ERROR_RATE)));
  }

  /** Empty while either part has no sample at any radius of the other. */
  Optional<Parts> parts() {
    SortedSet<Double> common = new TreeSet<>(choosing.keySet());
    common.retainAll(deciding.keySet());
    if (parts == null && !common.isEmpty()) {
      parts = new Parts(modulus(common, choosing), modulus(common, deciding));
    }
    return Optional.ofNullable(parts);
  }

  /** Both ascend. */
  private static ProbabilisticModulus modulus(
      SortedSet<Double> radii, SortedMap<Double, ResizableDoubleArray> byRadius) {
    return new ProbabilisticModulus(
        radii.stream().mapToDouble(Double::doubleValue).toArray(),
        byRadius.entrySet().stream()
            .filter(at -> radii.contains(at.getKey()))
            .map(at -> at.getValue().getElements())
            .toArray(double[][]::new));
  }
}
