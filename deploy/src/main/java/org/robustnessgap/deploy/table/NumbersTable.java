package org.robustnessgap.deploy.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.Json;

/**
 * The figures of kinds of jobs that have no table of their own: for each kind, a column for each
 * subject and a row for each number of its gap.
 */
public final class NumbersTable {
  private static final MathContext DIGITS = new MathContext(4);

  private final Map<String, List<Gap>> byKind;

  /**
   * @param gaps of any kinds, in the order of the columns
   */
  public NumbersTable(List<Gap> gaps) {
    byKind =
        gaps.stream()
            .collect(
                Collectors.groupingBy(
                    gap -> gap.subject().kind().label(), TreeMap::new, Collectors.toList()));
  }

  /** The tables as lines of text, each ended by a newline and begun by an empty line. */
  public String render() {
    StringBuilder text = new StringBuilder();
    byKind.forEach((kind, columns) -> text.append('\n').append(table(kind, columns)));
    return text.toString();
  }

  private static Grid<JsonNode> table(String kind, List<Gap> gaps) {
    List<JsonNode> columns =
        gaps.stream().<JsonNode>map(gap -> Json.mapper().valueToTree(gap)).toList();
    Grid<JsonNode> grid = new Grid<>(columns);
    grid.add(kind, column -> gaps.get(columns.indexOf(column)).subject().name());
    Set<String> rows = new TreeSet<>();
    for (JsonNode column : columns) {
      column
          .properties()
          .forEach(
              field -> {
                if (field.getValue().isNumber()) {
                  rows.add(field.getKey());
                }
              });
    }
    rows.forEach(row -> grid.add("  " + row.replace('_', ' '), column -> cell(column.get(row))));
    return grid;
  }

  private static String cell(@Nullable JsonNode value) {
    if (value == null || !value.isNumber()) {
      return GapTable.UNKNOWN;
    }
    return value.isIntegralNumber()
        ? value.asText()
        : new BigDecimal(value.asDouble()).round(DIGITS).stripTrailingZeros().toPlainString();
  }
}
