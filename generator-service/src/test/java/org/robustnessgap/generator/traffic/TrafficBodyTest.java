package org.robustnessgap.generator.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.RecordFormat;
import org.robustnessgap.messages.TrafficSample;
import org.robustnessgap.messages.TrafficTopic;
import org.robustnessgap.messages.Window;
import org.robustnessgap.traffic.TrafficCounts;
import org.robustnessgap.traffic.TrafficReader;
import org.robustnessgap.traffic.TrafficSampler;
import org.robustnessgap.traffic.TrafficWindow;

/** A topic of grey images of two pixels, read at ten records a second, in windows of a minute. */
class TrafficBodyTest {
  private static final TopicPartition PARTITION = new TopicPartition("seen", 0);
  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");
  private static final TrafficTopic TOPIC =
      new TrafficTopic("seen", RecordFormat.TRAFFIC_SAMPLES, "PT1M", null, null, null, 10.0);

  /** Stands still unless it is set. */
  private Instant now = NOON;

  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("latest");
  private final List<TrafficWindow> windows = new ArrayList<>();
  private final List<Consumer<List<Window>>> receipts = new ArrayList<>();
  private final List<Window> heldBefore = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  private long written;

  private final TrafficEvent.Listener listener =
      new TrafficEvent.Listener() {
        @Override
        public void reading(List<Window> held) {
          said.add("reading");
          heldBefore.addAll(held);
        }

        @Override
        public void drawn(TrafficWindow window, Consumer<List<Window>> taken) {
          windows.add(window);
          receipts.add(taken);
        }

        @Override
        public void failed(String reason) {
          said.add(reason);
        }
      };

