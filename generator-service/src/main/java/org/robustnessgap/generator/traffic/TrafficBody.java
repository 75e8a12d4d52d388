package org.robustnessgap.generator.traffic;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.TrafficTopic;
import org.robustnessgap.messages.Window;
import org.robustnessgap.service.ServiceBody;
import org.robustnessgap.service.kafka.KafkaFailures;
import org.robustnessgap.traffic.TrafficSampler;
import org.robustnessgap.traffic.TrafficWindow;
import org.robustnessgap.traffic.format.RecordContent;

/**
 * Reads a topic of what production sees, no faster than it may, and hands over what is drawn of
 * each window. What comes faster is passed over: then it goes on at the end of the topic. Offsets
 * are committed once it is known what becomes of a window that was handed over, so that whoever
 * comes next draws the present one anew, and beside them which windows are held in memory, so that
 * it knows which are lost.
 */
final class TrafficBody implements ServiceBody {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A reader so far behind no longer catches up. */
  private static final double SECONDS_BEHIND = 2;

  private final Consumer<byte[], byte[]> consumer;
  private final TrafficTopic topic;
  private final TrafficSampler sampler;
  private final Clock clock;
  private final java.util.function.Consumer<TrafficEvent> events;

  /** What is to be committed; null if nothing is. */
  private final AtomicReference<@Nullable Map<TopicPartition, OffsetAndMetadata>> commits =
      new AtomicReference<>();

  private Instant mayRead = Instant.EPOCH;
  private boolean limited;
  private volatile boolean ready;

  /**
   * @param consumer closed with this
   * @param events told what was drawn, and that the topic can be read
   * @throws InvalidInputException if there is no such topic
   */
  TrafficBody(
      Consumer<byte[], byte[]> consumer,
      TrafficTopic topic,
      TrafficSampler sampler,
      Clock clock,
      java.util.function.Consumer<TrafficEvent> events) {
    this.consumer = consumer;
    this.topic = topic;
    this.sampler = sampler;
    this.clock = clock;
    this.events = events;
    try {
      List<PartitionInfo> partitions = consumer.partitionsFor(topic.name(), PATIENCE);
      if (partitions == null || partitions.isEmpty()) {
        throw new InvalidInputException(
            "There is no topic "
                + topic.name()
                + "; create it, or correct its name or its cluster.");
      }
      consumer.subscribe(List.of(topic.name()));
    } catch (RuntimeException e) {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      throw e;
    }
  }

  @Override
  public void step() {
    try {
      read(clock.instant());
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException e) {
      events.accept(new TrafficEvent.Failed(KafkaFailures.explain(e)));
      throw e;
    }
  }

  private void read(Instant now) {
    if (sampler.isOver(now)) {
      TrafficWindow window = sampler.next(now);
      Map<TopicPartition, Long> ends = positions();
      events.accept(new TrafficEvent.Drawn(window, held -> commits.set(offsets(ends, held))));
    }
    Map<TopicPartition, OffsetAndMetadata> commit = commits.getAndSet(null);
    if (commit != null) {
      consumer.commitSync(commit, PATIENCE);
    }
    if (now.isBefore(mayRead)) {
      // Paused, it keeps its place in the group and fetches nothing.
      consumer.pause(consumer.assignment());
      consumer.poll(POLL);
      return;
    }
    consumer.resume(consumer.paused());
    if (limited) {
      passOver();
    }
    int count = 0;
    for (ConsumerRecord<byte[], byte[]> kafkaRecord : consumer.poll(POLL)) {
      sampler.add(content(kafkaRecord), written(kafkaRecord, now));
      count++;
    }
    limited = count > 0;
    mayRead = now.plusNanos((long) (count / topic.rate() * 1e9));
    if (!ready && !consumer.assignment().isEmpty()) {
      events.accept(new TrafficEvent.Reading(heldBefore()));
      ready = true;
    }
  }

  private Map<TopicPartition, Long> positions() {
    Map<TopicPartition, Long> positions = new HashMap<>();
    for (TopicPartition partition : consumer.assignment()) {
      positions.put(partition, consumer.position(partition, PATIENCE));
    }
    return positions;
  }

  private static Map<TopicPartition, OffsetAndMetadata> offsets(
      Map<TopicPartition, Long> positions, List<Window> held) {
    String beside = HeldWindows.text(held);
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    positions.forEach(
        (partition, position) -> offsets.put(partition, new OffsetAndMetadata(position, beside)));
    return offsets;
  }

  private List<Window> heldBefore() {
    return consumer.committed(consumer.assignment(), PATIENCE).values().stream()
        .filter(Objects::nonNull)
        .flatMap(committed -> HeldWindows.parse(committed.metadata()).stream())
        .distinct()
        .toList();
  }

  private void passOver() {
    long behind = 0;
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment(), PATIENCE);
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      behind += Math.max(0, end.getValue() - consumer.position(end.getKey(), PATIENCE));
    }
    if (behind > SECONDS_BEHIND * topic.rate()) {
      consumer.seekToEnd(consumer.assignment());
      sampler.passOver(behind);
    }
  }

  private static RecordContent content(ConsumerRecord<byte[], byte[]> kafkaRecord) {
    Map<String, byte[]> headers = new HashMap<>();
    kafkaRecord
        .headers()
        .forEach(
            header -> {
              if (header.value() != null) {
                headers.put(header.key(), header.value());
              }
            });
    return RecordContent.of(
        kafkaRecord.topic(),
        kafkaRecord.partition(),
        kafkaRecord.offset(),
        headers,
        kafkaRecord.value());
  }

  /** Of a record without a time, now. */
  private static Instant written(ConsumerRecord<byte[], byte[]> kafkaRecord, Instant now) {
    return kafkaRecord.timestamp() > 0 ? Instant.ofEpochMilli(kafkaRecord.timestamp()) : now;
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
  }
}
