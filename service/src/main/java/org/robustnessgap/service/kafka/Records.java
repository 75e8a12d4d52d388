package org.robustnessgap.service.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.Topic;

/** Messages as Kafka records, and back. */
public final class Records {
  private static final String SCHEMA_VERSION = "schema-version";

  private Records() {}

  /** A record with the message as JSON and the schema version as a header. */
  public static ProducerRecord<String, byte[]> of(Topic topic, String key, Object message) {
    ProducerRecord<String, byte[]> kafkaRecord =
        new ProducerRecord<>(topic.topicName(), key, Json.write(message));
    kafkaRecord
        .headers()
        .add(
            SCHEMA_VERSION,
            Integer.toString(Json.SCHEMA_VERSION).getBytes(StandardCharsets.US_ASCII));
    return kafkaRecord;
  }

  /** A record that says why something was refused or given up. */
  public static ProducerRecord<String, byte[]> of(JobFailure failure) {
    return of(Topic.JOB_FAILURES, failure.key(), failure);
  }

  /**
   * The message in a record; one without a schema version counts as the current version.
   *
   * @throws InvalidInputException if the value is not a valid message of this type or its schema is
   *     newer
   */
  public static <T> T read(ConsumerRecord<String, byte[]> kafkaRecord, Class<T> type) {
    Header version = kafkaRecord.headers().lastHeader(SCHEMA_VERSION);
    String current = Integer.toString(Json.SCHEMA_VERSION);
    String found = version == null ? current : text(version.value());
    if (!found.equals(current)) {
      throw new InvalidInputException(
          "The message has schema version "
              + found
              + " but this service reads "
              + current
              + "; upgrade it.");
    }
    return Json.read(kafkaRecord.value(), type);
  }

  /**
   * Which topic a record is of.
   *
   * @param read the topics that are read, by name
   */
  public static Topic topic(ConsumerRecord<?, ?> kafkaRecord, Map<String, Topic> read) {
    return Optional.ofNullable(read.get(kafkaRecord.topic()))
        .orElseThrow(() -> new IllegalStateException(kafkaRecord.topic() + " is not read"));
  }

  private static String text(byte @Nullable [] value) {
    return value == null ? "null" : new String(value, StandardCharsets.US_ASCII);
  }

  /** The dead letter for a record that {@link #read} refused. */
  public static JobFailure refused(
      ConsumerRecord<String, byte[]> kafkaRecord, InvalidInputException reason) {
    byte[] value = kafkaRecord.value() == null ? new byte[0] : kafkaRecord.value();
    // Any bytes decode to some text: what is no UTF-8 becomes replacement characters.
    String excerpt =
        StandardCharsets.UTF_8
            .decode(ByteBuffer.wrap(value, 0, Math.min(value.length, 800)))
            .toString();
    return new JobFailure.Refused(
        kafkaRecord.topic(),
        kafkaRecord.partition(),
        kafkaRecord.offset(),
        reason.getMessage(),
        excerpt);
  }
}
