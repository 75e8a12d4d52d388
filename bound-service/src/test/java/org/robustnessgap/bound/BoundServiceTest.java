package org.robustnessgap.bound;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.context.ApplicationContext;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.robustnessgap.service.ServiceLoop;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.KafkaSettings;
import picocli.CommandLine;

class BoundServiceTest {
  @Test
  void helpNamesOptionsAndExamples() {
    StringWriter out = new StringWriter();
    int code = new CommandLine(new BoundService()).setOut(new PrintWriter(out)).execute("--help");
    assertThat(code).isZero();
    assertThat(out.toString())
        .contains("--kafka", "--port", "Examples:", "bound-service --kafka localhost:9092");
  }

  @Test
  void itsBeansExistOnlyInAProcessOfItsName() {
    assertThat(loops("bound-service")).isOne();
    assertThat(loops("another-service")).isZero();
  }

  private static long loops(String service) {
    try (ApplicationContext context =
        ApplicationContext.builder()
            .deduceEnvironment(false)
            .banner(false)
            .properties(Map.of("robustness.service", service))
            .singletons(new KafkaClients(new KafkaSettings("localhost:1")))
            .start()) {
      return context.getBeansOfType(ServiceLoop.class).size();
    }
  }
}