  @BeforeEach
  void topic() {
    Node node = new Node(0, "h", 1);
    consumer.updatePartitions(
        "seen", List.of(new PartitionInfo("seen", 0, node, new Node[] {node}, new Node[] {node})));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, 0L));
  }

  private TrafficBody body() {
    return body(Map.of());
  }

  /**
   * @param committed by whoever read before
   */
  private TrafficBody body(Map<TopicPartition, OffsetAndMetadata> committed) {
    TrafficSampler sampler =
        new TrafficSampler(
            new TrafficReader(TOPIC, ImageForm.of(List.of(1L, 1L, 2L), PixelSpace.STANDARD)),
            4,
            TOPIC.length(),
            1,
            clock.instant());
    TrafficBody body =
        new TrafficBody(consumer, TOPIC, sampler, clock, event -> event.tell(listener));
    consumer.rebalance(Set.of(PARTITION));
    consumer.commitSync(committed);
    // Goes to the end of what is there.
    body.step();
    return body;
  }

  private void write(int records) {
    for (int i = 0; i < records; i++) {
      consumer.addRecord(
          new ConsumerRecord<>(
              "seen",
              0,
              written++,
              clock.instant().toEpochMilli(),
              TimestampType.CREATE_TIME,
              0,
              0,
              null,
              Json.write(new TrafficSample(null, List.of(1, 1, 2), "FP32", pixels(0.25f, 0.5f))),
              new RecordHeaders(),
              Optional.empty()));
    }
    consumer.updateEndOffsets(Map.of(PARTITION, written));
  }

  private static byte[] pixels(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  /** What becomes of the last window is known. */
  private void taken(Window... held) {
    receipts.get(receipts.size() - 1).accept(List.of(held));
  }

  private OffsetAndMetadata committed() {
    return consumer.committed(Set.of(PARTITION)).get(PARTITION);
  }

  @Test
  void aWindowIsHandedOverAtItsEndAndItsOffsetsAreCommittedThen() {
    TrafficBody body = body();
    assertThat(said).containsExactly("reading");
    write(6);
    body.step();
    assertThat(body.ready()).isTrue();
    assertThat(windows).isEmpty();
    assertThat(consumer.committed(Set.of(PARTITION))).isEmpty();

    now = NOON.plusSeconds(60);
    body.step();

    assertThat(windows).hasSize(1);
    assertThat(windows.get(0).start()).isEqualTo(NOON);
    assertThat(windows.get(0).counts()).isEqualTo(new TrafficCounts(6, 6, 0, 0, 0, 0));
    assertThat(windows.get(0).samples())
        .hasSize(4)
        .allSatisfy(image -> assertThat(image.values()).containsExactly(0.25f, 0.5f));
    assertThat(consumer.committed(Set.of(PARTITION))).as("what becomes of it").isEmpty();

    write(2);
    body.step();
    taken(new Window(3, 4), new Window(4, 2));
    body.step();
    assertThat(committed()).isEqualTo(new OffsetAndMetadata(6, "3/4 4/2"));
  }

  /** So that the next reader's generator can say which of them are lost. */
  @Test
  void whatWasHeldIsToldToWhoeverReadsNext() {
    body(Map.of(PARTITION, new OffsetAndMetadata(0, "3/4 7/2")));

    assertThat(said).containsExactly("reading");
    assertThat(heldBefore).containsExactly(new Window(3, 4), new Window(7, 2));
  }

  @Test
  void whatOthersKeepBesideOffsetsIsNoWindow() {
    assertThat(HeldWindows.parse("")).isEmpty();
    assertThat(HeldWindows.parse("nothing of ours -1/2 1/0 7/8")).containsExactly(new Window(7, 8));
    assertThat(HeldWindows.parse(HeldWindows.text(List.of()))).isEmpty();
  }

  /** Twenty records are those of two seconds. */
  @Test
  void noMoreIsReadThanTheRateAllows() {
    TrafficBody body = body();
    write(20);
    body.step();
    write(5);

    now = NOON.plusMillis(1900);
    body.step();
    assertThat(consumer.paused()).containsExactly(PARTITION);
    assertThat(consumer.position(PARTITION)).isEqualTo(20);

    now = NOON.plusMillis(2000);
    body.step();
    assertThat(consumer.paused()).isEmpty();
    assertThat(consumer.position(PARTITION)).isEqualTo(25);
  }

  @Test
  void whatComesTooFastIsPassedOverAndCounted() {
    TrafficBody body = body();
    write(20);
    body.step();
    // Never delivered: the consumer goes to their end.
    written += 1000;
    consumer.updateEndOffsets(Map.of(PARTITION, written));
    now = NOON.plusSeconds(2);
    body.step();
    write(3);
    body.step();

    now = NOON.plusSeconds(60);
    body.step();
    assertThat(windows.get(0).counts()).isEqualTo(new TrafficCounts(23, 23, 0, 0, 0, 1000));
    taken();
    body.step();
    assertThat(committed().offset()).isEqualTo(1023);
  }

  /** What was written before the window belongs to one that nobody can complete any more. */
  @Test
  void olderRecordsAreLate() {
    now = NOON.minusSeconds(1);
    TrafficBody body = body();
    now = NOON.plusSeconds(1);
    body.step();
    now = NOON.minusSeconds(1);
    write(2);
    now = NOON.plusSeconds(2);
    write(1);
    body.step();
    now = NOON.plusSeconds(60);
    body.step();
    assertThat(windows.get(1).counts()).isEqualTo(new TrafficCounts(1, 1, 0, 0, 2, 0));
  }

  @Test
  void aTopicThatIsNotThereIsSaidToBe() {
    MockConsumer<byte[], byte[]> other = new MockConsumer<>("latest");
    assertThatThrownBy(
            () -> new TrafficBody(other, TOPIC, null, clock, event -> event.tell(listener)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("There is no topic seen");
    assertThat(other.closed()).isTrue();
  }

  @Test
  void whatKafkaRefusesIsSaid() {
    TrafficBody body = body();
    consumer.setPollException(new TopicAuthorizationException(Set.of("seen")));
    assertThatThrownBy(body::step).isInstanceOf(TopicAuthorizationException.class);
    assertThat(said).hasSize(2);
    assertThat(said.get(1)).contains("seen");
    body.close();
    assertThat(consumer.closed()).isTrue();
  }
}
