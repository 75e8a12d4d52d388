package org.robustnessgap.service.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.Window;

class RecordsTest {
  private static final Window WINDOW = new Window(1, 2);

  @Test
  void whatIsWrittenCanBeRead() {
    ProducerRecord<String, byte[]> written = Records.of(Topic.CAMPAIGNS, "key", WINDOW);
    assertThat(written.topic()).isEqualTo("campaigns");
    assertThat(written.key()).isEqualTo("key");
    ConsumerRecord<String, byte[]> read = consumed(written.value());
    written.headers().forEach(read.headers()::add);
    assertThat(Records.read(read, Window.class)).isEqualTo(WINDOW);
    assertThat(written.headers().lastHeader("schema-version").value())
        .isEqualTo("1".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aRecordWithoutSchemaVersionIsOfTheCurrentOne() {
    assertThat(Records.read(consumed(Json.write(WINDOW)), Window.class)).isEqualTo(WINDOW);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "", "0", "one\nor two"})
  void anotherSchemaVersionIsRefused(String version) {
    ConsumerRecord<String, byte[]> kafkaRecord = consumed(Json.write(WINDOW));
    kafkaRecord.headers().add("schema-version", version.getBytes(StandardCharsets.US_ASCII));
    assertRefused(kafkaRecord);
  }

  @Test
  void aSchemaVersionWithoutValueIsRefused() {
    ConsumerRecord<String, byte[]> kafkaRecord = consumed(Json.write(WINDOW));
    kafkaRecord.headers().add("schema-version", null);
    assertRefused(kafkaRecord);
  }

  @Test
  void aTombstoneIsNoMessage() {
    assertThatThrownBy(() -> Records.read(consumed(null), Window.class))
        .isInstanceOf(InvalidInputException.class);
    assertThat(refused(null).excerpt()).isEmpty();
  }

  @Test
  void aDeadLetterNamesThePlaceAndTheReason() {
    JobFailure.Refused letter = refused("rubbish".getBytes(StandardCharsets.UTF_8));
    assertThat(letter)
        .isEqualTo(new JobFailure.Refused("latent-samples", 0, 7, "No good.", "rubbish"));
    assertThat(letter.key()).isEqualTo("latent-samples/0/7");
    assertThat(Records.of(letter).topic()).isEqualTo("job-failures");
    assertThat(Records.of(letter).key()).isEqualTo(letter.key());
  }

  @Test
  void anyBytesMakeADeadLetterThatCanBeWritten() {
    byte[] everything = new byte[4096];
    for (int i = 0; i < everything.length; i++) {
      everything[i] = (byte) (i * 31 + i / 256);
    }
    // An odd number of letters first, so that the excerpt ends within a surrogate pair.
    byte[] emoji = ("a" + "😀".repeat(500)).getBytes(StandardCharsets.UTF_8);
    for (byte[] value : new byte[][] {everything, emoji}) {
      JobFailure.Refused letter = refused(value);
      assertThat(letter.excerpt()).hasSize(200);
      assertThat(Json.read(Records.of(letter).value(), JobFailure.class)).isEqualTo(letter);
    }
  }

  private static void assertRefused(ConsumerRecord<String, byte[]> kafkaRecord) {
    assertThatThrownBy(() -> Records.read(kafkaRecord, Window.class))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("schema version")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  private static JobFailure.Refused refused(byte[] value) {
    return (JobFailure.Refused)
        Records.refused(consumed(value), new InvalidInputException("No good."));
  }

  private static ConsumerRecord<String, byte[]> consumed(byte[] value) {
    return new ConsumerRecord<>(Topic.LATENT_SAMPLES.topicName(), 0, 7, "key", value);
  }
}
