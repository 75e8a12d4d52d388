package org.robustnessgap.deploy.table;

import static org.robustnessgap.campaign.diagnostic.ProjectionDiagnostic.DISTANCE;
import static org.robustnessgap.campaign.diagnostic.ProjectionDiagnostic.FORWARDS;
import static org.robustnessgap.campaign.diagnostic.ProjectionDiagnostic.GRADIENTS;
import static org.robustnessgap.campaign.diagnostic.ProjectionDiagnostic.INVERSION_DISAGREEING;
import static org.robustnessgap.campaign.diagnostic.ProjectionDiagnostic.INVERSION_KEEPS_LABEL;
import static org.robustnessgap.campaign.diagnostic.ProjectionDiagnostic.INVERSION_RESIDUAL;
import static org.robustnessgap.campaign.diagnostic.ProjectionDiagnostic.INVERSION_STARTS;
import static org.robustnessgap.campaign.diagnostic.ProjectionDiagnostic.IN_DISTRIBUTION;
import static org.robustnessgap.campaign.diagnostic.ProjectionDiagnostic.LEAST;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;

/**
 * Classifiers f beside their nearest-point classifiers f̃, a column each: what the diagnostic
 * {@code projection} found.
 */
public final class ProjectionTable {
  /** Relative; distances are sums of float32 values. */
  private static final double ROUNDING = 1e-5;

  /** The samples of one classifier, at least one. */
  private record Column(String classifier, List<SampleResult> samples) {
    /** Of the samples where it is known. */
    DoubleStream values(ToDoubleFunction<SampleResult> value) {
      return samples.stream().mapToDouble(value).filter(Double::isFinite);
    }

    DoubleStream values(String name) {
      return values(sample -> found(sample, name));
    }

    double median(ToDoubleFunction<SampleResult> value) {
      double[] ascending = values(value).sorted().toArray();
      int n = ascending.length;
      return n == 0 ? Double.NaN : (ascending[(n - 1) / 2] + ascending[n / 2]) / 2;
    }

    String length(ToDoubleFunction<SampleResult> value) {
      double norm = samples.stream().mapToDouble(SampleResult::imageNorm).average().orElseThrow();
      return number(median(value) / norm);
    }

    String length(String name) {
      return length(sample -> found(sample, name));
    }

    String mean(String name) {
      return Long.toString(Math.round(values(name).average().orElseThrow()));
    }

    String total(String name) {
      return Long.toString((long) values(name).sum());
    }

    boolean isProjected() {
      return values(GRADIENTS).findAny().isPresent();
    }
  }

  private final List<Column> columns;

  /**
   * @param byClassifier what was found at each sample; those without a projection are left out
   */
  public ProjectionTable(Map<String, List<SampleResult>> byClassifier) {
    columns =
        byClassifier.entrySet().stream()
            .map(entry -> new Column(entry.getKey(), entry.getValue()))
            .filter(Column::isProjected)
            .toList();
  }

  /** The table as lines of text, each ended by a newline and begun by an empty line. */
  public String render() {
    Grid<Column> grid = new Grid<>(columns);
    grid.add("", Column::classifier);
    grid.add("r_in", column -> column.length(s -> plain(s, Space.IN_DISTRIBUTION)));
    grid.add("r_in, shorter if seen on the way", column -> column.length(IN_DISTRIBUTION));
    grid.add("least r_unc projected, Theorem 2", column -> column.length(LEAST));
    grid.add("r_unc projected", column -> column.length(DISTANCE));
    grid.add("r_unc", column -> column.length(s -> plain(s, Space.UNCONSTRAINED)));
    grid.add(
        "r_unc projected / r_unc",
        column -> number(column.median(s -> found(s, DISTANCE) / plain(s, Space.UNCONSTRAINED))));
    grid.add(
        "samples below the least",
        column ->
            column.samples().stream().filter(ProjectionTable::violates).count()
                + " of "
                + column.samples().size());
    grid.add("distance to x without knowing z", column -> column.length(INVERSION_RESIDUAL));
    grid.add(
        "label kept there",
        column ->
            column.total(INVERSION_KEEPS_LABEL)
                + " of "
                + column.values(INVERSION_KEEPS_LABEL).count());
    grid.add(
        "starts that lead to another label",
        column -> column.total(INVERSION_DISAGREEING) + " of " + column.total(INVERSION_STARTS));
    grid.add("gradients a sample", column -> column.mean(GRADIENTS));
    grid.add("evaluations a sample", column -> column.mean(FORWARDS));
    return "\nNearest-point classifier f̃(x) = f(g(z*)), z* = argmin ‖g(z) − x‖\n"
        + "Medians; distances are divided by E‖g(z)‖.\n\n"
        + grid;
  }

  private static boolean violates(SampleResult sample) {
    return found(sample, DISTANCE) < found(sample, LEAST) * (1 - ROUNDING);
  }

  /** NaN if unknown. */
  private static double found(SampleResult sample, String name) {
    return sample.diagnostic(Space.UNCONSTRAINED, name).orElse(Double.NaN);
  }

  /** Of the classifier without a projection; NaN if unknown. */
  private static double plain(SampleResult sample, Space space) {
    Outcome outcome = sample.spaces().get(space);
    return outcome == null ? Double.NaN : outcome.distanceIfKnown().orElse(Double.NaN);
  }

  private static String number(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3g", value) : "–";
  }
}
