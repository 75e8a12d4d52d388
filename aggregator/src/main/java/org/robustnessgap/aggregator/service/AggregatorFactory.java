package org.robustnessgap.aggregator.service;

import io.micronaut.context.annotation.Factory;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Singleton;
import org.robustnessgap.aggregator.AggregatorService;
import org.robustnessgap.service.ServiceLoop;
import org.robustnessgap.service.kafka.KafkaClients;

@Factory
final class AggregatorFactory {
  @Singleton
  LatestSnapshot latest(PrometheusRegistry registry) {
    LatestSnapshot latest = new LatestSnapshot();
    registry.register(new GapMetrics(latest));
    return latest;
  }

  @Singleton
  ServiceLoop loop(KafkaClients clients, LatestSnapshot latest) {
    return new ServiceLoop(
        AggregatorService.NAME,
        () ->
            new AggregatorBody(
                clients.groupConsumer(AggregatorService.NAME),
                clients.transactionalProducer(AggregatorService.NAME),
                clients.logReader(),
                latest,
                System::nanoTime));
  }
}
