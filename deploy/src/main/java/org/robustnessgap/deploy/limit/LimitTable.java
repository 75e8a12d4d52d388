package org.robustnessgap.deploy.limit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
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
      @JsonInclude(JsonInclude.Include.NON_NULL) Double quantile,
      Double distance,
      Double normalised) {}

  /**
   * One statement.
   *
   * @param name of the formula in docs/explanation/theory.md
   * @param kind null where it is not applicable
   * @param notApplicable why it says nothing; null where it applies
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Entry(
      String name,
      String title,
      Kind kind,
      List<Limit> quantiles,
      Limit mean,
      String notApplicable) {}

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
    List<Limit> limits =
        quantiles.stream().map(p -> limit(p, curve.quantile(p), normaliser)).toList();
    Limit ofMean =
        Double.isNaN(mean)
            ? null
            : limit(
                null,
                Double.isFinite(mean) ? OptionalDouble.of(mean) : OptionalDouble.empty(),
                normaliser);
    entries.add(new Entry(name, title, kind, limits, ofMean, null));
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
        reason -> entries.add(new Entry(name, title, null, null, null, reason)));
  }

  private static Limit limit(Double quantile, OptionalDouble distance, double normaliser) {
    if (distance.isEmpty()) {
      return new Limit(quantile, null, null);
    }
    double value = distance.getAsDouble();
    return new Limit(quantile, value, Double.isNaN(normaliser) ? null : value / normaliser);
  }

  String render() {
    StringBuilder text = new StringBuilder();
    for (Entry entry : entries) {
      text.append(text.isEmpty() ? "" : "\n");
      text.append(entry.title()).append(" (").append(entry.name()).append(")\n");
      if (entry.notApplicable() != null) {
        text.append("not applicable: ").append(entry.notApplicable()).append(".\n");
        continue;
      }
      text.append(
          String.format("%-8s  %-12s  %-12s  %s%n", "quantile", "limit", "normalised", "kind"));
      for (Limit limit : entry.quantiles()) {
        text.append(line(limit.quantile().toString(), limit, entry.kind()));
      }
      if (entry.mean() != null) {
        text.append(line("mean", entry.mean(), entry.kind()));
      }
    }
    return text.toString();
  }

  private static String line(String what, Limit limit, Kind kind) {
    return String.format(
        "%-8s  %-12s  %-12s  %s%n",
        what,
        number(limit.distance(), "∞"),
        number(limit.normalised(), limit.distance() == null ? "∞" : "–"),
        kind.label());
  }

  private static String number(Double value, String otherwise) {
    return value == null ? otherwise : String.format(Locale.ROOT, "%.6g", value);
  }
}
