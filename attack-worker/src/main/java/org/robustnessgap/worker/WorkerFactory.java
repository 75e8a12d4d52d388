package org.robustnessgap.worker;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.robustnessgap.campaign.run.JobRunner;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.service.ServiceLoop;
import org.robustnessgap.service.kafka.KafkaClients;

/** Puts the worker together. */
@Factory
final class WorkerFactory {
  private static final AtomicInteger STARTED = new AtomicInteger();

  @Singleton
  @Requires(missingBeans = WorkerOptions.class)
  WorkerOptions options() {
    return new WorkerOptions(Path.of("."), EngineSettings.standard());
  }

  @Singleton
  WorkerMetrics metrics(PrometheusRegistry registry) {
    return new WorkerMetrics(registry);
  }

  @Singleton
  ServiceLoop loop(KafkaClients clients, WorkerOptions options, WorkerMetrics metrics) {
    String worker = name();
    return new ServiceLoop(
        WorkerService.NAME,
        () -> {
          Engine engine = options.engine().open();
          return new WorkerBody(
              clients,
              new JobRunner(worker, new ModelCache(options.models(), engine, new ReachedModels())),
              metrics);
        });
  }

  /** Tells workers of one fleet apart, also several in one process. */
  private static String name() {
    String host = System.getenv().getOrDefault("HOSTNAME", "worker");
    return host + "-" + ProcessHandle.current().pid() + "-" + STARTED.incrementAndGet();
  }
}
