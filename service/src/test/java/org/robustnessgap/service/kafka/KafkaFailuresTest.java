package org.robustnessgap.service.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class KafkaFailuresTest {
  @Test
  void aMessageThatIsTooLargeComesWithTheRemedy() {
    Throwable failure;
    try (MockProducer<String, byte[]> producer =
        new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer())) {
      var sent = producer.send(new ProducerRecord<>("latent-samples", "k", new byte[1]));
      producer.errorNext(new RecordTooLargeException("The message is 2000000 bytes."));
      failure = catchThrowable(sent::get);
    }
    assertThat(failure).isInstanceOf(ExecutionException.class);
    assertThat(KafkaFailures.explain(failure))
        .isEqualTo(
            "The message is 2000000 bytes. Let the topics take messages of 16777216 bytes"
                + " (max.message.bytes of a topic, max.request.size of the clients), or lower the"
                + " campaign's batch size.");
  }

  @Test
  void otherFailuresSpeakForThemselves() {
    assertThat(KafkaFailures.explain(new IllegalStateException("closed")))
        .isEqualTo("java.lang.IllegalStateException: closed");
  }
}
