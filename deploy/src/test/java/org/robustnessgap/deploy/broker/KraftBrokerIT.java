package org.robustnessgap.deploy.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.deploy.cluster.LauncherProcess;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.KafkaSettings;
import org.robustnessgap.service.kafka.Topics;

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
  void keepsAcknowledgedRecordsWhenItsProcessIsKilled() throws Exception {
    Path output = data.resolveSibling(data.getFileName() + ".log");
    int port = freePort();
    Process process =
        LauncherProcess.builder(
                LauncherProcess.LIGHT,
                List.of("broker", "--port", Integer.toString(port), "--data", data.toString()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      KafkaClients clients = new KafkaClients(new KafkaSettings("127.0.0.1:" + port));
      Topics.ensure(clients, PATIENCE);
      try (Producer<String, byte[]> producer = clients.producer()) {
        producer.send(campaign("acknowledged")).get();
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(Files.readString(output))
        .as("no warnings, one line")
        .isEqualTo("broker runs; --kafka 127.0.0.1:" + port + "; its data are in " + data + "\n");
    Files.delete(output);

    try (KraftBroker broker = KraftBroker.start(data, port)) {
      assertThat(committedCampaigns(new KafkaClients(broker.settings())))
          .containsExactly("acknowledged");
    }
  }

  @Test
  void aTopicKeepsItsRecordsAsLongAsItIsTold() throws Exception {
    try (KraftBroker broker = KraftBroker.start(data, 0)) {
      KafkaClients clients = new KafkaClients(broker.settings());
      Topics.ensure(clients, PATIENCE);
      Topics.retain(clients, Topic.LATENT_SAMPLES, Duration.ofHours(2), PATIENCE);
      ConfigResource topic =
          new ConfigResource(ConfigResource.Type.TOPIC, Topic.LATENT_SAMPLES.topicName());
      try (Admin admin = clients.admin()) {
        // The controller tells its brokers a moment later.
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> {
                  Config config = admin.describeConfigs(List.of(topic)).all().get().get(topic);
                  assertThat(config.get("retention.ms").value()).isEqualTo("7200000");
                  assertThat(config.get("segment.ms").value()).isEqualTo("1800000");
                  assertThat(config.get("max.message.bytes").value())
                      .isEqualTo(Integer.toString(Topic.LARGEST_MESSAGE_BYTES));
                });
      }
    }
  }

  @Test
  void theLargestMessageReachesReadersAndWorkers() throws Exception {
    byte[] largest = new byte[Topic.LARGEST_MESSAGE_BYTES - 1000];
    new Random(1).nextBytes(largest);
    String topic = Topic.LATENT_SAMPLES.topicName();
    try (KraftBroker broker = KraftBroker.start(data, 0)) {
      KafkaClients clients = new KafkaClients(broker.settings());
      Topics.ensure(clients, PATIENCE);
      try (Producer<String, byte[]> producer = clients.producer()) {
        producer.send(new ProducerRecord<>(topic, "small", new byte[] {1})).get();
        producer.send(new ProducerRecord<>(topic, "large", largest)).get();
        byte[] larger = new byte[Topic.LARGEST_MESSAGE_BYTES];
        assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic, larger)).get())
            .hasCauseInstanceOf(RecordTooLargeException.class);
      }
      assertThat(committed(clients, Topic.LATENT_SAMPLES))
          .extracting(ConsumerRecord::value)
          .containsExactly(new byte[] {1}, largest);
      try (Admin admin = clients.admin()) {
        admin
            .incrementalAlterConfigs(
                Map.of(
                    new ConfigResource(ConfigResource.Type.GROUP, "workers"),
                    List.of(
                        new AlterConfigOp(
                            new ConfigEntry("share.auto.offset.reset", "earliest"),
                            AlterConfigOp.OpType.SET))))
            .all()
            .get();
      }
      List<byte[]> jobs = new ArrayList<>();
      try (ShareConsumer<String, byte[]> worker = clients.shareConsumer("workers")) {
        worker.subscribe(List.of(topic));
        await()
            .atMost(PATIENCE)
            .until(
                () -> {
                  worker
                      .poll(Duration.ofMillis(200))
                      .forEach(
                          job -> {
                            jobs.add(job.value());
                            worker.acknowledge(job);
                          });
                  return jobs.size() == 2;
                });
      }
      assertThat(jobs).containsExactly(new byte[] {1}, largest);
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

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    }
  }

  private static ProducerRecord<String, byte[]> campaign(String key) {
    return new ProducerRecord<>(
        Topic.CAMPAIGNS.topicName(), key, key.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> committedCampaigns(KafkaClients clients) {
    return committed(clients, Topic.CAMPAIGNS).stream().map(ConsumerRecord::key).toList();
  }

  private static List<ConsumerRecord<String, byte[]>> committed(KafkaClients clients, Topic topic) {
    TopicPartition partition = new TopicPartition(topic.topicName(), 0);
    List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
    try (Consumer<String, byte[]> reader = clients.logReader()) {
      reader.assign(List.of(partition));
      reader.seekToBeginning(List.of(partition));
      long end = reader.endOffsets(List.of(partition)).get(partition);
      while (reader.position(partition) < end) {
        reader.poll(Duration.ofSeconds(1)).forEach(all::add);
      }
    }
    return all;
  }
}
