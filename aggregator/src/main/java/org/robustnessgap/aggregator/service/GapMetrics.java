package org.robustnessgap.aggregator.service;

import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.robustnessgap.campaign.fold.Counts;
import org.robustnessgap.campaign.fold.Figure;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.campaign.fold.StreamState;
import org.robustnessgap.campaign.fold.WindowState;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.TransferGap.SpaceTransfer;

/**
 * The aggregator's metrics. Nothing is counted here: every scrape reads one committed state, so its
 * numbers agree with each other and survive restarts.
 */
final class GapMetrics implements MultiCollector {
  /** More would exceed the 250 series that one model may have. */
  static final int MOST_QUANTILES = 7;

  private final LatestSnapshot latest;

  GapMetrics(LatestSnapshot latest) {
    this.latest = latest;
  }

  @Override
  public MetricSnapshots collect() {
    Snapshot snapshot = latest.get();
    Series series = new Series();
    snapshot.gaps().forEach((id, gap) -> figures(series, id, gap));
    State state = snapshot.state();
    state.streams().forEach((id, stream) -> counts(series, id, stream));
    snapshot.transfers().forEach((id, gap) -> transfer(series, id, gap));
    state
        .pairs()
        .forEach(
            (id, pair) ->
                series.add(
                    Metric.TRANSFER_DIVERGENT_DUPLICATES,
                    pair.divergentDuplicates(),
                    id.campaign(),
                    id.first(),
                    id.second()));
    failures(series, state);
    state
        .refusals()
        .unreadable()
        .forEach((topic, count) -> series.add(Metric.REFUSED_RECORDS, count, topic));
    snapshot.lag().forEach((topic, lag) -> series.add(Metric.CONSUMER_LAG, lag, topic));
    return series.snapshots();
  }

  private static void figures(Series series, StreamId id, RobustnessGap gap) {
    series.add(
        Metric.PIXEL_SPACE, 1, id.campaign(), id.classifier(), PixelSpace.text(gap.pixels()));
    series.add(
        Metric.PROVENANCE,
        1,
        provenance(
            gap.provenance(),
            Provenance.norm(gap.provenance(), Space.UNCONSTRAINED),
            gap.engines(),
            id.campaign(),
            id.classifier()));
    series.add(
        Metric.OTHER_PROVENANCE,
        gap.ofOtherProvenance() == null ? 0 : gap.ofOtherProvenance(),
        id.campaign(),
        id.classifier());
    gap.suspicions().stream()
        .map(suspicion -> suspicion.kind().label())
        .distinct()
        .forEach(kind -> series.add(Metric.SUSPICIOUS, 1, id.campaign(), id.classifier(), kind));
    String attack = Provenance.algorithm(gap.provenance());
    gap.spaces()
        .forEach(
            (space, figures) ->
                figures.quantiles().stream()
                    .limit(MOST_QUANTILES)
                    .forEach(quantile -> figures(series, id, space, attack, figures, quantile)));
  }

  /** Label values of an info metric, after those that say whose. */
  private static String[] provenance(
      Provenance provenance, Norm norm, List<String> engines, String... whose) {
    AttackPlan attack = provenance == null ? null : provenance.attack();
    List<String> labels = new ArrayList<>(List.of(whose));
    labels.add(provenance == null ? Provenance.UNKNOWN : provenance.generator());
    labels.add(norm(norm));
    labels.add(Provenance.algorithm(provenance));
    labels.add(
        attack == null
            ? Provenance.UNKNOWN
            : attack.pixelRange() == null ? "none" : attack.pixelRange().describe());
    labels.add(engines.isEmpty() ? Provenance.UNKNOWN : String.join(",", engines));
    return labels.toArray(String[]::new);
  }

  private static String norm(Norm norm) {
    return norm == null ? Provenance.UNKNOWN : norm.label();
  }

