package org.robustnessgap.deploy.campaign;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.Records;

/** Follows a campaign on the topics. Used by one thread. */
public final class CampaignWatch implements AutoCloseable {
  private final org.apache.kafka.clients.consumer.Consumer<String, byte[]> reader;
  private final CampaignProgress progress;
  private final Map<String, Consumer<ConsumerRecord<String, byte[]>>> readers;

  /** The topics must exist; they are read from their beginnings. */
  public CampaignWatch(KafkaClients clients, Campaign campaign) {
    progress = new CampaignProgress(campaign);
    readers = new HashMap<>();
    for (JobKind kind : JobKind.ALL) {
      kind.gaps()
          .ifPresentOrElse(
              topic ->
                  readers.put(
                      topic.topicName(),
                      found ->
                          progress.apply(
                              Records.read(found, topic.message().asSubclass(Gap.class)))),
              () ->
                  readers.put(
                      kind.answers().topicName(),
                      found -> progress.apply(Records.read(found, kind.result()))));
    }
    readers.put(
        Topic.JOB_FAILURES.topicName(),
        found -> progress.apply(Records.read(found, JobFailure.class)));
    List<TopicPartition> partitions =
        readers.keySet().stream().map(topic -> new TopicPartition(topic, 0)).toList();
    reader = clients.logReader();
    reader.assign(partitions);
    reader.seekToBeginning(partitions);
  }

  /** What is known after reading on, for at most this long. */
  public CampaignProgress poll(Duration atMost) {
    for (ConsumerRecord<String, byte[]> found : reader.poll(atMost)) {
      try {
        Optional.ofNullable(readers.get(found.topic())).orElseThrow().accept(found);
      } catch (InvalidInputException e) {
        // Deleted, or garbage: the services report what they refuse.
        continue;
      }
    }
    return progress;
  }

  @Override
  public void close() {
    reader.close();
  }
}
