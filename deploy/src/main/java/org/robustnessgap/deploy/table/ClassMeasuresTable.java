package org.robustnessgap.deploy.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.robustnessgap.limit.ClopperPearson;
import org.robustnessgap.limit.ClopperPearson.End;

/**
 * How often each classifier answers each class, with 95 % intervals that hold for all classes of a
 * classifier together.
 *
 * @param counts labels seen of each class, by classifier; classifiers with none have no column
 */
public record ClassMeasuresTable(Map<String, List<Long>> counts) {
  private static final double ERROR_RATE = 0.05;

  /** Classes that have a row, those with the most labels. */
  private static final int SHOWN = 20;

  /** Classes whose counts are printed as an option. */
  private static final int PASSED_ON = 100;

  /** Lines of text, each ended by a newline and the first one empty; nothing without labels. */
  public String render() {
    List<String> classifiers = labelling();
    if (classifiers.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("\n").append(grid());
    classifiers.stream()
        .filter(classifier -> counted(classifier).size() <= PASSED_ON)
        .forEach(classifier -> text.append(option(classifier)));
    return text.toString();
  }

  private List<String> labelling() {
    return counts.keySet().stream().filter(classifier -> labels(classifier) > 0).toList();
  }

  /** The table alone. */
  String grid() {
    List<String> classifiers = labelling();
    Grid<String> grid = new Grid<>(classifiers);
    grid.add("class measures", classifier -> classifier);
    shown(classifiers).forEach(index -> grid.add("  " + index, name -> cell(name, index)));
    grid.add("  labels", classifier -> Long.toString(labels(classifier)));
    return grid.toString();
  }

  private TreeSet<Integer> shown(List<String> classifiers) {
    List<Integer> seen = new ArrayList<>();
    int classes = classifiers.stream().mapToInt(name -> counted(name).size()).max().orElse(0);
    for (int index = 0; index < classes; index++) {
      if (total(classifiers, index) > 0) {
        seen.add(index);
      }
    }
    seen.sort(Comparator.comparingLong((Integer index) -> total(classifiers, index)).reversed());
    return seen.stream().limit(SHOWN).collect(Collectors.toCollection(TreeSet::new));
  }

  private long total(List<String> classifiers, int index) {
    return classifiers.stream().mapToLong(name -> count(name, index)).sum();
  }

  private String cell(String classifier, int index) {
    List<Long> all = counted(classifier);
    if (index >= all.size()) {
      return GapTable.UNKNOWN;
    }
    long labels = labels(classifier);
    double errorRate = ERROR_RATE / all.size();
    return String.format(
        Locale.ROOT,
        "%.3f (%.3f to %.3f)",
        (double) all.get(index) / labels,
        new ClopperPearson(End.LOWER, errorRate).of(all.get(index), labels),
        new ClopperPearson(End.UPPER, errorRate).of(all.get(index), labels));
  }

  private String option(String classifier) {
    return counted(classifier).stream()
        .map(String::valueOf)
        .collect(Collectors.joining(",", classifier + ": --counts ", "\n"));
  }

  private long labels(String classifier) {
    return counted(classifier).stream().mapToLong(Long::longValue).sum();
  }

  private long count(String classifier, int index) {
    List<Long> all = counted(classifier);
    return index < all.size() ? all.get(index) : 0;
  }

  private List<Long> counted(String classifier) {
    return counts.getOrDefault(classifier, List.of());
  }
}
