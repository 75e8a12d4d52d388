package org.robustnessgap.generator;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.context.ApplicationContext;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.service.ServiceLoop;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.KafkaSettings;

class GeneratorFactoryTest {
  @ParameterizedTest
  @CsvSource({"generator-service, 1", "another-service, 0"})
  void theLoopIsThereForThisServiceOnly(String service, int loops) {
    try (ApplicationContext context =
        ApplicationContext.builder()
            .deduceEnvironment(false)
            .banner(false)
            .properties(Map.of("robustness.service", service))
            .singletons(new KafkaClients(new KafkaSettings("localhost:1")))
            .start()) {
      assertThat(context.getBeansOfType(ServiceLoop.class)).hasSize(loops);
    }
  }
}
