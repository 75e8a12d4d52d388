package org.robustnessgap.campaign.fold;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.DiagnosticFigure;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;

/** The metrics of attacks, for each classifier. */
final class AttackMetrics {
  private static final Metric LIMIT =
      Metric.gauge(
          "robustness_limit",
          "Limit on the quantile of the robustness of any classifier, normalised.",
          "campaign",
          "model",
          "space",
          "norm",
          "quantile",
          "kind");
  private static final Metric LIMIT_LOWER =
      Metric.gauge(
          "robustness_limit_ci_lower",
          "Lower end of the limit's 95 % interval.",
          "campaign",
          "model",
          "space",
          "norm",
          "quantile");
  private static final Metric LIMIT_UPPER =
      Metric.gauge(
          "robustness_limit_ci_upper",
          "Upper end of the limit's 95 % interval.",
          "campaign",
          "model",
          "space",
          "norm",
          "quantile");
  private static final Metric MEASURED =
      measured(
          "robustness_measured",
          "Measured quantile of the robustness, normalised if its norm is l2.");
  private static final Metric MEASURED_LOWER =
      measured(
          "robustness_measured_ci_lower", "Lower end of the measured quantile's 95 % interval.");
  private static final Metric MEASURED_UPPER =
      measured(
          "robustness_measured_ci_upper", "Upper end of the measured quantile's 95 % interval.");
  private static final Metric GAP =
      measured(
          "robustness_gap_ratio",
          "Limit over measurement; at least 1 where the theory holds, but for sampling.");
  private static final Metric GAP_LOWER =
      measured("robustness_gap_ratio_ci_lower", "Lower end of the gap ratio's interval.");
  private static final Metric GAP_UPPER =
      measured("robustness_gap_ratio_ci_upper", "Upper end of the gap ratio's interval.");
  private static final Metric SAMPLES =
      Metric.counter(
          "robustness_samples_total",
          "Samples answered, by outcome: found, not_found, failed.",
          "campaign",
          "model",
          "space",
          "outcome");
  private static final Metric SAMPLES_GENERATED =
      Metric.counter(
          "robustness_samples_generated_total",
          "Samples sent to the workers; = measured + given up + in flight.",
          "campaign",
          "model");
  private static final Metric SAMPLES_MEASURED =
      Metric.counter("robustness_samples_measured_total", "Samples answered.", "campaign", "model");
  private static final Metric SAMPLES_GIVEN_UP =
      Metric.gauge(
          "robustness_samples_given_up",
          "Samples of jobs that no worker could do; falls when one is answered after all.",
          "campaign",
          "model");
  private static final Metric SAMPLES_IN_FLIGHT =
      Metric.gauge(
          "robustness_samples_in_flight",
          "Samples sent and not yet answered.",
          "campaign",
          "model");
  private static final Metric ATTACK_SECONDS =
      Metric.counter(
          "robustness_attack_seconds_total",
          "Wall time that workers spent on answered jobs.",
          "campaign",
          "model");
  private static final Metric GRADIENTS =
      Metric.counter(
          "robustness_gradients_total",
          "Vector-Jacobian products spent on answered jobs.",
          "campaign",
          "model");
  private static final Metric FORWARDS =
      Metric.counter(
          "robustness_forwards_total",
          "Evaluations without a gradient spent on answered jobs.",
          "campaign",
          "model");
  private static final Metric DIAGNOSTIC =
      Metric.gauge(
          "robustness_diagnostic",
          "Quartile of a number that a diagnostic found of the samples in the figures shown.",
          "campaign",
          "model",
          "space",
          "norm",
          "attack",
          "name",
          "quantile");
  private static final Metric OTHER_PROVENANCE =
      Metric.gauge(
          "robustness_samples_of_other_provenance",
          "Samples answered by another plan than the figures shown, and not in them.",
          "campaign",
          "model");
  private static final Metric DIVERGENT_DUPLICATES =
      Metric.counter(
          "robustness_divergent_duplicates_total",
          "Results that contradict an earlier result of the same job.",
          "campaign",
          "model");
  private static final Metric SUSPICIOUS =
      Metric.gauge(
          "robustness_suspicious",
          "1 where figures may be false although nothing failed, by what looks wrong.",
          "campaign",
          "model",
          "kind");
  private static final Metric PIXEL_SPACE =
      Metric.gauge(
          "robustness_pixel_space_info",
          "Always 1; its label says what pixels are, which distances are of.",
          "campaign",
          "model",
          "pixels");
  private static final Metric PROVENANCE =
      Metric.gauge(
          "robustness_provenance_info",
          "Always 1; its labels say what the figures shown were made with.",
          "campaign",
          "model",
          "generator",
          "norm",
          "attack",
          "pixel_range",
          "engine");
  private static final Metric LAST_UPDATE =
      Metric.gauge(
          "robustness_last_update_timestamp_seconds",
          "When the newest message arrived that changed anything, in Unix time.",
          "campaign",
          "model");

