package org.robustnessgap.deploy.table;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;

/**
 * Limits beside measurements, laid out as Table 2 of Fawzi, Fawzi, Fawzi 2018: classifiers as
 * columns, a group of rows for each space, the limit first.
 *
 * <p>"–" stands for what is unknown, "∞" for what is unbounded: a limit that no distance reaches,
 * or a quantile that falls among the samples whose label no perturbation changed.
 */
public final class GapTable {
  static final String UNKNOWN = "–";
  static final String UNBOUNDED = "∞";
  private static final String GUTTER = "  ";
  private static final MathContext DIGITS = new MathContext(3, RoundingMode.HALF_EVEN);
  private static final double SMALLEST_PLAIN = 1e-4;
  private static final String VIOLATION = "!";

  private final List<RobustnessGap> columns;

  /**
   * @param columns the figures of each classifier, in the order of the columns
   */
  public GapTable(List<RobustnessGap> columns) {
    this.columns = List.copyOf(columns);
  }

  /**
   * The table as lines of text, each ended by a newline.
   *
   * @param quantiles fractions p of the data, one block each; a figure nobody computed is unknown
   * @param notes sentences for the foot
   */
  public String render(List<Double> quantiles, List<String> notes) {
    StringBuilder text = new StringBuilder();
    text.append(
        "ℓ2 distances, normalised: latent by E‖z‖, the others by E‖g(z)‖; 95 % intervals.\n");
    text.append("Limit: no classifier can be more robust. Gap ratio: limit / measured.\n");
    for (double quantile : quantiles) {
      text.append('\n');
      appendGrid(text, block(quantile));
    }
    text.append('\n');
    appendGrid(text, accounts());
    List<String> foot = new ArrayList<>();
    if (quantiles.stream().anyMatch(this::violated)) {
      foot.add(
          VIOLATION
              + " The gap ratio is below 1 beyond its interval: a weak attack, a false assumption or too few samples.");
    }
    foot.addAll(notes);
    if (!foot.isEmpty()) {
      text.append('\n');
      foot.forEach(note -> text.append(note).append('\n'));
    }
    return text.toString();
  }

