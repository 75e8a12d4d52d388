package org.robustnessgap.deploy.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class ProgressLineTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void saysShareRateAndRemainingTime() {
    ProgressLine line = new ProgressLine(2304, START);

    assertThat(line.at(START.plusSeconds(5), 0))
        .isEqualTo(
            "[........................]   0 %  0 of 2304 samples  waiting for the first results");
    assertThat(line.at(START.plusSeconds(10), 576))
        .isEqualTo(
            "[######..................]  25 %  576 of 2304 samples  57.6 samples/s  30 s left");
    assertThat(line.at(START.plusSeconds(12), 2304))
        .isEqualTo("[########################] 100 %  2304 of 2304 samples  completing the limits");
  }

  @Test
  void takesTheRateOfTheLastTwoMinutes() {
    ProgressLine line = new ProgressLine(1000, START);
    line.at(START.plusSeconds(10), 500);
    line.at(START.plusSeconds(130), 620);

    assertThat(line.at(START.plusSeconds(250), 740)).endsWith("1.0 samples/s  4 min 20 s left");
    assertThat(line.at(START.plusSeconds(370), 740)).endsWith("waiting for results");
  }

  @Test
  void writesHours() {
    assertThat(new ProgressLine(100_001, START).at(START.plusSeconds(10), 1))
        .endsWith("0.1 samples/s  277 h 46 min left");
  }
}
