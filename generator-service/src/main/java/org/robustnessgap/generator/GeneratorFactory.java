package org.robustnessgap.generator;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import org.robustnessgap.generator.traffic.LiveTraffic;
import org.robustnessgap.generator.traffic.TrafficConsumers;
import org.robustnessgap.generator.traffic.TrafficFolder;
import org.robustnessgap.generator.traffic.TrafficMetrics;
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
  @Requires(missingBeans = TrafficFolder.class)
  TrafficFolder trafficProperties() {
    return new TrafficFolder(null);
  }

  @Singleton
  @Requires(missingBeans = JobsRetention.class)
  JobsRetention jobsRetention() {
    return new JobsRetention(null);
  }

  @Singleton
  ServiceLoop loop(
      KafkaClients clients,
      ImageFolder images,
      TrafficFolder properties,
      JobsRetention retention,
      PrometheusRegistry registry) {
    GeneratorMetrics metrics = new GeneratorMetrics(registry);
    TrafficMetrics trafficMetrics = new TrafficMetrics(registry);
    TrafficConsumers consumers = TrafficConsumers.of(clients.settings(), properties.path());
    return new ServiceLoop(
        GeneratorService.NAME,
        () -> {
          retention.apply(clients);
          return new GeneratorBody(
              images.path(),
              new LiveTraffic(consumers, Clock.systemUTC(), trafficMetrics),
              clients.logReader(),
              clients.producer(),
              Clock.systemUTC(),
              metrics);
        });
  }
}
