package org.robustnessgap.service;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.service.kafka.KafkaSettings;

class RunningServiceTest {
  @Test
  void aPortInUseIsNamed() throws IOException {
    try (ServerSocket other = new ServerSocket(0)) {
      assertRefused(other.getLocalPort());
    }
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertRefused(other.getLocalPort());
    }
  }

  @Test
  void aFreePortIsLeftFree() throws IOException {
    int port;
    try (ServerSocket other = new ServerSocket(0)) {
      port = other.getLocalPort();
    }
    RunningService.requireFree(port);
    RunningService.requireFree(port);
    assertThatCode(() -> RunningService.requireFree(0)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536})
  void aNumberThatIsNoPortIsRefused(int port) {
    assertRefused(port);
  }

  private static void assertRefused(int port) {
    KafkaSettings nowhere = new KafkaSettings("localhost:1");
    assertThatThrownBy(() -> RunningService.start("test", nowhere, port))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(String.valueOf(port))
        .hasMessageContaining("--port");
  }
}
