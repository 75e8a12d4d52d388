package org.robustnessgap.service.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Topic;

/** Creates the topics of the catalogue where they are missing. */
public final class Topics {
  private Topics() {}

  /**
   * Waits for the broker and creates missing topics. Each has one partition: jobs are shared out
   * record by record and need no more, and the aggregator is one logical writer. Each takes
   * messages up to {@link Topic#LARGEST_MESSAGE_BYTES}, whatever the broker's default. Topics that
   * exist are left as they are.
   *
   * @throws InvalidInputException if no broker answers in time, or it refuses
   */
  public static void ensure(KafkaClients clients, Duration patience) {
    String servers = clients.settings().bootstrapServers();
    try (OpenAdmin open = new OpenAdmin(clients.admin())) {
      Admin admin = open.client;
      Set<String> existing =
          admin.listTopics().names().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      List<NewTopic> missing = new ArrayList<>();
      for (Topic topic : Topic.all()) {
        if (!existing.contains(topic.topicName())) {
          missing.add(
              new NewTopic(topic.topicName(), Optional.of(1), Optional.empty())
                  .configs(
                      Map.of(
                          "cleanup.policy",
                          topic.cleanup().policy(),
                          "max.message.bytes",
                          Integer.toString(Topic.LARGEST_MESSAGE_BYTES))));
        }
      }
      for (var creation : admin.createTopics(missing).values().values()) {
        try {
          creation.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
          // Another service creates the same topics at the same time.
          if (!(e.getCause() instanceof TopicExistsException)) {
            throw e;
          }
        }
      }
    } catch (TimeoutException e) {
      throw unreachable(servers, patience, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
        throw unreachable(servers, patience, e);
      }
      throw new InvalidInputException(
          "The Kafka broker at "
              + servers
              + " refused to list or create topics ("
              + why(e)
              + "); permit it, or create each there with one partition and max.message.bytes="
              + Topic.LARGEST_MESSAGE_BYTES
              + ".",
          e);
    } catch (org.apache.kafka.common.KafkaException e) {
      throw new InvalidInputException(
          "No Kafka client can be made for "
              + servers
              + " ("
              + why(e)
              + "); check --kafka, --kafka-config and --kafka-property.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for Kafka", e);
    }
  }

  /**
   * Says how long a topic keeps its records. Kafka deletes whole segments, so these are cut four
   * times as often; a record is gone within 1¼ of the time and some minutes.
   *
   * @throws InvalidInputException if the broker refuses or does not answer in time
   */
  public static void retain(
      KafkaClients clients, Topic topic, Duration retention, Duration patience) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.topicName());
    Map<String, Long> settings =
        Map.of("retention.ms", retention.toMillis(), "segment.ms", retention.toMillis() / 4);
    List<AlterConfigOp> changes =
        settings.entrySet().stream()
            .map(
                setting ->
                    new AlterConfigOp(
                        new ConfigEntry(setting.getKey(), setting.getValue().toString()),
                        AlterConfigOp.OpType.SET))
            .toList();
    try (OpenAdmin open = new OpenAdmin(clients.admin())) {
      open.client
          .incrementalAlterConfigs(Map.of(resource, changes))
          .all()
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw unreachable(clients.settings().bootstrapServers(), patience, e);
    } catch (ExecutionException e) {
      throw new InvalidInputException(
          "The Kafka broker at "
              + clients.settings().bootstrapServers()
              + " refused to set how long topic "
              + topic
              + " keeps records ("
              + why(e)
              + "); permit it, or set retention.ms and segment.ms there yourself.",
          e);
    } catch (InterruptedException e) {
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }

  /** What its cause says, if it has one. */
  private static @Nullable String why(Exception e) {
    Throwable cause = e.getCause();
    return cause == null ? e.getMessage() : cause.getMessage();
  }

  private static InvalidInputException unreachable(
      String servers, Duration patience, Exception cause) {
    return new InvalidInputException(
        "No Kafka broker answers at "
            + servers
            + " within "
            + patience.toSeconds()
            + " s; start one there, or pass --kafka host:port of one that runs.",
        cause);
  }

  /** Closing a client the usual way waits for calls under way, beyond any patience. */
  private record OpenAdmin(Admin client) implements AutoCloseable {
    @Override
    public void close() {
      client.close(Duration.ZERO);
    }
  }
}
