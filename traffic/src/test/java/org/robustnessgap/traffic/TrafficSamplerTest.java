package org.robustnessgap.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.messages.RecordFormat;
import org.robustnessgap.traffic.format.RecordContent;

class TrafficSamplerTest {
  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private final RecordContent request = Recorded.of("ce-binary-flat");

  @Test
  void windowsBeginAtWholeMultiplesOfTheirLength() {
    TrafficSampler sampler = sampler(4, NOON.plusSeconds(1234));

    assertThat(sampler.start()).isEqualTo(NOON);
    assertThat(sampler.isOver(NOON.plusSeconds(3599))).isFalse();
    assertThat(sampler.isOver(NOON.plus(HOUR))).isTrue();
    TrafficWindow window = sampler.next(NOON.plus(HOUR));
    assertThat(window.start()).isEqualTo(NOON);
    assertThat(window.end()).isEqualTo(NOON.plus(HOUR));
    assertThat(sampler.start()).isEqualTo(NOON.plus(HOUR));
  }

  /** A process that slept goes on in the present. */
  @Test
  void windowsThatNobodyWatchedAreLeftOut() {
    TrafficSampler sampler = sampler(4, NOON);
    sampler.next(NOON.plus(HOUR.multipliedBy(5)).plusSeconds(7));
    assertThat(sampler.start()).isEqualTo(NOON.plus(HOUR.multipliedBy(5)));
  }

  @Test
  void everythingIsCounted() {
    TrafficSampler sampler = sampler(3, NOON);
    sampler.add(request, NOON);
    sampler.add(Recorded.of("ce-structured-flat"), NOON.plusSeconds(1));
    sampler.add(Recorded.of("ce-binary-answer"), NOON.plusSeconds(2));
    sampler.add(Recorded.of("image-png"), NOON.plusSeconds(3));
    sampler.add(Recorded.of("oip-raw-fp32"), NOON.plusSeconds(4));
    sampler.add(request, NOON.minusSeconds(1));
    sampler.passOver(40);

    TrafficWindow window = sampler.next(NOON.plus(HOUR));

    assertThat(window.counts()).isEqualTo(new TrafficCounts(2, 4, 1, 2, 1, 40));
    assertThat(window.counts().records()).isEqualTo(6);
    assertThat(window.samples()).hasSize(3);
    assertThat(window.refusal().key()).isEqualTo("t/0/17");
    assertThat(window.refusal().excerpt()).isEmpty();
    assertThat(window.refusal().reason()).contains("It seems to be image");
  }

  @Test
  void aWindowKnowsNothingOfTheOneBefore() {
    TrafficSampler sampler = sampler(3, NOON);
    sampler.add(request, NOON);
    sampler.add(Recorded.of("image-png"), NOON);
    sampler.next(NOON.plus(HOUR));

    TrafficWindow second = sampler.next(NOON.plus(HOUR.multipliedBy(2)));

    assertThat(second.samples()).isEmpty();
    assertThat(second.counts()).isEqualTo(TrafficCounts.NONE);
    assertThat(second.refusal()).isNull();
  }

  /** What was not yet cut is drawn anew by whoever comes next, and alike. */
  @Test
  void theSameRecordsGiveTheSameDrawInTheSameWindow() {
    TrafficSampler first = sampler(2, NOON);
    TrafficSampler second = sampler(2, NOON.plusSeconds(99));
    for (int i = 0; i < 50; i++) {
      RecordContent content = new RecordContent("t", 0, i, request.headers(), request.value());
      first.add(content, NOON.plusSeconds(i));
      second.add(content, NOON.plusSeconds(i));
    }

    assertThat(first.next(NOON.plus(HOUR)).samples())
        .extracting(FittedImage::name)
        .isEqualTo(second.next(NOON.plus(HOUR)).samples().stream().map(FittedImage::name).toList());
  }

  private static TrafficSampler sampler(int samples, Instant now) {
    return new TrafficSampler(Recorded.reader(RecordFormat.CLOUD_EVENTS), samples, HOUR, 5, now);
  }
}
