package org.robustnessgap.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.LabelsGap;
import org.robustnessgap.messages.LabelsPlan;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.kafka.KafkaClients;

/** Labels through broker and all services. */
final class LabelsIT {
  @Test
  void countsTheLabelsThatAttacksSee() throws Exception {
    try (LocalSystem system = new LocalSystem(EngineSettings.standard())) {
      assertThat(system.start(0)).isTrue();
      KafkaClients clients = system.clients();
      Campaign plain = TestCampaigns.latent("labels", 24, 8, "mnist-mlp");
      Campaign campaign =
          new Campaign(
              plain.id(),
              plain.generator(),
              plain.classifiers(),
              plain.sampling(),
              plain.attack(),
              null,
              null,
              plain.quantiles(),
              Map.of("labels", new LabelsPlan(24, 5)),
              List.of());

      Watching.run(clients, campaign);
      Topic topic = JobKind.LABELS.gaps().orElseThrow();
      LabelsGap counted =
          await()
              .atMost(Duration.ofMinutes(1))
              .until(() -> last(clients, topic), gap -> gap != null && gap.inFlight() == 0);

      assertThat(counted.measured()).isEqualTo(24);
      for (int label = 0; label < 10; label++) {
        int wanted = label;
        long attacked =
            Watching.all(clients, Topic.ATTACK_RESULTS).stream()
                .map(record -> Json.read(record.value(), AttackResult.class))
                .flatMap(result -> result.samples().stream())
                .mapToInt(SampleResult::label)
                .filter(found -> found == wanted)
                .count();
        assertThat(
                counted.counts().stream()
                    .filter(count -> count.label() == wanted)
                    .mapToLong(LabelsGap.Count::samples)
                    .sum())
            .isEqualTo(attacked);
      }
    }
  }

  private static LabelsGap last(KafkaClients clients, Topic topic) {
    List<ConsumerRecord<String, byte[]>> all = Watching.all(clients, topic);
    return all.isEmpty() ? null : Json.read(all.get(all.size() - 1).value(), LabelsGap.class);
  }
}
