package org.robustnessgap.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.deploy.broker.KraftBroker;
import org.robustnessgap.generator.GeneratorService;
import org.robustnessgap.generator.ImageFolder;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.ImageData;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.CommandLines;
import org.robustnessgap.service.RunningService;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.Records;

/** What the generator service refuses, apply does not call done. */
final class ApplyCommandIT {
  /** Of what is refused: it ends with the refusal, however late the service starts. */
  private static final Duration REFUSAL = Duration.ofSeconds(60);

  /** Of what is not refused: nobody else ends it. */
  private static final Duration SILENCE = Duration.ofMillis(500);

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  private KraftBroker broker;
  private RunningService generator;

  @BeforeEach
  void start() {
    broker = KraftBroker.start(folder.resolve("kafka"), 0);
    generator =
        RunningService.start(GeneratorService.NAME, broker.settings(), 0, new ImageFolder(folder));
  }

  @AfterEach
  void stop() {
    generator.close();
    broker.close();
  }

  @Test
  void saysWhetherTheGeneratorServiceRefusesAChange() throws Exception {
    assertThat(apply(1, 0.5, SILENCE)).isZero();
    assertThat(output.out()).contains("campaign c was created on topic campaigns");
    assertThat(apply(1, 0.25, SILENCE)).isZero();
    assertThat(output.out()).contains("campaign c was replaced on topic campaigns");

    assertThat(apply(2, 0.25, REFUSAL)).as("another seed").isEqualTo(2);
    assertThat(output.err())
        .contains("The generator service refused campaign c, and the one in force stays. ")
        .doesNotContain("\tat ");
    assertThat(inForce().sampling().seed()).isEqualTo(1);
  }

  @Test
  void aStoppedCampaignIsStillRemembered() throws Exception {
    assertThat(apply(1, 0.5, SILENCE)).isZero();
    try (Producer<String, byte[]> producer = new KafkaClients(broker.settings()).producer()) {
      producer.send(new ProducerRecord<>(Topic.CAMPAIGNS.topicName(), "c", null)).get();
    }

    assertThat(apply(2, 0.5, REFUSAL)).isEqualTo(2);
    assertThat(output.err())
        .contains("The generator service refused campaign c, and none is in force. ");
  }

  /** Eight images of four bytes each, which come late. */
  @Test
  void theSameCampaignOfImagesIsTriedAgain() throws Exception {
    Campaign campaign =
        new Campaign(
            "i",
            null,
            List.of(new ModelReference("f", "f.onnx")),
            SamplingPlan.bounded(0, 8, 8),
            AttackPlan.of(List.of(Space.UNCONSTRAINED), new Algorithm.BoundaryDescent(Effort.FAST)),
            null,
            null,
            List.of(0.5),
            null,
            null,
            new ImageData("bytes", "images.u8", List.of(1, 2, 2)));

    assertThat(apply(campaign, REFUSAL)).isEqualTo(2);
    assertThat(output.err())
        .contains("The generator service refused campaign i. There is no file or folder")
        .contains("Nothing more of campaign i is sent until it is applied again.");

    Files.write(folder.resolve("images.u8"), new byte[8 * 4]);
    // Long enough to be refused as before, were they not found.
    assertThat(apply(campaign, Duration.ofSeconds(3))).isZero();
    assertThat(output.out()).contains("campaign i is unchanged on topic campaigns");
  }

  private int apply(long seed, double quantile, Duration patience) throws Exception {
    return apply(
        new Campaign(
            "c",
            new GeneratorReference("g", "g.onnx", 2),
            List.of(new ModelReference("f", "f.onnx")),
            SamplingPlan.bounded(seed, 8, 8),
            AttackPlan.standard(),
            null,
            null,
            List.of(quantile)),
        patience);
  }

  private int apply(Campaign campaign, Duration patience) throws Exception {
    Path file = Files.write(folder.resolve("c.json"), Json.mapper().writeValueAsBytes(campaign));
    return CommandLines.execute(
        new ApplyCommand(patience),
        file.toString(),
        "--kafka",
        broker.settings().bootstrapServers());
  }

  /** The last that is written. */
  private Campaign inForce() {
    TopicPartition partition = new TopicPartition(Topic.CAMPAIGNS.topicName(), 0);
    ConsumerRecord<String, byte[]> last = null;
    try (Consumer<String, byte[]> reader = new KafkaClients(broker.settings()).logReader()) {
      reader.assign(List.of(partition));
      reader.seekToBeginning(List.of(partition));
      long end = reader.endOffsets(List.of(partition)).get(partition);
      while (reader.position(partition) < end) {
        for (ConsumerRecord<String, byte[]> found : reader.poll(Duration.ofSeconds(1))) {
          last = found;
        }
      }
    }
    return Records.read(last, Campaign.class);
  }
}
