package org.robustnessgap.deploy.measure;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedSample;
import org.robustnessgap.attack.GeneratorModel;
import org.robustnessgap.attack.projection.NearestPointAttack;
import org.robustnessgap.attack.projection.ProjectedSample;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.Space;

/** The nearest-point classifier of every classifier, measured and printed. */
final class Projections {
  private final GeneratorModel generator;
  private final long seed;
  private final Map<String, ProjectionColumn> columns = new LinkedHashMap<>();

  /**
   * @param seed of the searches that do not know where a sample came from
   */
  Projections(GeneratorModel generator, long seed) {
    this.generator = generator;
    this.seed = seed;
  }

  /**
   * @throws InvalidInputException if an attack by this plan does not find what is compared
   */
  static void requireFitting(AttackPlan plan) {
    if (!plan.spaces().containsAll(List.of(Space.IN_DISTRIBUTION, Space.UNCONSTRAINED))) {
      throw new InvalidInputException(
          "--project compares the spaces in-distribution and unconstrained; add them to --spaces.");
    }
    if (plan.norm() == Norm.LINF || plan.pixelRange() != null) {
      throw new InvalidInputException(
          "--project is about ℓ2 norms without bounds; leave out --norm linf and --pixel-range.");
    }
  }

  /** Attacks the nearest-point classifier on the next batch. */
  void add(
      String classifier, AttackTarget target, LatentBatch batch, List<AttackedSample> attacked) {
    columns
        .computeIfAbsent(
            classifier,
            name -> new ProjectionColumn(new NearestPointAttack(generator, target, seed)))
        .attack(batch, attacked);
  }

  ProjectedSample of(String classifier, long ordinal) {
    return columns.get(classifier).get(ordinal);
  }

  /** For people, a column for each classifier. */
  String table() {
    StringBuilder text = new StringBuilder();
    text.append("Nearest-point classifier f̃(x) = f(g(z*)), z* = argmin ‖g(z) − x‖\n");
    text.append("Medians; distances are divided by E‖g(z)‖.\n\n");
    Map<String, Map<String, String>> cells = new LinkedHashMap<>();
    columns.forEach(
        (name, column) -> {
          if (!column.isEmpty()) {
            cells.put(name, column.cells());
          }
        });
    line(text, "", cells.keySet());
    cells.values().stream()
        .flatMap(column -> column.keySet().stream())
        .distinct()
        .forEach(
            title ->
                line(text, title, cells.values().stream().map(cell -> cell.get(title)).toList()));
    return text.toString();
  }

  private static void line(StringBuilder text, String title, Collection<String> cells) {
    StringBuilder line = new StringBuilder(String.format("%-36s", title));
    cells.forEach(cell -> line.append(String.format("  %-20s", cell)));
    text.append(line.toString().stripTrailing()).append('\n');
  }
}
