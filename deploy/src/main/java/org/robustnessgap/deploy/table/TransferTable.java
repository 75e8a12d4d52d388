package org.robustnessgap.deploy.table;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
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
    List<String> madeWith =
        columns.stream()
            .filter(gap -> gap.measured() > 0)
            .map(gap -> TableHead.madeWith(gap.provenance(), gap.engines()))
            .distinct()
            .toList();
    if (!madeWith.isEmpty()) {
      text.append("Attack: ").append(String.join("; ", madeWith)).append(".\n");
    }
    for (double quantile : quantiles) {
      text.append('\n');
      text.append(block(quantile));
    }
    List<String> foot = foot();
    if (!foot.isEmpty()) {
      text.append('\n');
      foot.forEach(note -> text.append(note).append('\n'));
    }
    return text.toString();
  }

  private List<String> foot() {
    List<String> foot = new ArrayList<>();
    for (Space space : spaces()) {
      foot.addAll(
          TableHead.notApplicable(
              space,
              columns.stream()
                  .map(gap -> gap.spaces().get(space))
                  .filter(Objects::nonNull)
                  .map(SpaceTransfer::both)
                  .toList()));
    }
    for (TransferGap gap : columns) {
      if (gap.ofOtherProvenance() != null) {
        foot.add(
            String.format(
                "%s: %d of %d samples were measured otherwise than the rest and are left out of the figures.",
                gap.pair().subject(), gap.ofOtherProvenance(), gap.measured()));
      }
    }
    return foot;
  }

  private Grid<TransferGap> block(double quantile) {
    Grid<TransferGap> grid = new Grid<>(columns);
    grid.add("quantile " + GapTable.plain(quantile), gap -> gap.pair().first());
    grid.add("", gap -> gap.pair().second());
    grid.add("labels differ", gap -> differ(gap.disagreement()));
    for (Space space : spaces()) {
      grid.add(space.label());
      grid.add("  limit for both", gap -> GapTable.limit(shared(gap, space), quantile));
      grid.add(
          "  95 % interval",
          gap ->
              GapTable.interval(
                  shared(gap, space), quantile, QuantileGap::limitLower, QuantileGap::limitUpper));
      grid.add("  both", gap -> both(gap, space, quantile));
      grid.add(
          "  95 % interval",
          gap ->
              GapTable.interval(
                  shared(gap, space),
                  quantile,
                  QuantileGap::measuredLower,
                  QuantileGap::measuredUpper));
      grid.add("  alone", gap -> alone(gap, space, quantile));
      grid.add("  fooled by first", gap -> rate(gap, space, SpaceTransfer::firstOnSecond));
      grid.add("  fooled by second", gap -> rate(gap, space, SpaceTransfer::secondOnFirst));
      grid.add("  samples", gap -> GapTable.samples(shared(gap, space)));
    }
    return grid;
  }

  private Set<Space> spaces() {
    Set<Space> shown = EnumSet.noneOf(Space.class);
    columns.forEach(gap -> shown.addAll(gap.spaces().keySet()));
    return shown;
  }

  private static String differ(TransferLimits.@Nullable Disagreement disagreement) {
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

  private static String both(TransferGap gap, Space space, double quantile) {
    return GapTable.at(shared(gap, space), quantile)
        .map(at -> GapTable.figure(at.measured(), GapTable.UNBOUNDED))
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

  /** Null if nothing was found out. */
  private static @Nullable SpaceGap shared(TransferGap gap, Space space) {
    SpaceTransfer figures = gap.spaces().get(space);
    return figures == null ? null : figures.both();
  }
}
