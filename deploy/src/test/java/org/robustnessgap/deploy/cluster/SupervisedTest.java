package org.robustnessgap.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SupervisedTest {
  private final ByteArrayOutputStream reports = new ByteArrayOutputStream();
  private final BlockingQueue<Process> started = new LinkedBlockingQueue<>();

  @Test
  void aProcessThatEndsIsReportedAndStartedAgain() throws Exception {
    try (Supervised supervised = supervised(Duration.ZERO)) {
      supervised.start();
      Process first = next();

      assertThat(next().pid()).isNotEqualTo(first.pid());
      assertThat(reports.toString(StandardCharsets.UTF_8))
          .contains("java (pid " + first.pid() + ") ended with code 0 and is started again");
    }
  }

  /** Ctrl-C ends the children and then the launcher. */
  @Test
  void aProcessThatEndsWithTheLauncherIsNot() throws Exception {
    Supervised supervised = supervised(Duration.ofMinutes(1));
    supervised.start();
    next().waitFor();

    supervised.close();

    assertThat(started).isEmpty();
    assertThat(reports.toString(StandardCharsets.UTF_8)).doesNotContain("ended");
  }

  private Process next() throws InterruptedException {
    return started.poll(1, TimeUnit.MINUTES);
  }

  private Supervised supervised(Duration pause) {
    return new Supervised(
        "java", this::java, new PrintStream(reports, true, StandardCharsets.UTF_8), pause);
  }

  private Process java() {
    try {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      started.add(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
