package org.robustnessgap.generator;

import io.micronaut.context.annotation.Factory;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.robustnessgap.service.ServiceLoop;
import org.robustnessgap.service.kafka.KafkaClients;

@Factory
final class GeneratorFactory {
  @Singleton
  ServiceLoop loop(KafkaClients clients, PrometheusRegistry registry) {
    GeneratorMetrics metrics = new GeneratorMetrics(registry);
    return new ServiceLoop(
        GeneratorService.NAME,
        () ->
            new GeneratorBody(clients.logReader(), clients.producer(), Clock.systemUTC(), metrics));
  }
}
