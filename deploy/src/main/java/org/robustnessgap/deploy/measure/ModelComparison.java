package org.robustnessgap.deploy.measure;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.robustnessgap.campaign.quantile.PairedDistances;
import org.robustnessgap.campaign.quantile.QuantileChange;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;

/**
 * How much more or less robust the new one of two classifiers is, on the same samples.
 *
 * @param old the one before
 * @param now the new one
 * @param figures space by space, at every quantile
 * @param tolerance the largest loss that is accepted, in per cent
 */
record ModelComparison(
    MeasuredModel old, MeasuredModel now, List<Figure> figures, double tolerance) {
  /** That any of the intervals misses. */
  private static final double ERROR_RATE = 0.05;

  private static final long SEED = 0;

  /** Far more than engines and devices differ, far less than samples do. */
  private static final double SAME_NORM = 1e-3;

  /**
   * @param samples that have an answer of both
   */
  record Figure(Space space, int samples, QuantileChange change) {
    /** For people. */
    String where() {
      return "quantile " + change.quantile() + " (" + space + ")";
    }
  }

  ModelComparison {
    figures = List.copyOf(figures);
  }

  /**
   * Compares what was measured. All intervals hold together with 95 %, by Bonferroni's inequality.
   *
   * @throws InvalidInputException if it was not measured alike, not on the same samples, or nothing
   *     was found of any
   */
  static ModelComparison of(
      MeasuredModel old, MeasuredModel now, List<Double> quantiles, double tolerance) {
    requireAlike(old, now);
    SortedMap<Space, PairedDistances> pairs = new TreeMap<>();
    for (Space space : old.provenance().attack().spaces()) {
      pairs.put(space, pairs(space, old, now));
    }
    double errorRate = ERROR_RATE / (pairs.size() * quantiles.size());
    List<Figure> figures = new ArrayList<>();
    pairs.forEach(
        (space, distances) ->
            distances
                .changes(quantiles, errorRate, SEED)
                .forEach(change -> figures.add(new Figure(space, distances.count(), change))));
    return new ModelComparison(old, now, figures, tolerance);
  }

  private static void requireAlike(MeasuredModel old, MeasuredModel now) {
    Provenance one = old.provenance().ofAnyVersion();
    Provenance other = now.provenance().ofAnyVersion();
    if (!one.equals(other)) {
      throw new InvalidInputException(
          String.format(
              "%s and %s were not measured alike (%s; %s); measure both with the same options.",
              old.name(), now.name(), one.describe(), other.describe()));
    }
    for (SampleResult sample : old.samples().values()) {
      SampleResult same = now.samples().get(sample.ordinal());
      if (same != null && !isSame(sample, same)) {
        throw new InvalidInputException(
            String.format(
                "Sample %d of %s is another one than that of %s; measure both with the same seed, latent vectors or images.",
                sample.ordinal(), old.name(), now.name()));
      }
    }
  }

  private static boolean isSame(SampleResult one, SampleResult other) {
    return Objects.equals(one.name(), other.name())
        && Math.abs(one.imageNorm() - other.imageNorm()) <= SAME_NORM * one.imageNorm();
  }

  private static PairedDistances pairs(Space space, MeasuredModel old, MeasuredModel now) {
    List<double[]> pairs = new ArrayList<>();
    for (SampleResult sample : old.samples().values()) {
      SampleResult same = now.samples().get(sample.ordinal());
      if (same != null) {
        Outcome before = sample.spaces().get(space);
        Outcome after = same.spaces().get(space);
        if (before != null
            && after != null
            && before.failure().isEmpty()
            && after.failure().isEmpty()) {
          pairs.add(new double[] {distance(before), distance(after)});
        }
      }
    }
    if (pairs.isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "No sample has an answer of both %s and %s in %s space; measure more of the same samples.",
              old.name(), now.name(), space));
    }
    return new PairedDistances(
        pairs.stream().mapToDouble(pair -> pair[0]).toArray(),
        pairs.stream().mapToDouble(pair -> pair[1]).toArray());
  }

  private static double distance(Outcome outcome) {
    return outcome.distanceIfKnown().orElse(Double.POSITIVE_INFINITY);
  }

  /** Where the new one is certainly less robust than is accepted. */
  List<Figure> losses() {
    return figures.stream()
        .filter(figure -> figure.change().isLossBeyond(tolerance / 100))
        .toList();
  }

  /** One sentence. */
  String verdict() {
    List<Figure> losses = losses();
    String accepted =
        tolerance == 0
            ? ""
            : " beyond "
                + BigDecimal.valueOf(tolerance).stripTrailingZeros().toPlainString()
                + " %";
    if (!losses.isEmpty()) {
      return String.format(
          "Significant loss%s: the new one is less robust at %s.",
          accepted, String.join(", ", losses.stream().map(Figure::where).toList()));
    }
    Optional<Figure> worst =
        figures.stream()
            .min(Comparator.comparingDouble(figure -> figure.change().lower()))
            .filter(figure -> figure.change().lower() < 0);
    return worst
        .map(
            figure ->
                String.format(
                    Locale.ROOT,
                    "No significant loss%s; at %s a loss of up to %.1f %% is not excluded.",
                    accepted,
                    figure.where(),
                    -100 * figure.change().lower()))
        .orElse("No loss.");
  }
}
