package org.robustnessgap.bound;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.robustnessgap.messages.Topic;

/** What the service counts; since it reads its topics from the beginning, so do its counters. */
final class BoundMetrics {
  private final Counter results;
  private final Counter refused;
  private final Counter published;

  BoundMetrics(PrometheusRegistry registry) {
    results =
        Counter.builder()
            .name("robustness_bound_results_total")
            .help("Results read that brought new samples, since this process started.")
            .labelNames("topic")
            .register(registry);
    refused =
        Counter.builder()
            .name("robustness_bound_refused_records_total")
            .help("Records read that are malformed or contradict earlier ones.")
            .labelNames("topic")
            .register(registry);
    published =
        Counter.builder()
            .name("robustness_bound_limits_published_total")
            .help("Messages acknowledged on theoretical-limits and transfer-limits.")
            .register(registry);
  }

  void result(Topic topic) {
    results.labelValues(topic.topicName()).inc();
  }

  void refused(Topic topic) {
    refused.labelValues(topic.topicName()).inc();
  }

  void published() {
    published.inc();
  }
}