  static final List<Metric> ALL =
      List.of(
          LIMIT,
          LIMIT_LOWER,
          LIMIT_UPPER,
          MEASURED,
          MEASURED_LOWER,
          MEASURED_UPPER,
          GAP,
          GAP_LOWER,
          GAP_UPPER,
          SAMPLES,
          SAMPLES_GENERATED,
          SAMPLES_MEASURED,
          SAMPLES_GIVEN_UP,
          SAMPLES_IN_FLIGHT,
          ATTACK_SECONDS,
          GRADIENTS,
          FORWARDS,
          DIAGNOSTIC,
          OTHER_PROVENANCE,
          DIVERGENT_DUPLICATES,
          SUSPICIOUS,
          PIXEL_SPACE,
          PROVENANCE,
          LAST_UPDATE);

  private AttackMetrics() {}

  /** Of a measured quantile. */
  private static Metric measured(String name, String help) {
    return Metric.gauge(name, help, "campaign", "model", "space", "norm", "attack", "quantile");
  }

  /**
   * @param gap null before the first job
   */
  static void report(StreamId id, SubjectState state, @Nullable RobustnessGap gap, Series series) {
    if (gap != null) {
      figures(series, id, gap);
    }
    counts(series, id, state);
  }

  private static void figures(Series series, StreamId id, RobustnessGap gap) {
    series.add(PIXEL_SPACE, 1, id.campaign(), id.classifier(), PixelSpace.text(gap.pixels()));
    series.add(
        PROVENANCE,
        1,
        MetricLabels.provenance(
            gap.provenance(),
            Provenance.norm(gap.provenance(), Space.UNCONSTRAINED),
            gap.engines(),
            id.campaign(),
            id.classifier()));
    series.add(
        OTHER_PROVENANCE,
        gap.ofOtherProvenance() == null ? 0 : gap.ofOtherProvenance(),
        id.campaign(),
        id.classifier());
    gap.suspicions().stream()
        .map(suspicion -> suspicion.kind().label())
        .distinct()
        .forEach(kind -> series.add(SUSPICIOUS, 1, id.campaign(), id.classifier(), kind));
    gap.diagnostics().forEach(figure -> diagnostic(series, id, gap.provenance(), figure));
    String attack = Provenance.algorithm(gap.provenance());
    gap.spaces()
        .forEach(
            (space, figures) ->
                figures.quantiles().stream()
                    .limit(MetricLabels.MOST_QUANTILES)
                    .forEach(quantile -> figures(series, id, space, attack, figures, quantile)));
  }

  private static void figures(
      Series series, StreamId id, Space space, String attack, SpaceGap figures, QuantileGap at) {
    String norm = MetricLabels.norm(figures.norm());
    String quantile = Double.toString(at.quantile());
    String[] limit = {id.campaign(), id.classifier(), space.label(), norm, quantile};
    String[] measured = {id.campaign(), id.classifier(), space.label(), norm, attack, quantile};
    if (figures.kind() != null) {
      series.addKnown(LIMIT, at.limit(), MetricLabels.with(limit, figures.kind().label()));
    }
    series.addKnown(LIMIT_LOWER, at.limitLower(), limit);
    series.addKnown(LIMIT_UPPER, at.limitUpper(), limit);
    series.addKnown(MEASURED, at.measured(), measured);
    series.addKnown(MEASURED_LOWER, at.measuredLower(), measured);
    series.addKnown(MEASURED_UPPER, at.measuredUpper(), measured);
    series.addKnown(GAP, at.gapRatio(), measured);
    series.addKnown(GAP_LOWER, at.gapLower(), measured);
    series.addKnown(GAP_UPPER, at.gapUpper(), measured);
  }

  private static void counts(Series series, StreamId id, SubjectState stream) {
    Counts total = stream.total();
    String[] labels = {id.campaign(), id.classifier()};
    total
        .outcomes()
        .forEach(
            (space, outcomes) -> {
              outcome(series, id, space, "found", outcomes.found());
              outcome(series, id, space, "not_found", outcomes.notFound());
              outcome(series, id, space, "failed", outcomes.failed());
            });
    series.add(SAMPLES_GENERATED, total.generated(), labels);
    series.add(SAMPLES_MEASURED, total.measured(), labels);
    series.add(SAMPLES_GIVEN_UP, total.failed(), labels);
    series.add(SAMPLES_IN_FLIGHT, total.inFlight(), labels);
    series.add(ATTACK_SECONDS, total.attackMicros() / 1e6, labels);
    series.add(GRADIENTS, total.gradients(), labels);
    series.add(FORWARDS, total.forwards(), labels);
    series.add(DIVERGENT_DUPLICATES, stream.divergentDuplicates(), labels);
    series.add(LAST_UPDATE, stream.updated() / 1e3, labels);
  }

  private static void diagnostic(
      Series series, StreamId id, @Nullable Provenance provenance, DiagnosticFigure figure) {
    String[] labels = {
      id.campaign(),
      id.classifier(),
      figure.space().label(),
      MetricLabels.norm(Provenance.norm(provenance, figure.space())),
      Provenance.algorithm(provenance),
      figure.name()
    };
    series.add(DIAGNOSTIC, figure.lowerQuartile(), MetricLabels.with(labels, "0.25"));
    series.add(DIAGNOSTIC, figure.median(), MetricLabels.with(labels, "0.5"));
    series.add(DIAGNOSTIC, figure.upperQuartile(), MetricLabels.with(labels, "0.75"));
  }

  private static void outcome(
      Series series, StreamId id, Space space, String outcome, long samples) {
    series.add(SAMPLES, samples, id.campaign(), id.classifier(), space.label(), outcome);
  }
}
