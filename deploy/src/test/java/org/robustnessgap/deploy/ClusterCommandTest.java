package org.robustnessgap.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.service.CommandLines;

/** What would go wrong in a child process again and again is refused before any is started. */
final class ClusterCommandTest {
  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  @ParameterizedTest
  @ValueSource(strings = {"--port", "--kafka-port"})
  void aPortThatIsTakenIsRefused(String option) throws IOException {
    try (ServerSocket other = new ServerSocket()) {
      other.bind(new InetSocketAddress(0));
      String data = folder.resolve("kafka").toString();
      String port = option + "=" + other.getLocalPort();
      String free = option.equals("--port") ? "--kafka-port=1" : "--port=0";
      assertThat(
              CommandLines.execute(
                  new RobustnessGapCommand(), "cluster", "--data", data, port, free))
          .isEqualTo(2);
      assertThat(output.err())
          .contains("Port " + other.getLocalPort() + " cannot be opened", "pass " + option)
          .doesNotContain("starts (pid");
    }
  }
}
