package org.robustnessgap.deploy.campaign;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.Records;

/** Hands campaigns in. */
public final class CampaignTopic {
  private static final TopicPartition PARTITION =
      new TopicPartition(Topic.CAMPAIGNS.topicName(), 0);

  /** What handing a campaign in came to. */
  public enum Change {
    CREATED,
    REPLACED,
    UNCHANGED
  }

  private CampaignTopic() {}

  /**
   * Makes this the campaign of its id; does nothing when it already is. The topic must exist.
   *
   * @throws InvalidInputException if the broker refuses
   */
  public static Change apply(KafkaClients clients, Campaign campaign) throws InterruptedException {
    Optional<Campaign> current = current(clients, campaign.id());
    if (current.equals(Optional.of(campaign))) {
      return Change.UNCHANGED;
    }
    try (Producer<String, byte[]> producer = clients.producer()) {
      producer.send(Records.of(Topic.CAMPAIGNS, campaign.id(), campaign)).get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new InvalidInputException(
          "Kafka at "
              + clients.settings().bootstrapServers()
              + " refused the campaign: "
              + cause.getMessage(),
          e);
    }
    return current.isPresent() ? Change.REPLACED : Change.CREATED;
  }

  private static Optional<Campaign> current(KafkaClients clients, String id) {
    Optional<Campaign> last = Optional.empty();
    try (Consumer<String, byte[]> reader = clients.logReader()) {
      reader.assign(List.of(PARTITION));
      reader.seekToBeginning(List.of(PARTITION));
      long end =
          Optional.ofNullable(reader.endOffsets(List.of(PARTITION)).get(PARTITION)).orElseThrow();
      while (reader.position(PARTITION) < end) {
        for (ConsumerRecord<String, byte[]> found : reader.poll(Duration.ofSeconds(1))) {
          if (id.equals(found.key())) {
            last = campaignIn(found);
          }
        }
      }
    }
    return last;
  }

  private static Optional<Campaign> campaignIn(ConsumerRecord<String, byte[]> found) {
    try {
      return Optional.of(Records.read(found, Campaign.class));
    } catch (InvalidInputException e) {
      // Deleted, or garbage that the services refuse as well: as if it were not there.
      return Optional.empty();
    }
  }
}
