package org.robustnessgap.deploy.limit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.limit.LimitCurve;
import org.robustnessgap.limit.Statement;
import org.robustnessgap.messages.TheoreticalLimits.Kind;

/** What the statements of the theory say of one case, at the same quantiles. */
final class LimitTable {
  /**
   * One quantile, or the mean.
   *
   * @param quantile null for the mean
   * @param distance null if no distance reaches the quantile
   * @param normalised divided by the normaliser; null without one
   */
  record Limit(
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double quantile,
      @Nullable Double distance,
      @Nullable Double normalised) {
    private String line(Kind kind) {
      return String.format(
          "%-8s  %-12s  %-12s  %s%n",
          quantile == null ? "mean" : quantile.toString(),
          number(distance, "∞"),
          number(normalised, distance == null ? "∞" : "–"),
          kind.label());
    }
  }

  /** One statement. */
  sealed interface Entry {
    /** The formula in docs/explanation/theory.md. */
    String name();

    String title();

    /** The lines below its title. */
    String lines();
  }

  /**
   * What a statement says.
   *
   * @param mean null if it says nothing of the mean
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Holding(String name, String title, Kind kind, List<Limit> quantiles, @Nullable Limit mean)
      implements Entry {
    @Override
    public String lines() {
      StringBuilder text =
          new StringBuilder(
              String.format("%-8s  %-12s  %-12s  %s%n", "quantile", "limit", "normalised", "kind"));
      quantiles.forEach(limit -> text.append(limit.line(kind)));
      if (mean != null) {
        text.append(mean.line(kind));
      }
      return text.toString();
    }
  }

  /**
   * A statement that does not hold here.
   *
   * @param notApplicable why
   */
  record NotApplicable(String name, String title, String notApplicable) implements Entry {
    @Override
    public String lines() {
      return "not applicable: " + notApplicable + ".\n";
    }
  }

  private final List<Double> quantiles;
  private final List<Entry> entries = new ArrayList<>();

  LimitTable(List<Double> quantiles) {
    this.quantiles = quantiles;
  }

  List<Entry> entries() {
    return List.copyOf(entries);
  }

  /**
   * @param normaliser what distances are divided by; NaN if unknown
   * @param mean limit of the mean; NaN if the statement has none
   */
  void add(String name, String title, Kind kind, LimitCurve curve, double normaliser, double mean) {
    entries.add(
        new Holding(
            name,
            title,
            kind,
            quantiles(curve, normaliser),
            Double.isNaN(mean) ? null : mean(mean, normaliser)));
  }

  /** Of a statement in latent space that may not apply. */
  void add(
      String name,
      String title,
      Statement<? extends LimitCurve> statement,
      double normaliser,
      double mean) {
    statement.ifHoldsOrElse(
        limit -> add(name, title, Kind.EXACT, limit, normaliser, mean),
        reason -> entries.add(new NotApplicable(name, title, reason)));
  }

  /** The limit at each of the quantiles. */
  List<Limit> quantiles(LimitCurve curve, double normaliser) {
    return quantiles.stream().map(p -> limit(p, curve.quantile(p), normaliser)).toList();
  }

  /** Of a mean that may be infinite. */
  static Limit mean(double mean, double normaliser) {
    return limit(
        null, Double.isFinite(mean) ? OptionalDouble.of(mean) : OptionalDouble.empty(), normaliser);
  }

  private static Limit limit(
      @Nullable Double quantile, OptionalDouble distance, double normaliser) {
    if (distance.isEmpty()) {
      return new Limit(quantile, null, null);
    }
    double value = distance.getAsDouble();
    return new Limit(quantile, value, Double.isNaN(normaliser) ? null : value / normaliser);
  }

  String render() {
    return entries.stream()
        .map(entry -> entry.title() + " (" + entry.name() + ")\n" + entry.lines())
        .collect(Collectors.joining("\n"));
  }

  private static String number(@Nullable Double value, String otherwise) {
    return value == null ? otherwise : String.format(Locale.ROOT, "%.6g", value);
  }
}
