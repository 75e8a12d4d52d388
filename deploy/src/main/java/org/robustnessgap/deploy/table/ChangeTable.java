package org.robustnessgap.deploy.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.robustnessgap.campaign.quantile.QuantileChange;
import org.robustnessgap.messages.Space;

/** How quantiles of two classifiers differ, a row for each. */
public final class ChangeTable {
  private static final List<Function<Row, String>> CELLS =
      List.of(
          row -> Double.toString(row.change().quantile()),
          row -> Integer.toString(row.samples()),
          row -> distance(row.change().before()),
          row -> distance(row.change().after()),
          row -> percent(row.change().change()),
          row -> percent(row.change().lower()) + " to " + percent(row.change().upper()));
  private static final List<String> HEADS =
      List.of("quantile", "samples", "old", "new", "change", "interval");

  private final List<Row> rows = new ArrayList<>();

  private record Row(Space space, int samples, QuantileChange change) {}

  /**
   * @param samples that it rests on
   */
  public void add(Space space, int samples, QuantileChange change) {
    rows.add(new Row(space, samples, change));
  }

  /** Lines for people, each ended by a newline. */
  public String render() {
    Grid<Integer> grid = new Grid<>(List.of(0, 1, 2, 3, 4, 5));
    grid.add("space", HEADS::get);
    rows.forEach(row -> grid.add(row.space().label(), cell -> CELLS.get(cell).apply(row)));
    return grid.toString();
  }

  private static String distance(double distance) {
    return Double.isInfinite(distance) ? "∞" : String.format(Locale.ROOT, "%.3g", distance);
  }

  private static String percent(double relative) {
    return Double.isInfinite(relative)
        ? "∞"
        : String.format(Locale.ROOT, "%+.1f %%", 100 * relative);
  }
}
