package org.robustnessgap.generator;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.generator.registry.RegistryWatch;
import org.robustnessgap.generator.traffic.LiveTraffic;
import org.robustnessgap.generator.traffic.TrafficMetrics;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.kafka.Records;

/** A generator body on topics in memory. */
abstract class GeneratorScenario {
  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /** Folder of the images of campaigns. */
  @TempDir Path images;

  /** The topics, which outlive a body. */
  final Map<Topic, List<ConsumerRecord<String, byte[]>>> topics = new HashMap<>();

  /** Of the topics of live traffic, by campaign; null for a cluster that does not answer. */
  final Map<String, Consumer<byte[], byte[]>> traffic = new HashMap<>();

  /** What aliases of the registry point to. */
  final Map<String, String> aliases = new ConcurrentHashMap<>();

  /** Released when the registry is to be read. */
  final Semaphore hints = new Semaphore(0);

  MockConsumer<String, byte[]> reader;
  MockProducer<String, byte[]> producer;
  private PrometheusRegistry registry;
  GeneratorBody body;
  private int taken;

  void start(Instant now) {
    reader = new MockConsumer<>("earliest");
    for (Topic topic : Topic.all()) {
      TopicPartition partition = new TopicPartition(topic.topicName(), 0);
      List<ConsumerRecord<String, byte[]>> log =
          topics.computeIfAbsent(topic, t -> new ArrayList<>());
      reader.updateBeginningOffsets(Map.of(partition, 0L));
      reader.updateEndOffsets(Map.of(partition, (long) log.size()));
    }
    producer = new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    taken = 0;
    registry = new PrometheusRegistry();
    body =
        new GeneratorBody(
            images,
            new LiveTraffic(
                (campaign, topic) -> traffic.get(campaign),
                Clock.fixed(now, ZoneOffset.UTC),
                new TrafficMetrics(registry)),
            new RegistryWatch(
                alias -> Objects.requireNonNull(aliases.get(alias)), hints, Duration.ofHours(1)),
            reader,
            producer,
            Clock.fixed(now, ZoneOffset.UTC),
            new GeneratorMetrics(registry));
    topics.forEach((topic, log) -> log.forEach(this::offer));
  }

  private void offer(ConsumerRecord<String, byte[]> kafkaRecord) {
    TopicPartition partition = new TopicPartition(kafkaRecord.topic(), 0);
    if (reader.assignment().contains(partition)) {
      reader.addRecord(kafkaRecord);
    }
  }

  /** Steps until nothing changes any more; what the body writes goes to the topics and to it. */
  void settle() throws Exception {
    for (int quiet = 0; quiet < 5; quiet++) {
      body.step();
      for (; taken < producer.history().size(); taken++) {
        ProducerRecord<String, byte[]> written = producer.history().get(taken);
        append(topic(written.topic()), written.key(), written.value());
        quiet = 0;
      }
    }
  }

  void write(Topic topic, String key, Object value) {
    byte[] bytes =
        value == null || value instanceof String
            ? Optional.ofNullable((String) value)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .orElse(null)
            : Json.write(value);
    append(topic, key, bytes);
  }

  private void append(Topic topic, String key, byte[] value) {
    List<ConsumerRecord<String, byte[]>> log =
        topics.computeIfAbsent(topic, t -> new ArrayList<>());
    ConsumerRecord<String, byte[]> kafkaRecord =
        new ConsumerRecord<>(
            topic.topicName(),
            0,
            log.size(),
            NOW.toEpochMilli(),
            TimestampType.CREATE_TIME,
            0,
            0,
            key,
            value,
            new RecordHeaders(),
            Optional.empty());
    log.add(kafkaRecord);
    if (reader != null && !reader.closed()) {
      offer(kafkaRecord);
    }
  }

  private static Topic topic(String name) {
    for (Topic topic : Topic.all()) {
      if (topic.topicName().equals(name)) {
        return topic;
      }
    }
    throw new IllegalArgumentException(name);
  }

  /** Ids of the jobs sent since this was last asked. */
  List<String> sent() {
    List<String> ids =
        producer.history().stream()
            .filter(written -> written.topic().equals(Topic.LATENT_SAMPLES.topicName()))
            .map(ProducerRecord::key)
            .toList();
    producer.clear();
    taken = 0;
    return ids;
  }

  List<JobFailure.Refused> refusals() {
    return topics.get(Topic.JOB_FAILURES).stream()
        .map(failure -> (JobFailure.Refused) Records.read(failure, JobFailure.class))
        .toList();
  }

  double metric(String name, String... labels) {
    DataPointSnapshot point =
        registry.scrape().stream()
            .filter(metric -> metric.getMetadata().getName().equals(name))
            .flatMap(metric -> metric.getDataPoints().stream())
            .filter(data -> data.getLabels().equals(Labels.of(labels)))
            .findFirst()
            .orElseThrow();
    return point instanceof CounterDataPointSnapshot counter
        ? counter.getValue()
        : ((GaugeDataPointSnapshot) point).getValue();
  }
}
