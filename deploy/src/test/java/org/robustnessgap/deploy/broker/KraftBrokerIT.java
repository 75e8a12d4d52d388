package org.robustnessgap.deploy.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.kafka.KafkaClients;
import org.robustnessgap.messages.kafka.Topics;

final class KraftBrokerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path data;

  @Test
  void keepsCommittedRecordsAcrossARestartOnTheSameDirectory() throws Exception {
    try (KraftBroker broker = KraftBroker.start(data, 0)) {
      KafkaClients clients = new KafkaClients(broker.settings());
      Topics.ensure(clients, PATIENCE);
      try (Producer<String, byte[]> producer = clients.transactionalProducer("test")) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(campaign("kept"));
        producer.commitTransaction();
        producer.beginTransaction();
        producer.send(campaign("aborted"));
        producer.flush();
        producer.abortTransaction();
      }
    }

    try (KraftBroker broker = KraftBroker.start(data, 0)) {
      KafkaClients clients = new KafkaClients(broker.settings());

      assertThat(committedCampaigns(clients)).containsExactly("kept");
      try (Admin admin = clients.admin()) {
        assertThat(admin.listTopics().names().get())
            .contains(Topic.CAMPAIGNS.topicName(), Topic.JOB_FAILURES.topicName());
        assertThat(admin.describeFeatures().featureMetadata().get().finalizedFeatures())
            .as("share groups are switched on")
            .hasEntrySatisfying(
                "share.version", range -> assertThat(range.maxVersionLevel()).isPositive());
      }
    }
  }

  @Test
  void createsNoTopicThatNobodyAskedFor() throws Exception {
    try (KraftBroker broker = KraftBroker.start(data, 0);
        Admin admin = new KafkaClients(broker.settings()).admin()) {
      assertThat(admin.listTopics().names().get()).isEqualTo(Set.of());
      try (Consumer<String, byte[]> reader = new KafkaClients(broker.settings()).logReader()) {
        assertThat(reader.partitionsFor("typo", Duration.ofSeconds(2))).isEmpty();
      }
      assertThat(admin.listTopics().names().get()).isEqualTo(Set.of());
    }
  }

  @Test
  void refusesADirectoryThatAnotherBrokerUses() {
    try (KraftBroker running = KraftBroker.start(data, 0)) {
      assertThat(running.port()).isPositive();
      assertThatThrownBy(() -> KraftBroker.start(data, 0))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("Another broker runs on " + data);
    }
  }

  @Test
  void refusesAPortThatIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      assertThatThrownBy(() -> KraftBroker.start(data, taken.getLocalPort()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("port " + taken.getLocalPort());
    }
  }

  private static ProducerRecord<String, byte[]> campaign(String key) {
    return new ProducerRecord<>(
        Topic.CAMPAIGNS.topicName(), key, key.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> committedCampaigns(KafkaClients clients) {
    TopicPartition partition = new TopicPartition(Topic.CAMPAIGNS.topicName(), 0);
    List<String> keys = new ArrayList<>();
    try (Consumer<String, byte[]> reader = clients.logReader()) {
      reader.assign(List.of(partition));
      reader.seekToBeginning(List.of(partition));
      long end = reader.endOffsets(List.of(partition)).get(partition);
      while (reader.position(partition) < end) {
        reader.poll(Duration.ofSeconds(1)).forEach(found -> keys.add(found.key()));
      }
    }
    return keys;
  }
}