  private static void figures(
      Series series, StreamId id, Space space, String attack, SpaceGap figures, QuantileGap at) {
    String norm = norm(figures.norm());
    String quantile = Double.toString(at.quantile());
    String[] limit = {id.campaign(), id.classifier(), space.label(), norm, quantile};
    String[] measured = {id.campaign(), id.classifier(), space.label(), norm, attack, quantile};
    if (figures.kind() != null) {
      series.addKnown(Metric.LIMIT, at.limit(), with(limit, figures.kind().label()));
    }
    series.addKnown(Metric.LIMIT_LOWER, at.limitLower(), limit);
    series.addKnown(Metric.LIMIT_UPPER, at.limitUpper(), limit);
    series.addKnown(Metric.MEASURED, at.measured(), measured);
    series.addKnown(Metric.MEASURED_LOWER, at.measuredLower(), measured);
    series.addKnown(Metric.MEASURED_UPPER, at.measuredUpper(), measured);
    series.addKnown(Metric.GAP, at.gapRatio(), measured);
    series.addKnown(Metric.GAP_LOWER, at.gapLower(), measured);
    series.addKnown(Metric.GAP_UPPER, at.gapUpper(), measured);
  }

  private static String[] with(String[] labels, String last) {
    String[] more = Arrays.copyOf(labels, labels.length + 1);
    more[labels.length] = last;
    return more;
  }

  private static void counts(Series series, StreamId id, StreamState stream) {
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
    stream.shown().flatMap(WindowState::shown).ifPresent(figure -> residuals(series, id, figure));
    series.add(Metric.SAMPLES_GENERATED, total.generated(), labels);
    series.add(Metric.SAMPLES_MEASURED, total.measured(), labels);
    series.add(Metric.SAMPLES_GIVEN_UP, total.failed(), labels);
    series.add(Metric.SAMPLES_IN_FLIGHT, total.inFlight(), labels);
    series.add(Metric.ATTACK_SECONDS, total.attackMicros() / 1e6, labels);
    series.add(Metric.GRADIENTS, total.gradients(), labels);
    series.add(Metric.FORWARDS, total.forwards(), labels);
    series.add(Metric.DIVERGENT_DUPLICATES, stream.divergentDuplicates(), labels);
    series.add(Metric.LAST_UPDATE, stream.updated() / 1e3, labels);
  }

  private static void residuals(Series series, StreamId id, Figure figure) {
    figure
        .outcomes()
        .forEach(
            (space, outcomes) ->
                outcomes
                    .meanKktResidual()
                    .ifPresent(
                        mean ->
                            series.add(
                                Metric.KKT_RESIDUAL,
                                mean,
                                id.campaign(),
                                id.classifier(),
                                space.label(),
                                norm(Provenance.norm(figure.provenance(), space)),
                                Provenance.algorithm(figure.provenance()))));
  }

  private static void outcome(
      Series series, StreamId id, Space space, String outcome, long samples) {
    series.add(Metric.SAMPLES, samples, id.campaign(), id.classifier(), space.label(), outcome);
  }

  private static void transfer(Series series, PairId id, TransferGap gap) {
    String[] labels = {id.campaign(), id.first(), id.second()};
    String attack = Provenance.algorithm(gap.provenance());
    gap.spaces().forEach((space, figures) -> transfer(series, id, space, attack, figures));
    series.add(
        Metric.TRANSFER_PROVENANCE,
        1,
        provenance(
            gap.provenance(), Norm.L2, gap.engines(), id.campaign(), id.first(), id.second()));
    series.add(
        Metric.TRANSFER_OTHER_PROVENANCE,
        gap.ofOtherProvenance() == null ? 0 : gap.ofOtherProvenance(),
        labels);
    if (gap.disagreement() != null) {
      series.add(Metric.DISAGREEMENT, gap.disagreement().observed(), labels);
      series.add(Metric.DISAGREEMENT_LOWER, gap.disagreement().lower(), labels);
      series.add(Metric.DISAGREEMENT_UPPER, gap.disagreement().upper(), labels);
    }
    series.add(Metric.TRANSFER_GENERATED, gap.generated(), labels);
    series.add(Metric.TRANSFER_SAMPLES_MEASURED, gap.measured(), labels);
    series.add(Metric.TRANSFER_GIVEN_UP, gap.failed(), labels);
    series.add(Metric.TRANSFER_IN_FLIGHT, gap.inFlight(), labels);
  }

