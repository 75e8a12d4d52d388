package org.robustnessgap.service.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.InvalidInputException;

class TopicsTest {
  @Test
  void aBrokerThatDoesNotAnswerIsNamed() throws IOException {
    String nobody;
    try (ServerSocket closedSoon = new ServerSocket(0)) {
      nobody = "127.0.0.1:" + closedSoon.getLocalPort();
    }
    assertRefused(new KafkaSettings(nobody), nobody, "start one there", "--kafka");
  }

  @Test
  void settingsThatMakeNoClientAreNamed() {
    assertRefused(new KafkaSettings("nonsense"), "nonsense", "--kafka");
    assertRefused(
        new KafkaSettings("127.0.0.1:1", Map.of("security.protocol", "FOO")), "FOO", "--kafka-");
    assertThatThrownBy(() -> new KafkaSettings(" "))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--kafka");
  }

  private static void assertRefused(KafkaSettings settings, String... parts) {
    KafkaClients clients = new KafkaClients(settings);
    assertThatThrownBy(() -> Topics.ensure(clients, Duration.ofMillis(200)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(parts);
  }
}
