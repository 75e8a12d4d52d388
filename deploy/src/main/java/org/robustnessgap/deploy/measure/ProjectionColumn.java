package org.robustnessgap.deploy.measure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.robustnessgap.attack.AttackedSample;
import org.robustnessgap.attack.projection.NearestPointAttack;
import org.robustnessgap.attack.projection.ProjectedSample;
import org.robustnessgap.attack.projection.ProjectedSample.Inversion;
import org.robustnessgap.limit.NearestPoint;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;

/** A classifier f beside its nearest-point classifier f̃. */
final class ProjectionColumn {
  /** Relative; distances are sums of float32 values. */
  private static final double ROUNDING = 1e-5;

  /** One sample. */
  private record Row(SampleResult plain, ProjectedSample projected) {
    double plain(Space space) {
      return plain.spaces().get(space).distanceIfKnown().orElse(Double.NaN);
    }

    double distance() {
      return projected.outcome().distanceIfKnown().orElse(Double.NaN);
    }

    double inversionResidual() {
      Inversion inversion = projected.inversion();
      return inversion == null ? Double.NaN : inversion.residual();
    }

    boolean violates() {
      return distance() < least(projected) * (1 - ROUNDING);
    }
  }

  private final NearestPointAttack attack;
  private final Map<Long, Row> byOrdinal = new LinkedHashMap<>();
  private double seconds;

  ProjectionColumn(NearestPointAttack attack) {
    this.attack = attack;
  }

  /** Attacks f̃ on the next batch. */
  void attack(LatentBatch batch, List<AttackedSample> attacked) {
    long started = System.nanoTime();
    List<ProjectedSample> projected = attack.attack(batch, attacked);
    seconds += (System.nanoTime() - started) / 1e9;
    for (int i = 0; i < attacked.size(); i++) {
      SampleResult plain = attacked.get(i).result();
      byOrdinal.put(plain.ordinal(), new Row(plain, projected.get(i)));
    }
  }

  /** Whether every batch failed. */
  boolean isEmpty() {
    return byOrdinal.isEmpty();
  }

  ProjectedSample get(long ordinal) {
    return byOrdinal.get(ordinal).projected();
  }

  /** What Theorem 2 says that r_unc(f̃) is at least; NaN if no perturbation was found. */
  static double least(ProjectedSample sample) {
    return NearestPoint.leastUnconstrained(sample.inDistribution(), sample.excess());
  }

  /**
   * For people, by title, of at least one sample; distances are medians divided by the mean norm of
   * images.
   */
  Map<String, String> cells() {
    Map<String, String> cells = new LinkedHashMap<>();
    cells.put("r_in", length(row -> row.plain(Space.IN_DISTRIBUTION)));
    cells.put("r_in, shorter if seen on the way", length(row -> row.projected.inDistribution()));
    cells.put("least r_unc projected, Theorem 2", length(row -> least(row.projected)));
    cells.put("r_unc projected", length(Row::distance));
    cells.put("r_unc", length(row -> row.plain(Space.UNCONSTRAINED)));
    double gain = median(row -> row.distance() / row.plain(Space.UNCONSTRAINED));
    cells.put("r_unc projected / r_unc", number(gain));
    long violations = byOrdinal.values().stream().filter(Row::violates).count();
    cells.put("samples below the least", violations + " of " + byOrdinal.size());
    cells.put("distance to x without knowing z", length(Row::inversionResidual));
    List<Inversion> inversions =
        byOrdinal.values().stream()
            .map(row -> row.projected.inversion())
            .filter(Objects::nonNull)
            .toList();
    long kept = inversions.stream().filter(Inversion::keepsLabel).count();
    cells.put("label kept there", kept + " of " + inversions.size());
    int disagreeing = inversions.stream().mapToInt(Inversion::disagreeing).sum();
    int starts = inversions.stream().mapToInt(Inversion::starts).sum();
    cells.put("starts that lead to another label", disagreeing + " of " + starts);
    cells.put("gradients a sample", mean(row -> row.projected.outcome().gradients()));
    cells.put("evaluations a sample", mean(row -> row.projected.outcome().forwards()));
    cells.put("seconds a sample", number(seconds / byOrdinal.size()));
    return cells;
  }

  private String length(ToDoubleFunction<Row> value) {
    double norm =
        byOrdinal.values().stream()
            .mapToDouble(row -> row.plain.imageNorm())
            .average()
            .orElseThrow();
    return number(median(value) / norm);
  }

  /** Of the samples where the value is known. */
  private double median(ToDoubleFunction<Row> value) {
    double[] ascending =
        byOrdinal.values().stream().mapToDouble(value).filter(Double::isFinite).sorted().toArray();
    int n = ascending.length;
    return n == 0 ? Double.NaN : (ascending[(n - 1) / 2] + ascending[n / 2]) / 2;
  }

  private String mean(ToIntFunction<Row> value) {
    return Long.toString(
        Math.round(byOrdinal.values().stream().mapToInt(value).average().orElseThrow()));
  }

  private static String number(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3g", value) : "–";
  }
}
