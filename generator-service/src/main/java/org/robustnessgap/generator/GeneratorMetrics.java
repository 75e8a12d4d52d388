package org.robustnessgap.generator;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import org.robustnessgap.campaign.plan.Ledger;
import org.robustnessgap.campaign.plan.Queries;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Topic;

/** What the generator tells Prometheus; counters begin at its start. */
final class GeneratorMetrics {
  private final Counter published;
  private final Counter resent;
  private final Counter samples;
  private final Counter skipped;
  private final Gauge inFlight;
  private final Gauge queriesSpent;
  private final Gauge queriesLeft;

  GeneratorMetrics(PrometheusRegistry registry) {
    published =
        Counter.builder()
            .name("robustness_generator_jobs_published_total")
            .help("Jobs sent to the workers for the first time.")
            .labelNames("campaign", "kind")
            .register(registry);
    resent =
        Counter.builder()
            .name("robustness_generator_jobs_resent_total")
            .help("Jobs sent again because no answer came in time.")
            .labelNames("campaign")
            .register(registry);
    samples =
        Counter.builder()
            .name("robustness_generator_samples_total")
            .help("Samples sent to be attacked for the first time, each classifier's counted.")
            .labelNames("campaign")
            .register(registry);
    skipped =
        Counter.builder()
            .name("robustness_generator_malformed_records_total")
            .help("Records of other services that could not be read and were skipped.")
            .labelNames("topic")
            .register(registry);
    inFlight =
        Gauge.builder()
            .name("robustness_generator_jobs_in_flight")
            .help("Jobs sent and not yet answered.")
            .labelNames("campaign")
            .register(registry);
    queriesSpent =
        Gauge.builder()
            .name("robustness_generator_queries_spent")
            .help("Images that a served classifier was asked about, since its campaign began.")
            .labelNames("campaign", "classifier")
            .register(registry);
    queriesLeft =
        Gauge.builder()
            .name("robustness_generator_queries_left")
            .help(
                "Images that it may still be asked about in all; where it is too few for a job, no"
                    + " more are sent.")
            .labelNames("campaign", "classifier")
            .register(registry);
  }

  void sent(Ledger.Due due) {
    Job job = due.job();
    String campaign = job.id().campaign();
    if (due.again()) {
      resent.labelValues(campaign).inc();
      return;
    }
    published.labelValues(campaign, job.id().kind().label()).inc();
    if (job.id().kind().windowed()) {
      samples.labelValues(campaign).inc(job.latents().count());
    }
  }

  void skipped(Topic topic) {
    skipped.labelValues(topic.topicName()).inc();
  }

  void queries(Map<StreamId, Queries> byStream) {
    byStream.forEach(
        (stream, queries) -> {
          queriesSpent.labelValues(stream.campaign(), stream.classifier()).set(queries.spent());
          if (queries.left() != null) {
            queriesLeft.labelValues(stream.campaign(), stream.classifier()).set(queries.left());
          }
        });
  }

  void inFlight(Map<String, Integer> byCampaign) {
    byCampaign.forEach((campaign, jobs) -> inFlight.labelValues(campaign).set(jobs));
  }
}
