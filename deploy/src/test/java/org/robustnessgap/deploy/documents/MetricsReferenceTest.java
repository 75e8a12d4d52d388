package org.robustnessgap.deploy.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.context.ApplicationContext;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.service.ServiceLoop;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.KafkaSettings;

/** docs/reference/metrics.md lists what each service registers, put together as its process is. */
final class MetricsReferenceTest {
  /** Keeps what is registered: a registry itself tells only of what has values. */
  private static final class Registrations extends PrometheusRegistry {
    private final List<MetricFamilyDescriptor> families = new ArrayList<>();

    @Override
    public void register(Collector collector) {
      super.register(collector);
      families.add(collector.getMetricFamilyDescriptor());
    }

    @Override
    public void register(MultiCollector collector) {
      super.register(collector);
      families.addAll(collector.getMetricFamilyDescriptors());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"generator-service", "attack-worker", "bound-service", "aggregator"})
  void metricsOf(String service) {
    List<MetricFamilyDescriptor> families = families(service);
    assertThat(families)
        .hasSizeGreaterThan(2)
        .allSatisfy(family -> assertThat(family.getMetadata().getHelp()).endsWith("."));
    GeneratedBlock.hold("metrics.md", "metrics of " + service, table(families));
  }

  private static List<MetricFamilyDescriptor> families(String service) {
    Registrations registry = new Registrations();
    try (ApplicationContext context =
        ApplicationContext.builder()
            .deduceEnvironment(false)
            .banner(false)
            .properties(Map.of("robustness.service", service))
            .singletons(new KafkaClients(new KafkaSettings("never-asked:9092")))
            .build()) {
      context.registerSingleton(PrometheusRegistry.class, registry);
      context.start();
      context.getBean(ServiceLoop.class);
    }
    return registry.families;
  }

  private static String table(List<MetricFamilyDescriptor> families) {
    return families.stream()
        .map(MetricsReferenceTest::row)
        .collect(
            Collectors.joining(
                "\n", "| metric | type | labels | meaning |\n|---|---|---|---|\n", "\n"));
  }

  private static String row(MetricFamilyDescriptor family) {
    return String.format(
        "| `%s` | %s | %s | %s |",
        scraped(family),
        family.getType().name().toLowerCase(Locale.ROOT),
        labels(family.getLabelNames()),
        family.getMetadata().getHelp().replace("|", "\\|"));
  }

  private static String labels(Set<String> labels) {
    return String.join(", ", new TreeSet<>(labels));
  }

  private static String scraped(MetricFamilyDescriptor family) {
    String name = family.getPrometheusName();
    return family.getType() == MetricType.COUNTER && !name.endsWith("_total")
        ? name + "_total"
        : name;
  }
}
