package org.robustnessgap.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.InvalidInputException;

class BackoffTest {
  @Test
  void doublesUpToTheLongestPause() {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(300));
    assertThat(IntStream.of(1, 2, 3, 9, 10, Integer.MAX_VALUE).mapToObj(backoff))
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 256L, 300L, 300L);
    assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofMinutes(1)))
        .isInstanceOf(InvalidInputException.class);
  }
}