  private List<List<String>> block(double quantile) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("quantile " + plain(quantile), gap -> gap.stream().classifier()));
    for (Space space : spaces()) {
      rows.add(List.of(space.label()));
      rows.add(row("  limit", gap -> limit(gap, space, quantile)));
      rows.add(
          row(
              "  95 % interval",
              gap ->
                  interval(
                      gap, space, quantile, QuantileGap::limitLower, QuantileGap::limitUpper)));
      rows.add(row("  measured", gap -> measured(gap, space, quantile)));
      rows.add(
          row(
              "  95 % interval",
              gap ->
                  interval(
                      gap,
                      space,
                      quantile,
                      QuantileGap::measuredLower,
                      QuantileGap::measuredUpper)));
      rows.add(row("  gap ratio", gap -> ratio(gap, space, quantile)));
      rows.add(row("  samples", gap -> samples(gap, space)));
      rows.add(row("  failures", gap -> failures(gap, space)));
    }
    return rows;
  }

  private List<List<String>> accounts() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("samples", gap -> gap.stream().classifier()));
    rows.add(row("  generated", gap -> Long.toString(gap.generated())));
    rows.add(row("  measured", gap -> Long.toString(gap.measured())));
    rows.add(row("  failed", gap -> Long.toString(gap.failed())));
    if (columns.stream().anyMatch(gap -> gap.inFlight() > 0)) {
      rows.add(row("  in flight", gap -> Long.toString(gap.inFlight())));
    }
    return rows;
  }

  private List<String> row(String label, Function<RobustnessGap, String> cell) {
    List<String> row = new ArrayList<>();
    row.add(label);
    columns.stream().map(cell).forEach(row::add);
    return row;
  }

  private Set<Space> spaces() {
    Set<Space> shown = EnumSet.noneOf(Space.class);
    columns.forEach(gap -> shown.addAll(gap.spaces().keySet()));
    return shown;
  }

  private static String limit(RobustnessGap gap, Space space, double quantile) {
    SpaceGap figures = gap.spaces().get(space);
    Optional<QuantileGap> at = at(gap, space, quantile);
    if (at.isEmpty() || figures.kind() == null) {
      return UNKNOWN;
    }
    return figure(at.get().limit(), UNBOUNDED) + " " + figures.kind().label();
  }

  private static String measured(RobustnessGap gap, Space space, double quantile) {
    SpaceGap figures = gap.spaces().get(space);
    return at(gap, space, quantile)
        .map(at -> figure(at.measured(), figures.notFound() > 0 ? UNBOUNDED : UNKNOWN))
        .orElse(UNKNOWN);
  }

  private static String interval(
      RobustnessGap gap,
      Space space,
      double quantile,
      Function<QuantileGap, Double> lower,
      Function<QuantileGap, Double> upper) {
    return at(gap, space, quantile)
        .filter(at -> lower.apply(at) != null || upper.apply(at) != null)
        .map(at -> figure(lower.apply(at), UNKNOWN) + " to " + figure(upper.apply(at), UNBOUNDED))
        .orElse(UNKNOWN);
  }

  private static String ratio(RobustnessGap gap, Space space, double quantile) {
    return at(gap, space, quantile)
        .filter(at -> at.gapRatio() != null)
        .map(
            at ->
                number(at.gapRatio())
                    + " ("
                    + figure(at.gapLower(), UNKNOWN)
                    + " to "
                    + figure(at.gapUpper(), UNBOUNDED)
                    + ")"
                    + (surelyBelowOne(at) ? " " + VIOLATION : ""))
        .orElse(UNKNOWN);
  }

  private static String samples(RobustnessGap gap, Space space) {
    SpaceGap figures = gap.spaces().get(space);
    if (figures == null) {
      return UNKNOWN;
    }
    long samples = figures.found() + figures.notFound();
    return figures.notFound() == 0
        ? Long.toString(samples)
        : samples + " (" + figures.notFound() + " not found)";
  }

  private static String failures(RobustnessGap gap, Space space) {
    SpaceGap figures = gap.spaces().get(space);
    return figures == null ? UNKNOWN : Long.toString(figures.failed());
  }

  private boolean violated(double quantile) {
    return columns.stream()
        .anyMatch(
            gap ->
                gap.spaces().keySet().stream()
                    .flatMap(space -> at(gap, space, quantile).stream())
                    .anyMatch(GapTable::surelyBelowOne));
  }

  private static boolean surelyBelowOne(QuantileGap at) {
    return at.gapUpper() != null && at.gapUpper() < 1;
  }

  private static Optional<QuantileGap> at(RobustnessGap gap, Space space, double quantile) {
    SpaceGap figures = gap.spaces().get(space);
    return figures == null
        ? Optional.empty()
        : figures.quantiles().stream()
            .filter(candidate -> candidate.quantile() == quantile)
            .findFirst();
  }

  static String figure(Double value, String absent) {
    return value == null ? absent : number(value);
  }

  static String number(double value) {
    if (value != 0 && Math.abs(value) < SMALLEST_PLAIN) {
      return String.format(Locale.ROOT, "%." + (DIGITS.getPrecision() - 1) + "e", value);
    }
    BigDecimal rounded = new BigDecimal(value).round(DIGITS);
    int decimals = DIGITS.getPrecision() - rounded.precision() + rounded.scale();
    return (value == 0 ? BigDecimal.ZERO : rounded.setScale(Math.max(decimals, 0))).toPlainString();
  }

  static String plain(double quantile) {
    return BigDecimal.valueOf(quantile).stripTrailingZeros().toPlainString();
  }

  static void appendGrid(StringBuilder text, List<List<String>> rows) {
    int[] widths = new int[rows.stream().mapToInt(List::size).max().orElse(0)];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append(i == 0 ? "" : GUTTER).append(row.get(i));
        line.append(" ".repeat(widths[i] - row.get(i).length()));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }
}
