package org.robustnessgap.service.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.robustnessgap.messages.Topic;

/**
 * Makes clients. Keys are strings; values stay bytes, so that a malformed one never fails inside
 * {@code poll}.
 *
 * <p>Producers take messages up to {@link Topic#LARGEST_MESSAGE_BYTES}, unless the settings name
 * another {@code max.request.size}. Consumers need no setting for that: Kafka delivers a message
 * larger than their fetch sizes alone.
 */
public final class KafkaClients {
  private static final String LARGEST_REQUEST = "max.request.size";

  /** Of a broker of others; Kafka's default is 50 MiB. */
  private static final int FOREIGN_FETCH_BYTES = 8 << 20;

  private final KafkaSettings settings;

  public KafkaClients(KafkaSettings settings) {
    this.settings = settings;
  }

  public KafkaSettings settings() {
    return settings;
  }

  public Admin admin() {
    return Admin.create(settings.with(Map.of()));
  }

  /** Writes acknowledged by all in-sync replicas, without duplicates from retries. */
  public Producer<String, byte[]> producer() {
    return newProducer(Map.of());
  }

  /**
   * A producer whose writes become visible together, and whose predecessor of the same id is fenced
   * off.
   */
  public Producer<String, byte[]> transactionalProducer(String transactionalId) {
    return newProducer(Map.of("transactional.id", transactionalId));
  }

  private Producer<String, byte[]> newProducer(Map<String, Object> extra) {
    Map<String, Object> required = new HashMap<>(extra);
    if (!settings.properties().containsKey(LARGEST_REQUEST)) {
      required.put(LARGEST_REQUEST, Topic.LARGEST_MESSAGE_BYTES);
    }
    required.put("acks", "all");
    required.put("enable.idempotence", true);
    return new KafkaProducer<>(
        settings.with(required), new StringSerializer(), new ByteArraySerializer());
  }

  /** A member of a group that reads committed records and commits its offsets itself. */
  public Consumer<String, byte[]> groupConsumer(String groupId) {
    return newConsumer(Map.of("group.id", groupId));
  }

  /** Reads committed records of partitions that it is assigned by hand; belongs to no group. */
  public Consumer<String, byte[]> logReader() {
    return newConsumer(Map.of());
  }

  /**
   * A member of a group that reads topics of others from their end, makes none, and commits its
   * offsets itself. Keys may be anything, so they stay bytes.
   *
   * @param records at most so many at once
   */
  public Consumer<byte[], byte[]> foreignConsumer(String groupId, int records) {
    Map<String, Object> required =
        Map.of(
            "group.id",
            groupId,
            "auto.offset.reset",
            "latest",
            "enable.auto.commit",
            false,
            "allow.auto.create.topics",
            false,
            "isolation.level",
            "read_committed",
            "max.poll.records",
            records,
            "fetch.max.bytes",
            FOREIGN_FETCH_BYTES);
    return new KafkaConsumer<>(
        settings.with(required), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private Consumer<String, byte[]> newConsumer(Map<String, Object> extra) {
    Map<String, Object> required = new HashMap<>(extra);
    required.put("auto.offset.reset", "earliest");
    required.put("enable.auto.commit", false);
    required.put("isolation.level", "read_committed");
    return new KafkaConsumer<>(
        settings.with(required), new StringDeserializer(), new ByteArrayDeserializer());
  }

  /** A member of a share group that takes one record at a time and acknowledges each explicitly. */
  public ShareConsumer<String, byte[]> shareConsumer(String groupId) {
    Map<String, Object> required =
        Map.of(
            "group.id",
            groupId,
            "share.acknowledgement.mode",
            "explicit",
            "share.acquire.mode",
            "record_limit",
            "max.poll.records",
            1);
    return new KafkaShareConsumer<>(
        settings.with(required), new StringDeserializer(), new ByteArrayDeserializer());
  }
}
