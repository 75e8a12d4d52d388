package org.robustnessgap.generator;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.robustnessgap.generator.registry.Registry;
import org.robustnessgap.generator.registry.RegistryHints;
import org.robustnessgap.generator.registry.RegistryOptions;
import org.robustnessgap.generator.registry.RegistryWatch;
import org.robustnessgap.generator.traffic.LiveTraffic;
import org.robustnessgap.generator.traffic.TrafficConsumers;
import org.robustnessgap.generator.traffic.TrafficFolder;
import org.robustnessgap.generator.traffic.TrafficMetrics;
import org.robustnessgap.service.ServiceLoop;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.serving.mlflow.RegistryFromEnvironment;

@Factory
final class GeneratorFactory {
  /** Webhooks may be lost, so aliases are read again after this long anyway. */
  private static final Duration REGISTRY_PERIOD = Duration.ofMinutes(1);

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
  @Requires(missingBeans = RegistryOptions.class)
  RegistryOptions registryOptions() {
    return new RegistryOptions(null);
  }

  @Singleton
  Registry registry() {
    RegistryFromEnvironment registry = new RegistryFromEnvironment(System.getenv());
    return alias -> registry.reading(alias).version(alias);
  }

  @Singleton
  RegistryHints hints() {
    return new RegistryHints(new Semaphore(0));
  }

  @Singleton
  ServiceLoop loop(
      KafkaClients clients,
      Registry models,
      RegistryHints hints,
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
              new RegistryWatch(models, hints.permits(), REGISTRY_PERIOD),
              clients.logReader(),
              clients.producer(),
              Clock.systemUTC(),
              metrics);
        });
  }
}
