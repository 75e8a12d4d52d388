package org.robustnessgap.bound;

import io.micronaut.context.annotation.Factory;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.robustnessgap.service.ServiceLoop;
import org.robustnessgap.service.kafka.KafkaClients;

@Factory
final class BoundFactory {
  @Singleton
  ServiceLoop loop(KafkaClients clients, PrometheusRegistry registry) {
    BoundMetrics metrics = new BoundMetrics(registry);
    return new ServiceLoop(
        BoundService.NAME,
        () -> new BoundBody(clients.logReader(), clients.producer(), metrics, Clock.systemUTC()));
  }
}
