package org.robustnessgap.deploy.table;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.TransferGap.SpaceTransfer;
import org.robustnessgap.messages.TransferLimits;

/** What pairs of classifiers share: a column for each pair, laid out as a {@link GapTable}. */
public final class TransferTable {
  private final List<TransferGap> columns;

  /**
   * @param columns the figures of each pair, in the order of the columns
   */
  public TransferTable(List<TransferGap> columns) {
    this.columns = List.copyOf(columns);
  }

  /**
   * The table as lines of text, each ended by a newline; nothing without pairs.
   *
   * @param quantiles fractions p of the data, one block each
   */
  public String render(List<Double> quantiles) {
    StringBuilder text = new StringBuilder();
    if (columns.isEmpty()) {
      return "";
    }
    text.append("Perturbations that fool two classifiers. Fooled: share of the one's own smallest");
    text.append(" perturbations that fool the other.\n");
    for (double quantile : quantiles) {
      text.append('\n');
      GapTable.appendGrid(text, block(quantile));
    }
    return text.toString();
  }

  private List<List<String>> block(double quantile) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("quantile " + GapTable.plain(quantile), gap -> gap.pair().first()));
    rows.add(row("", gap -> gap.pair().second()));
    rows.add(row("labels differ", gap -> differ(gap.disagreement())));
    for (Space space : spaces()) {
      rows.add(List.of(space.label()));
      rows.add(row("  limit for both", gap -> limit(gap, space, quantile)));
      rows.add(
          row(
              "  95 % interval",
              gap ->
                  interval(
                      at(gap, space, quantile), QuantileGap::limitLower, QuantileGap::limitUpper)));
      rows.add(row("  both", gap -> both(gap, space, quantile)));
      rows.add(
          row(
              "  95 % interval",
              gap ->
                  interval(
                      at(gap, space, quantile),
                      QuantileGap::measuredLower,
                      QuantileGap::measuredUpper)));
      rows.add(row("  alone", gap -> alone(gap, space, quantile)));
      rows.add(row("  fooled by first", gap -> rate(gap, space, SpaceTransfer::firstOnSecond)));
      rows.add(row("  fooled by second", gap -> rate(gap, space, SpaceTransfer::secondOnFirst)));
      rows.add(row("  samples", gap -> samples(gap, space)));
    }
    return rows;
  }

  private List<String> row(String label, Function<TransferGap, String> cell) {
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

  private static String differ(TransferLimits.Disagreement disagreement) {
    return disagreement == null
        ? GapTable.UNKNOWN
        : String.format(
            Locale.ROOT,
            "%.0f %% (%.0f to %.0f %%)",
            100 * disagreement.observed(),
            100 * disagreement.lower(),
            100 * disagreement.upper());
  }

  private static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * fraction);
  }

  private static String limit(TransferGap gap, Space space, double quantile) {
    return at(gap, space, quantile)
        .map(
            at ->
                GapTable.figure(at.limit(), GapTable.UNBOUNDED)
                    + " "
                    + gap.spaces().get(space).both().kind().label())
        .orElse(GapTable.UNKNOWN);
  }

  private static String both(TransferGap gap, Space space, double quantile) {
    return at(gap, space, quantile)
        .map(at -> GapTable.figure(at.measured(), GapTable.UNBOUNDED))
        .orElse(GapTable.UNKNOWN);
  }

  private static String interval(
      Optional<QuantileGap> figures,
      Function<QuantileGap, Double> lower,
      Function<QuantileGap, Double> upper) {
    return figures
        .filter(at -> lower.apply(at) != null || upper.apply(at) != null)
        .map(
            at ->
                GapTable.figure(lower.apply(at), GapTable.UNKNOWN)
                    + " to "
                    + GapTable.figure(upper.apply(at), GapTable.UNBOUNDED))
        .orElse(GapTable.UNKNOWN);
  }

  private static String alone(TransferGap gap, Space space, double quantile) {
    return Optional.ofNullable(gap.spaces().get(space)).stream()
        .flatMap(figures -> figures.own().stream())
        .filter(own -> own.quantile() == quantile)
        .findFirst()
        .map(
            own ->
                GapTable.figure(own.first(), GapTable.UNKNOWN)
                    + ", "
                    + GapTable.figure(own.second(), GapTable.UNKNOWN))
        .orElse(GapTable.UNKNOWN);
  }

  private static String rate(
      TransferGap gap, Space space, Function<SpaceTransfer, TransferGap.Rate> direction) {
    return Optional.ofNullable(gap.spaces().get(space))
        .map(direction)
        .filter(rate -> rate.tried() > 0)
        .map(rate -> percent((double) rate.fooled() / rate.tried()))
        .orElse(GapTable.UNKNOWN);
  }

  private static String samples(TransferGap gap, Space space) {
    return Optional.ofNullable(gap.spaces().get(space))
        .map(SpaceTransfer::both)
        .map(
            both ->
                both.found()
                    + both.notFound()
                    + (both.notFound() == 0 ? "" : " (" + both.notFound() + " not found)"))
        .orElse(GapTable.UNKNOWN);
  }

  private static Optional<QuantileGap> at(TransferGap gap, Space space, double quantile) {
    return Optional.ofNullable(gap.spaces().get(space)).stream()
        .flatMap(figures -> figures.both().quantiles().stream())
        .filter(at -> at.quantile() == quantile)
        .findFirst();
  }
}
