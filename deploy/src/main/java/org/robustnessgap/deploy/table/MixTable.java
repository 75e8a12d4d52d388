package org.robustnessgap.deploy.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;

/**
 * Figures of a generator's samples beside the same weighted to the mix of classes of other data.
 *
 * @param name of the data that have the mix
 * @param columns of each classifier
 */
public record MixTable(String name, List<Column> columns) {
  /**
   * @param own under the generator's own mix
   * @param generated labels of the generator's samples, by class
   * @param mix labels of the data, by class
   * @param spaces the figures under the mix
   */
  public record Column(
      RobustnessGap own, List<Long> generated, List<Long> mix, Map<Space, SpaceGap> spaces) {
    private String classifier() {
      return own.stream().classifier();
    }
  }

  /** Lines of text, each ended by a newline and the first one empty. */
  public String render(List<Double> quantiles) {
    StringBuilder text = new StringBuilder();
    text.append("\nThe mix of classes of ").append(name);
    text.append(", if within each class its images are distributed as the generator's:\n");
    Map<String, List<Long>> counts = new LinkedHashMap<>();
    for (Column column : columns) {
      counts.put(column.classifier() + ", generator", column.generated());
      counts.put(column.classifier() + ", mix", column.mix());
    }
    text.append(new ClassMeasuresTable(counts).grid());
    quantiles.forEach(quantile -> text.append('\n').append(block(quantile)));
    List<String> foot = new ArrayList<>();
    for (Column column : columns) {
      quantiles.forEach(quantile -> foot.addAll(moved(column, quantile)));
      foot.addAll(neverGenerated(column));
      foot.add(
          column.classifier()
              + ": --counts "
              + joined(column.generated())
              + " --mix "
              + joined(column.mix()));
    }
    text.append('\n');
    foot.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  private static String joined(List<Long> counts) {
    return counts.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private String block(double quantile) {
    Grid<Column> grid = new Grid<>(columns);
    grid.add("quantile " + GapTable.plain(quantile), Column::classifier);
    for (Space space : spaces()) {
      grid.add(space.label());
      grid.add(
          "  limit, generator",
          column -> GapTable.limit(column.own().spaces().get(space), quantile));
      grid.add("  limit, mix", column -> GapTable.limit(column.spaces().get(space), quantile));
      grid.add(
          "  95 % interval",
          interval(space, quantile, QuantileGap::limitLower, QuantileGap::limitUpper));
      grid.add(
          "  measured, generator",
          column -> GapTable.measured(column.own().spaces().get(space), quantile));
      grid.add("  measured, mix", column -> measured(column, space, quantile));
      grid.add(
          "  95 % interval",
          interval(space, quantile, QuantileGap::measuredLower, QuantileGap::measuredUpper));
      grid.add(
          "  gap ratio, generator",
          column -> GapTable.ratio(column.own().spaces().get(space), quantile));
      grid.add("  gap ratio, mix", column -> GapTable.ratio(column.spaces().get(space), quantile));
    }
    return grid.toString();
  }

  private Set<Space> spaces() {
    return columns.stream()
        .flatMap(column -> column.spaces().keySet().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Function<Column, String> interval(
      Space space,
      double quantile,
      Function<QuantileGap, @Nullable Double> lower,
      Function<QuantileGap, @Nullable Double> upper) {
    return column -> GapTable.interval(column.spaces().get(space), quantile, lower, upper);
  }

  /** A quantile is also beyond every distance where it falls among classes without a sample. */
  private static String measured(Column column, Space space, double quantile) {
    return GapTable.at(column.spaces().get(space), quantile)
        .map(at -> GapTable.figure(at.measured(), GapTable.UNKNOWN))
        .orElse(GapTable.UNKNOWN);
  }

  private static List<String> moved(Column column, double quantile) {
    List<String> sentences = new ArrayList<>();
    column
        .spaces()
        .forEach(
            (space, figures) -> {
              Optional<Double> before = limit(column.own().spaces().get(space), quantile);
              Optional<Double> after = limit(figures, quantile);
              if (before.isPresent() && after.isPresent()) {
                String from = GapTable.number(before.get());
                String to = GapTable.number(after.get());
                sentences.add(
                    String.format(
                        Locale.ROOT,
                        "%s, %s, quantile %s: the mix %s.",
                        column.classifier(),
                        space,
                        GapTable.plain(quantile),
                        from.equals(to)
                            ? "leaves the limit at " + to
                            : "moves the limit from " + from + " to " + to));
              }
            });
    return sentences;
  }

  private static Optional<Double> limit(@Nullable SpaceGap figures, double quantile) {
    return GapTable.at(figures, quantile).map(QuantileGap::limit);
  }

  private static List<String> neverGenerated(Column column) {
    List<Integer> missing = new ArrayList<>();
    long images = 0;
    long all = 0;
    for (int label = 0; label < column.mix().size(); label++) {
      long count = column.mix().get(label);
      all += count;
      if (count > 0 && column.generated().get(label) == 0) {
        missing.add(label);
        images += count;
      }
    }
    return missing.isEmpty()
        ? List.of()
        : List.of(
            String.format(
                Locale.ROOT,
                "%s: the generator makes nothing of class %s, %.1f %% of the mix; they count as"
                    + " farther than every distance, in limit and measurement.",
                column.classifier(),
                missing.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                100.0 * images / all));
  }
}
