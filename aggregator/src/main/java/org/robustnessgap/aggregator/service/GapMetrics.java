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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.robustnessgap.campaign.fold.Folds;
import org.robustnessgap.campaign.fold.KindFold;
import org.robustnessgap.campaign.fold.Metric;
import org.robustnessgap.campaign.fold.Series;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.messages.JobKind;

/**
 * The aggregator's metrics: those that each kind of job names, and what is known of failures and of
 * the aggregator itself. Nothing is counted here: every scrape reads one committed state, so its
 * numbers agree with each other and survive restarts.
 */
final class GapMetrics implements MultiCollector {
  private static final Metric JOB_FAILURES =
      Metric.counter(
          "robustness_job_failures_total",
          "Jobs given up, by kind: "
              + JobKind.ALL.stream().map(JobKind::label).sorted().collect(Collectors.joining(", "))
              + ".",
          "campaign",
          "kind");
  private static final Metric REFUSED_RECORDS =
      Metric.counter(
          "robustness_refused_records_total",
          "Records that the aggregator could not read.",
          "topic");
  private static final Metric CONSUMER_LAG =
      Metric.gauge(
          "robustness_consumer_lag_records",
          "Records that the aggregator has not read yet.",
          "topic");

  private static final List<Metric> ALL =
      Stream.concat(
              Folds.ALL.stream().flatMap(fold -> fold.metrics().stream()),
              Stream.of(JOB_FAILURES, REFUSED_RECORDS, CONSUMER_LAG))
          .toList();

  private final LatestSnapshot latest;

  GapMetrics(LatestSnapshot latest) {
    this.latest = latest;
  }

  @Override
  public MetricSnapshots collect() {
    Snapshot snapshot = latest.get();
    Scrape scrape = new Scrape();
    State state = snapshot.state();
    state
        .subjects()
        .forEach((subject, known) -> known.report(subject, snapshot.gaps().get(subject), scrape));
    failures(scrape, state);
    state
        .refusals()
        .unreadable()
        .forEach((topic, count) -> scrape.add(REFUSED_RECORDS, count, topic));
    snapshot.lag().forEach((topic, lag) -> scrape.add(CONSUMER_LAG, lag, topic));
    return scrape.snapshots();
  }

  private static void failures(Series series, State state) {
    for (JobKind kind : JobKind.ALL) {
      Map<String, Long> jobs = new TreeMap<>();
      if (Folds.ALL.stream().map(KindFold::kind).anyMatch(kind::equals)) {
        state
            .subjects()
            .forEach(
                (subject, known) -> {
                  if (subject.kind() == kind) {
                    jobs.merge(subject.campaign(), known.givenUpJobs(), Long::sum);
                  }
                });
      } else {
        state
            .campaigns()
            .forEach((campaign, failures) -> jobs.put(campaign, failures.givenUp(kind)));
      }
      jobs.forEach((campaign, count) -> series.add(JOB_FAILURES, count, campaign, kind.label()));
    }
  }

  @Override
  public List<MetricFamilyDescriptor> getMetricFamilyDescriptors() {
    return ALL.stream()
        .map(
            metric ->
                MetricFamilyDescriptor.of(
                    type(metric),
                    new MetricMetadata(baseName(metric), metric.help()),
                    metric.labels()))
        .toList();
  }

  private static MetricType type(Metric metric) {
    return metric.type() == Metric.Type.COUNTER ? MetricType.COUNTER : MetricType.GAUGE;
  }

  /** The library adds {@code _total} to counters itself. */
  private static String baseName(Metric metric) {
    return metric.type() == Metric.Type.COUNTER
        ? metric.name().replaceFirst("_total$", "")
        : metric.name();
  }

  /** The data points of one scrape. */
  private static final class Scrape implements Series {
    private final Map<String, CounterSnapshot.Builder> counters = new TreeMap<>();
    private final Map<String, GaugeSnapshot.Builder> gauges = new TreeMap<>();

    @Override
    public void add(Metric metric, double value, String... labelValues) {
      Labels labels = Labels.of(metric.labels(), List.of(labelValues));
      if (metric.type() == Metric.Type.COUNTER) {
        counters
            .computeIfAbsent(
                baseName(metric), name -> CounterSnapshot.builder().name(name).help(metric.help()))
            .dataPoint(CounterDataPointSnapshot.builder().value(value).labels(labels).build());
      } else {
        gauges
            .computeIfAbsent(
                baseName(metric), name -> GaugeSnapshot.builder().name(name).help(metric.help()))
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
