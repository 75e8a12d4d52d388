package org.robustnessgap.aggregator.service;

import io.prometheus.metrics.model.registry.MetricType;
import java.util.List;

/** The catalogue of the aggregator's metrics; docs/reference/metrics.md is written from it. */
enum Metric {
  LIMIT(
      MetricType.GAUGE,
      "robustness_limit",
      "Limit on the quantile of the robustness of any classifier, normalised.",
      "campaign",
      "model",
      "space",
      "norm",
      "quantile",
      "kind"),
  LIMIT_LOWER(
      MetricType.GAUGE,
      "robustness_limit_ci_lower",
      "Lower end of the limit's 95 % interval.",
      "campaign",
      "model",
      "space",
      "norm",
      "quantile"),
  LIMIT_UPPER(
      MetricType.GAUGE,
      "robustness_limit_ci_upper",
      "Upper end of the limit's 95 % interval.",
      "campaign",
      "model",
      "space",
      "norm",
      "quantile"),
  MEASURED(
      "robustness_measured", "Measured quantile of the robustness, normalised if its norm is l2."),
  MEASURED_LOWER(
      "robustness_measured_ci_lower", "Lower end of the measured quantile's 95 % interval."),
  MEASURED_UPPER(
      "robustness_measured_ci_upper", "Upper end of the measured quantile's 95 % interval."),
  GAP("robustness_gap_ratio", "Limit over measurement; at least 1 where the theory holds."),
  GAP_LOWER("robustness_gap_ratio_ci_lower", "Lower end of the gap ratio's interval."),
  GAP_UPPER("robustness_gap_ratio_ci_upper", "Upper end of the gap ratio's interval."),
  SAMPLES(
      MetricType.COUNTER,
      "robustness_samples_total",
      "Samples answered, by outcome: found, not_found, failed.",
      "campaign",
      "model",
      "space",
      "outcome"),
  SAMPLES_GENERATED(
      MetricType.COUNTER,
      "robustness_samples_generated_total",
      "Samples sent to the workers; = measured + given up + in flight.",
      "campaign",
      "model"),
  SAMPLES_MEASURED(
      MetricType.COUNTER,
      "robustness_samples_measured_total",
      "Samples answered.",
      "campaign",
      "model"),
  SAMPLES_GIVEN_UP(
      MetricType.GAUGE,
      "robustness_samples_given_up",
      "Samples of jobs that no worker could do; falls when one is answered after all.",
      "campaign",
      "model"),
  SAMPLES_IN_FLIGHT(
      MetricType.GAUGE,
      "robustness_samples_in_flight",
      "Samples sent and not yet answered.",
      "campaign",
      "model"),
  ATTACK_SECONDS(
      MetricType.COUNTER,
      "robustness_attack_seconds_total",
      "Wall time that workers spent on answered jobs.",
      "campaign",
      "model"),
  GRADIENTS(
      MetricType.COUNTER,
      "robustness_gradients_total",
      "Vector-Jacobian products spent on answered jobs.",
      "campaign",
      "model"),
  FORWARDS(
      MetricType.COUNTER,
      "robustness_forwards_total",
      "Evaluations without a gradient spent on answered jobs.",
      "campaign",
      "model"),
  KKT_RESIDUAL(
      MetricType.GAUGE,
      "robustness_kkt_residual",
      "Mean KKT residual of the perturbations in the figures shown: 0 where each is locally minimal.",
      "campaign",
      "model",
      "space",
      "norm",
      "attack"),
  OTHER_PROVENANCE(
      MetricType.GAUGE,
      "robustness_samples_of_other_provenance",
      "Samples answered by another plan than the figures shown, and not in them.",
      "campaign",
      "model"),
  DIVERGENT_DUPLICATES(
      MetricType.COUNTER,
      "robustness_divergent_duplicates_total",
      "Results that contradict an earlier result of the same job.",
      "campaign",
      "model"),
  SUSPICIOUS(
      MetricType.GAUGE,
      "robustness_suspicious",
      "1 where figures may be false although nothing failed, by what looks wrong.",
      "campaign",
      "model",
      "kind"),
  PIXEL_SPACE(
      MetricType.GAUGE,
      "robustness_pixel_space_info",
      "Always 1; its label says what pixels are, which distances are of.",
      "campaign",
      "model",
      "pixels"),
  PROVENANCE(
      MetricType.GAUGE,
      "robustness_provenance_info",
      "Always 1; its labels say what the figures shown were made with.",
      "campaign",
      "model",
      "generator",
      "norm",
      "attack",
      "pixel_range",
      "engine"),
  LAST_UPDATE(
      MetricType.GAUGE,
      "robustness_last_update_timestamp_seconds",
      "When the newest message arrived that changed anything, in Unix time.",
      "campaign",
      "model"),
  TRANSFER_LIMIT(
      MetricType.GAUGE,
      "robustness_transfer_limit",
      "Limit on the quantile of the smallest perturbation that fools both classifiers, normalised.",
      "campaign",
      "first",
      "second",
      "space",
      "norm",
      "quantile",
      "kind"),
  TRANSFER_MEASURED(
      MetricType.GAUGE,
      "robustness_transfer_measured",
      "Measured quantile of the smallest perturbation that fools both classifiers, normalised.",
      "campaign",
      "first",
      "second",
      "space",
      "norm",
      "attack",
      "quantile"),
  TRANSFER_GAP_UPPER(
      MetricType.GAUGE,
      "robustness_transfer_gap_ratio_ci_upper",
      "Upper end of the interval of limit over measurement for a pair.",
      "campaign",
      "first",
      "second",
      "space",
      "norm",
      "attack",
      "quantile"),
  TRANSFER_RATE(
      MetricType.GAUGE,
      "robustness_transfer_rate",
      "Share of the first classifier's own smallest perturbations that fool the second.",
      "campaign",
      "first",
      "second",
      "space",
      "norm",
      "attack"),
  TRANSFER_PROVENANCE(
      MetricType.GAUGE,
      "robustness_transfer_provenance_info",
      "Always 1; its labels say what the figures of a pair were made with.",
      "campaign",
      "first",
      "second",
      "generator",
      "norm",
      "attack",
      "pixel_range",
      "engine"),
  TRANSFER_OTHER_PROVENANCE(
      MetricType.GAUGE,
      "robustness_transfer_samples_of_other_provenance",
      "Samples answered by another plan than the figures of the pair, and not in them.",
      "campaign",
      "first",
      "second"),
  DISAGREEMENT(
      MetricType.GAUGE,
      "robustness_disagreement",
      "Share of the samples that two classifiers label differently.",
      "campaign",
      "first",
      "second"),
  DISAGREEMENT_LOWER(
      MetricType.GAUGE,
      "robustness_disagreement_ci_lower",
      "Lower end of its 95 % interval.",
      "campaign",
      "first",
      "second"),
  DISAGREEMENT_UPPER(
      MetricType.GAUGE,
      "robustness_disagreement_ci_upper",
      "Upper end of its 95 % interval.",
      "campaign",
      "first",
      "second"),
  TRANSFER_GENERATED(
      MetricType.COUNTER,
      "robustness_transfer_samples_generated_total",
      "Samples sent for a pair; = measured + given up + in flight.",
      "campaign",
      "first",
      "second"),
  TRANSFER_SAMPLES_MEASURED(
      MetricType.COUNTER,
      "robustness_transfer_samples_measured_total",
      "Samples answered for a pair.",
      "campaign",
      "first",
      "second"),
  TRANSFER_GIVEN_UP(
      MetricType.GAUGE,
      "robustness_transfer_samples_given_up",
      "Samples of a pair's jobs that no worker could do; falls when one is answered after all.",
      "campaign",
      "first",
      "second"),
  TRANSFER_IN_FLIGHT(
      MetricType.GAUGE,
      "robustness_transfer_samples_in_flight",
      "Samples sent for a pair and not yet answered.",
      "campaign",
      "first",
      "second"),
  TRANSFER_DIVERGENT_DUPLICATES(
      MetricType.COUNTER,
      "robustness_transfer_divergent_duplicates_total",
      "Results that contradict an earlier result of the same transfer job.",
      "campaign",
      "first",
      "second"),
  JOB_FAILURES(
      MetricType.COUNTER,
      "robustness_job_failures_total",
      "Jobs given up, by kind: attack, smoothness, transfer.",
      "campaign",
      "kind"),
  REFUSED_RECORDS(
      MetricType.COUNTER,
      "robustness_refused_records_total",
      "Records that the aggregator could not read.",
      "topic"),
  CONSUMER_LAG(
      MetricType.GAUGE,
      "robustness_consumer_lag_records",
      "Records that the aggregator has not read yet.",
      "topic");

  private final MetricType type;
  private final String metricName;
  private final String help;
  private final List<String> labels;

  /** A measured figure at a quantile. */
  Metric(String metricName, String help) {
    this(
        MetricType.GAUGE,
        metricName,
        help,
        "campaign",
        "model",
        "space",
        "norm",
        "attack",
        "quantile");
  }

  Metric(MetricType type, String metricName, String help, String... labels) {
    this.type = type;
    this.metricName = metricName;
    this.help = help;
    this.labels = List.of(labels);
  }

  MetricType type() {
    return type;
  }

  /** The name in a scrape, with {@code _total}. */
  String metricName() {
    return metricName;
  }

  String help() {
    return help;
  }

  List<String> labels() {
    return labels;
  }
}
