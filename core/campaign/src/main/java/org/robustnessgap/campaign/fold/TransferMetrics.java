package org.robustnessgap.campaign.fold;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.TransferGap.SpaceTransfer;

/** The metrics of transfer, for each pair of classifiers. */
final class TransferMetrics {
  private static final Metric TRANSFER_LIMIT =
      Metric.gauge(
          "robustness_transfer_limit",
          "Limit on the quantile of the smallest perturbation that fools both classifiers, normalised.",
          "campaign",
          "first",
          "second",
          "space",
          "norm",
          "quantile",
          "kind");
  private static final Metric TRANSFER_MEASURED =
      Metric.gauge(
          "robustness_transfer_measured",
          "Measured quantile of the smallest perturbation that fools both classifiers, normalised.",
          "campaign",
          "first",
          "second",
          "space",
          "norm",
          "attack",
          "quantile");
  private static final Metric TRANSFER_GAP_UPPER =
      Metric.gauge(
          "robustness_transfer_gap_ratio_ci_upper",
          "Upper end of the interval of limit over measurement for a pair.",
          "campaign",
          "first",
          "second",
          "space",
          "norm",
          "attack",
          "quantile");
  private static final Metric TRANSFER_RATE =
      Metric.gauge(
          "robustness_transfer_rate",
          "Share of the first classifier's own smallest perturbations that fool the second.",
          "campaign",
          "first",
          "second",
          "space",
          "norm",
          "attack");
  private static final Metric TRANSFER_PROVENANCE =
      Metric.gauge(
          "robustness_transfer_provenance_info",
          "Always 1; its labels say what the figures of a pair were made with.",
          "campaign",
          "first",
          "second",
          "generator",
          "norm",
          "attack",
          "pixel_range",
          "engine");
  private static final Metric TRANSFER_OTHER_PROVENANCE =
      Metric.gauge(
          "robustness_transfer_samples_of_other_provenance",
          "Samples answered by another plan than the figures of the pair, and not in them.",
          "campaign",
          "first",
          "second");
  private static final Metric DISAGREEMENT =
      Metric.gauge(
          "robustness_disagreement",
          "Share of the samples that two classifiers label differently.",
          "campaign",
          "first",
          "second");
  private static final Metric DISAGREEMENT_LOWER =
      Metric.gauge(
          "robustness_disagreement_ci_lower",
          "Lower end of its 95 % interval.",
          "campaign",
          "first",
          "second");
  private static final Metric DISAGREEMENT_UPPER =
      Metric.gauge(
          "robustness_disagreement_ci_upper",
          "Upper end of its 95 % interval.",
          "campaign",
          "first",
          "second");
  private static final Metric TRANSFER_GENERATED =
      Metric.counter(
          "robustness_transfer_samples_generated_total",
          "Samples sent for a pair; = measured + given up + in flight.",
          "campaign",
          "first",
          "second");
  private static final Metric TRANSFER_SAMPLES_MEASURED =
      Metric.counter(
          "robustness_transfer_samples_measured_total",
          "Samples answered for a pair.",
          "campaign",
          "first",
          "second");
  private static final Metric TRANSFER_GIVEN_UP =
      Metric.gauge(
          "robustness_transfer_samples_given_up",
          "Samples of a pair's jobs that no worker could do; falls when one is answered after all.",
          "campaign",
          "first",
          "second");
  private static final Metric TRANSFER_IN_FLIGHT =
      Metric.gauge(
          "robustness_transfer_samples_in_flight",
          "Samples sent for a pair and not yet answered.",
          "campaign",
          "first",
          "second");
  private static final Metric TRANSFER_DIVERGENT_DUPLICATES =
      Metric.counter(
          "robustness_transfer_divergent_duplicates_total",
          "Results that contradict an earlier result of the same transfer job.",
          "campaign",
          "first",
          "second");

  static final List<Metric> ALL =
      List.of(
          TRANSFER_LIMIT,
          TRANSFER_MEASURED,
          TRANSFER_GAP_UPPER,
          TRANSFER_RATE,
          TRANSFER_PROVENANCE,
          TRANSFER_OTHER_PROVENANCE,
          DISAGREEMENT,
          DISAGREEMENT_LOWER,
          DISAGREEMENT_UPPER,
          TRANSFER_GENERATED,
          TRANSFER_SAMPLES_MEASURED,
          TRANSFER_GIVEN_UP,
          TRANSFER_IN_FLIGHT,
          TRANSFER_DIVERGENT_DUPLICATES);

  private TransferMetrics() {}

  /**
   * @param gap null before the first job
   */
  static void report(PairId id, SubjectState state, @Nullable TransferGap gap, Series series) {
    if (gap != null) {
      transfer(series, id, gap);
    }
    series.add(
        TRANSFER_DIVERGENT_DUPLICATES,
        state.divergentDuplicates(),
        id.campaign(),
        id.first(),
        id.second());
  }

  private static void transfer(Series series, PairId id, TransferGap gap) {
    String[] labels = {id.campaign(), id.first(), id.second()};
    String attack = Provenance.algorithm(gap.provenance());
    gap.spaces().forEach((space, figures) -> transfer(series, id, space, attack, figures));
    series.add(
        TRANSFER_PROVENANCE,
        1,
        MetricLabels.provenance(
            gap.provenance(), Norm.L2, gap.engines(), id.campaign(), id.first(), id.second()));
    series.add(
        TRANSFER_OTHER_PROVENANCE,
        gap.ofOtherProvenance() == null ? 0 : gap.ofOtherProvenance(),
        labels);
    if (gap.disagreement() != null) {
      series.add(DISAGREEMENT, gap.disagreement().observed(), labels);
      series.add(DISAGREEMENT_LOWER, gap.disagreement().lower(), labels);
      series.add(DISAGREEMENT_UPPER, gap.disagreement().upper(), labels);
    }
    series.add(TRANSFER_GENERATED, gap.generated(), labels);
    series.add(TRANSFER_SAMPLES_MEASURED, gap.measured(), labels);
    series.add(TRANSFER_GIVEN_UP, gap.failed(), labels);
    series.add(TRANSFER_IN_FLIGHT, gap.inFlight(), labels);
  }

  private static void transfer(
      Series series, PairId id, Space space, String attack, SpaceTransfer figures) {
    SpaceGap both = figures.both();
    String norm = MetricLabels.norm(both.norm());
    String where = space.label();
    String[] there = {id.campaign(), id.first(), id.second(), where, norm, attack};
    String[] back = {id.campaign(), id.second(), id.first(), where, norm, attack};
    rate(series, figures.firstOnSecond(), there);
    rate(series, figures.secondOnFirst(), back);
    both.quantiles().stream()
        .limit(MetricLabels.MOST_QUANTILES)
        .forEach(
            at -> {
              String quantile = Double.toString(at.quantile());
              if (both.kind() != null) {
                series.addKnown(
                    TRANSFER_LIMIT,
                    at.limit(),
                    id.campaign(),
                    id.first(),
                    id.second(),
                    where,
                    norm,
                    quantile,
                    both.kind().label());
              }
              series.addKnown(TRANSFER_MEASURED, at.measured(), MetricLabels.with(there, quantile));
              series.addKnown(
                  TRANSFER_GAP_UPPER, at.gapUpper(), MetricLabels.with(there, quantile));
            });
  }

  private static void rate(Series series, TransferGap.Rate rate, String... labels) {
    if (rate.tried() > 0) {
      series.add(TRANSFER_RATE, (double) rate.fooled() / rate.tried(), labels);
    }
  }
}
