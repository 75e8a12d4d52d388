package org.robustnessgap.worker;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import org.robustnessgap.messages.kafka.KafkaClients;
import org.robustnessgap.messages.service.ServiceLoop;
import org.robustnessgap.worker.engine.Engine;
import org.robustnessgap.worker.engine.OnnxRuntimeEngine;

/** Puts the worker together. */
@Factory
final class WorkerFactory {
  @Singleton
  @Requires(missingBeans = WorkerOptions.class)
  WorkerOptions options() {
    return new WorkerOptions(Path.of("."), 0);
  }

  @Singleton
  WorkerMetrics metrics(PrometheusRegistry registry) {
    return new WorkerMetrics(registry);
  }

  @Singleton
  ServiceLoop loop(KafkaClients clients, WorkerOptions options, WorkerMetrics metrics) {
    String worker =
        "worker-"
            + ProcessHandle.current().pid()
            + "-"
            + Integer.toHexString(System.identityHashCode(this));
    return new ServiceLoop(
        WorkerService.NAME,
        () -> {
          Engine engine = new OnnxRuntimeEngine(options.threads());
          return new WorkerBody(
              clients,
              new JobRunner(worker, engine, new ModelCache(options.models(), engine)),
              metrics);
        });
  }
}
