package org.robustnessgap.generator.traffic;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.robustnessgap.traffic.TrafficCounts;

/** What is told of live traffic; counters begin at the service's start and move once a window. */
public final class TrafficMetrics {
  private final Counter records;
  private final Counter images;
  private final Counter windows;
  private final Counter lost;
  private final Gauge reading;
  private final Gauge failures;

  public TrafficMetrics(PrometheusRegistry registry) {
    records =
        Counter.builder()
            .name("robustness_generator_traffic_records_total")
            .help(
                "Records of live traffic by what became of them: request, answer, refused, late or passed-over.")
            .labelNames("campaign", "outcome")
            .register(registry);
    images =
        Counter.builder()
            .name("robustness_generator_traffic_images_total")
            .help("Images of live traffic: seen, and taken as samples.")
            .labelNames("campaign", "state")
            .register(registry);
    windows =
        Counter.builder()
            .name("robustness_generator_traffic_windows_total")
            .help(
                "Windows of live traffic by what became of them: sent, empty, or dropped because earlier ones were not yet taken by workers.")
            .labelNames("campaign", "outcome")
            .register(registry);
    lost =
        Counter.builder()
            .name("robustness_generator_traffic_samples_lost_total")
            .help(
                "Samples given up because a restart lost their images, each classifier's counted.")
            .labelNames("campaign")
            .register(registry);
    reading =
        Gauge.builder()
            .name("robustness_generator_traffic_reading")
            .help("Whether the campaign's topic of live traffic can be read (1) or not (0).")
            .labelNames("campaign")
            .register(registry);
    failures =
        Gauge.builder()
            .name("robustness_generator_traffic_failures")
            .help(
                "Attempts to read the campaign's topic that failed since it could last be read. The next one comes a second after the first, then each after twice the time, at most five minutes.")
            .labelNames("campaign")
            .register(registry);
  }

  /**
   * @param failed attempts since the topic could last be read; 0 where it can be
   */
  void reading(String campaign, int failed) {
    reading.labelValues(campaign).set(failed == 0 ? 1 : 0);
    failures.labelValues(campaign).set(failed);
  }

  /** The topic is no longer read. */
  void stopped(String campaign) {
    reading.remove(campaign);
    failures.remove(campaign);
  }

  void counted(String campaign, TrafficCounts counts) {
    records.labelValues(campaign, "request").inc(counts.requests());
    records.labelValues(campaign, "answer").inc(counts.answers());
    records.labelValues(campaign, "refused").inc(counts.refused());
    records.labelValues(campaign, "late").inc(counts.late());
    records.labelValues(campaign, "passed-over").inc(counts.passedOver());
    images.labelValues(campaign, "seen").inc(counts.images());
  }

  void drawn(String campaign, int samples, boolean accepted) {
    windows.labelValues(campaign, samples == 0 ? "empty" : accepted ? "sent" : "dropped").inc();
    images.labelValues(campaign, "taken").inc(accepted ? samples : 0);
  }

  void lost(String campaign, int samples) {
    lost.labelValues(campaign).inc(samples);
  }
}
