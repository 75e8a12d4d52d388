package org.robustnessgap.deploy.local;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.robustnessgap.deploy.campaign.CampaignProgress;
import org.robustnessgap.deploy.campaign.CampaignTopic;
import org.robustnessgap.deploy.campaign.CampaignWatch;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.kafka.KafkaClients;

/** Hands campaigns in and waits for what becomes of them. */
final class Watching {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Watching() {}

  static CampaignProgress run(KafkaClients clients, Campaign campaign) throws Exception {
    CampaignTopic.apply(clients, campaign);
    return until(clients, campaign, CampaignProgress::complete);
  }

  static CampaignProgress until(
      KafkaClients clients, Campaign campaign, Predicate<CampaignProgress> done) {
    try (CampaignWatch watch = new CampaignWatch(clients, campaign)) {
      return await()
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> watch.poll(Duration.ofMillis(200)), done);
    }
  }

  /** Everything committed on a topic. */
  static List<ConsumerRecord<String, byte[]>> all(KafkaClients clients, Topic topic) {
    List<TopicPartition> partition = List.of(new TopicPartition(topic.topicName(), 0));
    List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
    try (Consumer<String, byte[]> reader = clients.logReader()) {
      reader.assign(partition);
      reader.seekToBeginning(partition);
      long end = reader.endOffsets(partition).get(partition.get(0));
      while (reader.position(partition.get(0)) < end) {
        reader.poll(Duration.ofMillis(200)).forEach(all::add);
      }
    }
    return all;
  }
}
