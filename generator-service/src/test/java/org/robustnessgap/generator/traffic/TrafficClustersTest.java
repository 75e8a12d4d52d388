package org.robustnessgap.generator.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.RecordFormat;
import org.robustnessgap.messages.TrafficTopic;
import org.robustnessgap.service.kafka.KafkaSettings;

class TrafficClustersTest {
  private static final KafkaSettings OWN =
      new KafkaSettings("own:9092", Map.of("sasl.jaas.config", "secret"));

  @TempDir Path folder;

  private static TrafficTopic topic(String servers, String properties) {
    return new TrafficTopic("t", RecordFormat.IMAGE, "PT1H", null, servers, properties, null);
  }

  @Test
  void withoutAnotherItIsTheClusterOfTheServices() {
    assertThat(new TrafficClusters(OWN, null).of(topic(null, null))).isEqualTo(OWN);
  }

  /** Whoever writes campaigns can name any address, and must not get our credentials there. */
  @Test
  void ownCredentialsGoToNoOtherCluster() {
    assertThat(new TrafficClusters(OWN, folder).of(topic("other:9092", null)))
        .isEqualTo(new KafkaSettings("other:9092"));
  }

  @Test
  void aFileHasAddressAndCredentials() throws IOException {
    Files.writeString(
        folder.resolve("p.properties"),
        "bootstrap.servers=other:9093\nsecurity.protocol=SASL_SSL\nsasl.jaas.config=theirs\n");

    assertThat(new TrafficClusters(OWN, folder).of(topic(null, "p.properties")))
        .isEqualTo(
            new KafkaSettings(
                "other:9093",
                Map.of("security.protocol", "SASL_SSL", "sasl.jaas.config", "theirs")));
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    Files.writeString(folder.resolve("none.properties"), "security.protocol=SSL\n");
    refused(new TrafficClusters(OWN, null), "p.properties", "started without --traffic-properties");
    refused(new TrafficClusters(OWN, folder), "p.properties", "cannot be read; put it into");
    refused(new TrafficClusters(OWN, folder), "none.properties", "has no bootstrap.servers");
  }

  private static void refused(TrafficClusters clusters, String file, String reason) {
    assertThatThrownBy(() -> clusters.of(topic(null, file)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file)
        .hasMessageContaining(reason);
  }
}
