package org.robustnessgap.campaign.fold;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.LabelCount;
import org.robustnessgap.messages.MeasuredQuantile;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TheoreticalLimits;

/** The metrics of the mix of labels in a window, of its most frequent ones. */
final class LabelMetrics {
  /** Labels with series of their own; the others are one. */
  private static final int SHOWN = 8;

  private static final String OTHERS = "other";

  private static final Metric SAMPLES =
      Metric.gauge(
          "robustness_label_samples",
          "Samples in the figures shown by the label that the classifier gives them: the mix of"
              + " classes; the eight most frequent, and other.",
          "campaign",
          "model",
          "label");
  private static final Metric MEASURED =
      Metric.gauge(
          "robustness_label_measured",
          "Measured quantile of the unconstrained robustness of the samples of a label, at the"
              + " campaign's quantile nearest to 0.5.",
          "campaign",
          "model",
          "norm",
          "attack",
          "label",
          "quantile");
  private static final Metric DRIFT =
      Metric.gauge(
          "robustness_label_drift",
          "Total variation distance, from 0 to 1, of the mix of labels in the figures shown from"
              + " that of all samples of the campaign so far.",
          "campaign",
          "model");

  static final List<Metric> ALL = List.of(SAMPLES, MEASURED, DRIFT);

  private LabelMetrics() {}

  /**
   * @param limits whose labels are those of all samples; null while unknown
   */
  static void report(
      Series series, StreamId id, RobustnessGap gap, @Nullable TheoreticalLimits limits) {
    List<LabelCount> labels =
        gap.labels().stream()
            .filter(label -> label.label() >= 0)
            .sorted(Comparator.comparingLong(LabelCount::samples).reversed())
            .toList();
    String norm = MetricLabels.norm(Provenance.norm(gap.provenance(), Space.UNCONSTRAINED));
    String attack = Provenance.algorithm(gap.provenance());
    for (LabelCount label : labels.subList(0, Math.min(SHOWN, labels.size()))) {
      String name = Integer.toString(label.label());
      series.add(SAMPLES, label.samples(), id.campaign(), id.classifier(), name);
      label.unconstrained().stream()
          .min(Comparator.comparingDouble(at -> Math.abs(at.quantile() - 0.5)))
          .ifPresent(at -> measured(series, id, norm, attack, name, at));
    }
    long others = labels.stream().skip(SHOWN).mapToLong(LabelCount::samples).sum();
    if (others > 0) {
      series.add(SAMPLES, others, id.campaign(), id.classifier(), OTHERS);
    }
    if (limits != null && !labels.isEmpty()) {
      series.add(DRIFT, drift(labels, limits.classCounts()), id.campaign(), id.classifier());
    }
  }

  private static void measured(
      Series series, StreamId id, String norm, String attack, String label, MeasuredQuantile at) {
    series.addKnown(
        MEASURED,
        at.measured(),
        id.campaign(),
        id.classifier(),
        norm,
        attack,
        label,
        Double.toString(at.quantile()));
  }

  /** ½ Σ_i |q_i − m_i|. */
  static double drift(List<LabelCount> labels, List<Long> all) {
    double samples = labels.stream().mapToLong(LabelCount::samples).sum();
    double total = all.stream().mapToLong(Long::longValue).sum();
    Map<Integer, Long> window = new HashMap<>();
    labels.forEach(label -> window.put(label.label(), label.samples()));
    double sum = 0;
    for (int label = 0; label < all.size(); label++) {
      sum += Math.abs(window.getOrDefault(label, 0L) / samples - all.get(label) / total);
    }
    return Math.min(1, sum / 2);
  }
}