  private static void transfer(
      Series series, PairId id, Space space, String attack, SpaceTransfer figures) {
    SpaceGap both = figures.both();
    String norm = norm(both.norm());
    String where = space.label();
    String[] there = {id.campaign(), id.first(), id.second(), where, norm, attack};
    String[] back = {id.campaign(), id.second(), id.first(), where, norm, attack};
    rate(series, figures.firstOnSecond(), there);
    rate(series, figures.secondOnFirst(), back);
    both.quantiles().stream()
        .limit(MOST_QUANTILES)
        .forEach(
            at -> {
              String quantile = Double.toString(at.quantile());
              if (both.kind() != null) {
                series.addKnown(
                    Metric.TRANSFER_LIMIT,
                    at.limit(),
                    id.campaign(),
                    id.first(),
                    id.second(),
                    where,
                    norm,
                    quantile,
                    both.kind().label());
              }
              series.addKnown(Metric.TRANSFER_MEASURED, at.measured(), with(there, quantile));
              series.addKnown(Metric.TRANSFER_GAP_UPPER, at.gapUpper(), with(there, quantile));
            });
  }

  private static void rate(Series series, TransferGap.Rate rate, String... labels) {
    if (rate.tried() > 0) {
      series.add(Metric.TRANSFER_RATE, (double) rate.fooled() / rate.tried(), labels);
    }
  }

  private static void failures(Series series, State state) {
    Map<String, Long> attacks = new TreeMap<>();
    state
        .streams()
        .forEach((id, stream) -> attacks.merge(id.campaign(), stream.givenUpJobs(), Long::sum));
    attacks.forEach((campaign, jobs) -> series.add(Metric.JOB_FAILURES, jobs, campaign, "attack"));
    Map<String, Long> transfers = new TreeMap<>();
    state
        .pairs()
        .forEach((id, pair) -> transfers.merge(id.campaign(), pair.givenUpJobs(), Long::sum));
    transfers.forEach(
        (campaign, jobs) -> series.add(Metric.JOB_FAILURES, jobs, campaign, "transfer"));
    state
        .campaigns()
        .forEach(
            (campaign, failures) ->
                series.add(
                    Metric.JOB_FAILURES,
                    failures.smoothnessGivenUp().size(),
                    campaign,
                    "smoothness"));
  }

  @Override
  public List<MetricFamilyDescriptor> getMetricFamilyDescriptors() {
    return Arrays.stream(Metric.values())
        .map(
            metric ->
                MetricFamilyDescriptor.of(
                    metric.type(),
                    new MetricMetadata(baseName(metric), metric.help()),
                    metric.labels()))
        .toList();
  }

  /** The library adds {@code _total} to counters itself. */
  private static String baseName(Metric metric) {
    return metric.type() == MetricType.COUNTER
        ? metric.metricName().replaceFirst("_total$", "")
        : metric.metricName();
  }

  /** The data points of one scrape. */
  private static final class Series {
    private final Map<Metric, CounterSnapshot.Builder> counters = new EnumMap<>(Metric.class);
    private final Map<Metric, GaugeSnapshot.Builder> gauges = new EnumMap<>(Metric.class);

    void addKnown(Metric metric, Double value, String... labelValues) {
      if (value != null) {
        add(metric, value, labelValues);
      }
    }

    void add(Metric metric, double value, String... labelValues) {
      Labels labels = Labels.of(metric.labels(), List.of(labelValues));
      if (metric.type() == MetricType.COUNTER) {
        counters
            .computeIfAbsent(
                metric, m -> CounterSnapshot.builder().name(baseName(m)).help(m.help()))
            .dataPoint(CounterDataPointSnapshot.builder().value(value).labels(labels).build());
      } else {
        gauges
            .computeIfAbsent(metric, m -> GaugeSnapshot.builder().name(baseName(m)).help(m.help()))
            .dataPoint(GaugeDataPointSnapshot.builder().value(value).labels(labels).build());
      }
    }

    MetricSnapshots snapshots() {
      MetricSnapshots.Builder all = MetricSnapshots.builder();
      counters.values().forEach(builder -> all.metricSnapshot(builder.build()));
      gauges.values().forEach(builder -> all.metricSnapshot(builder.build()));
      return all.build();
    }
  }
}
