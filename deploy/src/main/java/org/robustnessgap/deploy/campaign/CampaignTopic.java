package org.robustnessgap.deploy.campaign;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.Records;

/** Hands campaigns in. */
public final class CampaignTopic {
  private static final TopicPartition PARTITION =
      new TopicPartition(Topic.CAMPAIGNS.topicName(), 0);
  private static final TopicPartition FAILURES =
      new TopicPartition(Topic.JOB_FAILURES.topicName(), 0);
  private static final Duration POLL = Duration.ofMillis(200);

  /** What handing a campaign in came to. */
  public enum Change {
    CREATED,
    REPLACED,
    UNCHANGED
  }

  private CampaignTopic() {}

  /**
   * The same, and then waits for the generator service to refuse it, as it does what cannot follow
   * the campaign in force. A service that accepts says nothing.
   *
   * @param patience how long to wait; a service that is down or behind refuses later
   * @throws InvalidInputException if the broker or the service refuses
   */
  public static Change apply(
      KafkaClients clients, Campaign campaign, Duration patience, Clock clock)
      throws InterruptedException {
    try (Consumer<String, byte[]> failures = clients.logReader()) {
      failures.assign(List.of(FAILURES));
      failures.seekToEnd(List.of(FAILURES));
      // Seeking is lazy: what is written from here on is read.
      failures.position(FAILURES);
      Optional<Campaign> current = current(clients, campaign.id());
      boolean same = current.equals(Optional.of(campaign));
      // Images may have become others, or readable.
      if (same && campaign.data() == null) {
        return Change.UNCHANGED;
      }
      long offset = write(clients, campaign);
      Optional<String> refusal = refusal(failures, offset, clock, clock.instant().plus(patience));
      if (refusal.isPresent()) {
        throw new InvalidInputException(
            String.format(
                "The generator service refused campaign %s%s. %s",
                campaign.id(), consequence(campaign, current), refusal.get()));
      }
      if (same) {
        return Change.UNCHANGED;
      }
      return current.isPresent() ? Change.REPLACED : Change.CREATED;
    }
  }

  /** Why images are refused says itself what follows. */
  private static String consequence(Campaign campaign, Optional<Campaign> current) {
    if (campaign.data() != null) {
      return "";
    }
    return current.isPresent() ? ", and the one in force stays" : ", and none is in force";
  }

  private static Optional<String> refusal(
      Consumer<String, byte[]> failures, long offset, Clock clock, Instant end) {
    String key = new JobFailure.Refused(Topic.CAMPAIGNS.topicName(), 0, offset, "", "").key();
    while (clock.instant().isBefore(end)) {
      for (ConsumerRecord<String, byte[]> found : failures.poll(POLL)) {
        if (key.equals(found.key())) {
          return Optional.of(Records.read(found, JobFailure.class).reason());
        }
      }
    }
    return Optional.empty();
  }

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
    write(clients, campaign);
    return current.isPresent() ? Change.REPLACED : Change.CREATED;
  }

  /** The offset at which it was written. */
  private static long write(KafkaClients clients, Campaign campaign) throws InterruptedException {
    try (Producer<String, byte[]> producer = clients.producer()) {
      return producer.send(Records.of(Topic.CAMPAIGNS, campaign.id(), campaign)).get().offset();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new InvalidInputException(
          "Kafka at "
              + clients.settings().bootstrapServers()
              + " refused the campaign: "
              + cause.getMessage(),
          e);
    }
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
