package org.robustnessgap.generator;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import org.robustnessgap.service.ServiceLoop;
import org.robustnessgap.service.kafka.KafkaClients;

@Factory
final class GeneratorFactory {
  @Singleton
  @Requires(missingBeans = ImageFolder.class)
  ImageFolder images() {
    return new ImageFolder(Path.of("."));
  }

  @Singleton
  ServiceLoop loop(KafkaClients clients, ImageFolder images, PrometheusRegistry registry) {
    GeneratorMetrics metrics = new GeneratorMetrics(registry);
    return new ServiceLoop(
        GeneratorService.NAME,
        () ->
            new GeneratorBody(
                images.path(),
                clients.logReader(),
                clients.producer(),
                Clock.systemUTC(),
                metrics));
  }
}
