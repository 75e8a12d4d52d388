package org.robustnessgap.deploy.table;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Lines of text whose cells stand below each other.
 *
 * @param <C> what a column shows
 */
final class Grid<C> {
  private static final String GUTTER = "  ";

  private final List<C> columns;
  private final List<List<String>> rows = new ArrayList<>();

  Grid(List<C> columns) {
    this.columns = columns;
  }

  /** A row without cells. */
  void add(String label) {
    rows.add(List.of(label));
  }

  void add(String label, Function<C, String> cell) {
    List<String> row = new ArrayList<>();
    row.add(label);
    columns.stream().map(cell).forEach(row::add);
    rows.add(row);
  }

  /** Each line ended by a newline. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    int[] widths = new int[columns.size() + 1];
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
    return text.toString();
  }
}
