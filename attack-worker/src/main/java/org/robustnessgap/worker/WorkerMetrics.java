package org.robustnessgap.worker;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.robustnessgap.messages.JobResult;

/** What Prometheus learns of one worker. */
final class WorkerMetrics {
  /** How a job ended here. */
  enum Ending {
    ANSWERED,
    GIVEN_UP,
    PUT_OFF,
    RELEASED,
    REFUSED;

    String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private final Counter jobs;
  private final Histogram seconds;
  private final Counter gradients;
  private final Counter forwards;
  private final Gauge running;

  WorkerMetrics(PrometheusRegistry registry) {
    jobs =
        Counter.builder()
            .name("robustness_worker_jobs_total")
            .help("Jobs this worker has ended, by how.")
            .labelNames("outcome")
            .register(registry);
    for (Ending ending : Ending.values()) {
      jobs.labelValues(ending.label());
    }
    seconds =
        Histogram.builder()
            .name("robustness_worker_job_duration_seconds")
            .help("Wall time from taking a job to its answer.")
            .labelNames("kind")
            .classicUpperBounds(0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)
            .register(registry);
    gradients =
        Counter.builder()
            .name("robustness_worker_gradients_total")
            .help("Vector–Jacobian products spent on samples.")
            .register(registry);
    forwards =
        Counter.builder()
            .name("robustness_worker_forwards_total")
            .help("Evaluations without a gradient spent on samples.")
            .register(registry);
    running =
        Gauge.builder()
            .name("robustness_worker_jobs_running")
            .help("Jobs this worker holds.")
            .register(registry);
  }

  void running(int held) {
    running.set(held);
  }

  void ended(Ending ending) {
    jobs.labelValues(ending.label()).inc();
  }

  void answered(JobResult result) {
    seconds.labelValues(result.jobId().kind().label()).observe(result.seconds());
    result
        .searches()
        .forEach(
            search -> {
              gradients.inc(search.gradients());
              forwards.inc(search.forwards());
            });
  }
}
