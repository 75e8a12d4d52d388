package org.robustnessgap.aggregator.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.fold.Made;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.Window;

class AggregatorBodyTest {
  private static final StreamId STREAM = new StreamId("cifar", "vgg");
  private static final Window FIRST = new Window(0, 2 * Made.BATCH);
  private static final Window SECOND = new Window(1, 2 * Made.BATCH);

  /** What the topics hold: values by topic, and what was committed. */
  private final Map<Topic, List<byte[]>> topics = new HashMap<>();

  private final List<ProducerRecord<String, byte[]>> stateTopic = new ArrayList<>();
  private final Map<TopicPartition, Long> offsets = new HashMap<>();
  private final LatestSnapshot latest = new LatestSnapshot();
  private long nanos;

  private MockConsumer<String, byte[]> group;
  private MockConsumer<String, byte[]> stateReader;
  private MockProducer<String, byte[]> producer;
  private AggregatorBody body;

  @Test
  void offsetsStateAndGapsAreCommittedTogether() {
    say(Topic.LATENT_SAMPLES, Made.job(STREAM, FIRST, 0));
    say(Topic.ATTACK_RESULTS, Made.measured(STREAM, FIRST, 0).result());
    say(Topic.THEORETICAL_LIMITS, Made.limits(STREAM));
    start();
    body.step();

    assertThat(producer.commitCount()).isEqualTo(1);
    assertThat(offsets)
        .containsEntry(new TopicPartition("latent-samples", 0), 1L)
        .containsEntry(new TopicPartition("attack-results", 0), 1L)
        .containsEntry(new TopicPartition("theoretical-limits", 0), 1L);
    assertThat(written(Topic.AGGREGATOR_STATE).keySet())
        .containsExactlyInAnyOrder("cifar/vgg", "cifar/vgg/0", "cifar/vgg/limits");
    RobustnessGap gap =
        Json.read(written(Topic.ROBUSTNESS_GAPS).get("cifar/vgg/0"), RobustnessGap.class);
    assertThat(gap).isEqualTo(latest.get().gaps().get(STREAM.about()));
    assertThat(gap.measured()).isEqualTo(Made.BATCH);
    assertThat(gap.inFlight()).isZero();
  }

  @Test
  void whatPairsShareIsCommittedWithThemAndResumed() {
    PairId pair = new PairId("cifar", "lenet", "vgg");
    say(Topic.LATENT_SAMPLES, Made.job(pair, 0));
    say(Topic.LATENT_SAMPLES, Made.job(pair, Made.BATCH));
    say(Topic.TRANSFER_RESULTS, Made.measured(pair, 0).result());
    start();
    body.step();
    say(Topic.TRANSFER_LIMITS, Made.limits(pair, List.of(0.25)));
    say(Topic.TRANSFER_RESULTS, Made.measured(pair, 0).result());
    restart();
    body.step();

    assertThat(written(Topic.AGGREGATOR_STATE).keySet())
        .containsExactly("cifar/lenet~vgg/transfer", "cifar/lenet~vgg/transfer/limits");
    TransferGap gap =
        Json.read(written(Topic.TRANSFER_GAPS).get("cifar/lenet~vgg"), TransferGap.class);
    assertThat(gap).isEqualTo(latest.get().gaps().get(pair.about()));
    assertThat(gap.generated()).isEqualTo(2 * Made.BATCH);
    assertThat(gap.measured()).isEqualTo(Made.BATCH);
    assertThat(gap.inFlight()).isEqualTo(Made.BATCH);
    assertThat(gap.disagreement().samples()).isEqualTo(40);
  }

  @Test
  void aSuccessorContinuesAsIfNothingHadHappened() {
    for (int i = 0; i < 4; i++) {
      Window window = i < 2 ? FIRST : SECOND;
      say(Topic.LATENT_SAMPLES, Made.job(STREAM, window, (long) i * Made.BATCH));
      say(Topic.ATTACK_RESULTS, Made.measured(STREAM, window, (long) i * Made.BATCH).result());
      start();
      assertThat(body.ready()).isTrue();
      body.step();
      body.close();
    }
    State resumed = latest.get().state();

    offsets.clear();
    stateTopic.clear();
    start();
    body.step();
    assertThat(latest.get().state()).isEqualTo(resumed);
    assertThat(resumed.subjects().get(STREAM.about()).total().measured()).isEqualTo(4 * Made.BATCH);
    assertThat(resumed.subjects().get(STREAM.about()).windows().keySet()).containsExactly(1L);
  }

  @Test
  void aRetiredWindowIsDeletedFromTheStateButItsLastGapIsPublished() {
    say(Topic.ATTACK_RESULTS, Made.measured(STREAM, FIRST, 0).result());
    start();
    body.step();
    say(Topic.ATTACK_RESULTS, Made.measured(STREAM, FIRST, Made.BATCH).result());
    say(Topic.ATTACK_RESULTS, Made.measured(STREAM, SECOND, 2 * Made.BATCH).result());
    say(Topic.ATTACK_RESULTS, Made.measured(STREAM, SECOND, 3 * Made.BATCH).result());
    restart();
    body.step();

    assertThat(written(Topic.AGGREGATOR_STATE)).containsEntry("cifar/vgg/0", null);
    RobustnessGap last =
        Json.read(written(Topic.ROBUSTNESS_GAPS).get("cifar/vgg/0"), RobustnessGap.class);
    assertThat(last.measured()).isEqualTo(2 * Made.BATCH);
  }

  @Test
  void malformedRecordsAreCountedAndThoseThatAreOursReported() {
    for (Topic topic :
        List.of(
            Topic.LATENT_SAMPLES,
            Topic.ATTACK_RESULTS,
            Topic.THEORETICAL_LIMITS,
            Topic.TRANSFER_RESULTS,
            Topic.TRANSFER_LIMITS,
            Topic.JOB_FAILURES)) {
      topics.computeIfAbsent(topic, t -> new ArrayList<>()).add(bytes("{garbage"));
    }
    say(Topic.ATTACK_RESULTS, Made.measured(STREAM, FIRST, 0).result());
    start();
    body.step();

    assertThat(written(Topic.JOB_FAILURES).keySet())
        .containsExactlyInAnyOrder(
            "attack-results/0/0",
            "theoretical-limits/0/0",
            "transfer-results/0/0",
            "transfer-limits/0/0");
    assertThat(latest.get().state().refusals().unreadable()).hasSize(6).containsValue(1L);
    assertThat(latest.get().gaps().get(STREAM.about()).measured()).isEqualTo(Made.BATCH);
    assertThat(offsets).containsEntry(new TopicPartition("job-failures", 0), 1L);
  }

  @Test
  void aDeadLetterIsReadBackWithoutBeingAnsweredByAnother() {
    JobFailure refused = new JobFailure.Refused("campaigns", 0, 3, "This is no JSON.", "{");
    say(Topic.JOB_FAILURES, refused);
    start();
    body.step();
    assertThat(written(Topic.JOB_FAILURES)).isEmpty();
    assertThat(latest.get().state().refusals().recentFailures())
        .extracting("source")
        .containsExactly("campaigns/0/3");
  }

  @Test
  void garbageInTheStateTopicIsReportedOvercomeAndCleanedUp() {
    say(Topic.ATTACK_RESULTS, Made.measured(STREAM, FIRST, 0).result());
    start();
    body.step();
    body.close();
    State before = latest.get().state();
    stateTopic.add(new ProducerRecord<>("aggregator-state", "cifar/vgg/0", bytes("{}")));
    stateTopic.add(new ProducerRecord<>("aggregator-state", "a/b/c/d", bytes("{}")));

    start();
    assertThat(body.ready()).isTrue();
    body.step();
    assertThat(written(Topic.JOB_FAILURES).keySet())
        .containsExactlyInAnyOrder("aggregator-state/0/2", "aggregator-state/0/3");
    assertThat(latest.get().state().subjects()).isEqualTo(before.subjects());
    assertThat(written(Topic.AGGREGATOR_STATE))
        .containsKeys("cifar/vgg/0", "_refusals")
        .containsEntry("a/b/c/d", null);
    assertThat(written(Topic.AGGREGATOR_STATE).get("cifar/vgg/0")).isNotNull();

    restart();
    body.step();
    assertThat(producer.history()).as("overwritten garbage is forgotten").isEmpty();
  }

  @Test
  void aFailedTransactionIsNotShownAndItsRecordsAreReadAgain() {
    say(Topic.ATTACK_RESULTS, Made.measured(STREAM, FIRST, 0).result());
    start();
    producer.commitTransactionException = new KafkaException("no");
    assertThatThrownBy(body::step).isInstanceOf(KafkaException.class);
    assertThat(latest.get().gaps()).isEmpty();

    restart();
    body.step();
    assertThat(latest.get().gaps().get(STREAM.about()).measured()).isEqualTo(Made.BATCH);
  }

  @Test
  void smallBatchesShareACommit() {
    say(Topic.ATTACK_RESULTS, Made.measured(STREAM, FIRST, 0).result());
    start();
    body.step();
    deliver(Topic.ATTACK_RESULTS, Made.measured(STREAM, FIRST, Made.BATCH).result());
    body.step();
    assertThat(producer.commitCount()).isEqualTo(1);
    deliver(Topic.ATTACK_RESULTS, Made.measured(STREAM, SECOND, 2 * Made.BATCH).result());
    nanos += 600_000_000;
    body.step();
    assertThat(producer.commitCount()).isEqualTo(2);
    assertThat(latest.get().state().subjects().get(STREAM.about()).total().measured())
        .isEqualTo(3 * Made.BATCH);
    nanos += 600_000_000;
    body.step();
    assertThat(producer.commitCount()).as("nothing new").isEqualTo(2);
  }

  @Test
  void aBodyStandsByWithoutTopicsAndEndsWhenTheyAreTakenAway() {
    make();
    group.rebalance(List.of());
    body.step();
    assertThat(body.ready()).isFalse();
    assertThat(producer.transactionInitialized()).isFalse();

    say(Topic.ATTACK_RESULTS, Made.measured(STREAM, FIRST, 0).result());
    start();
    body.step();
    assertThat(latest.get().gaps()).isNotEmpty();
    group.rebalance(List.of());
    assertThatThrownBy(body::step).hasMessageContaining("another aggregator");
    assertThat(latest.get()).as("the other one shows them").isEqualTo(Snapshot.EMPTY);
  }

  @Test
  void thePredecessorIsFencedBeforeTheStateIsRead() {
    make();
    producer.initTransactionException = new KafkaException("fenced");
    assertThatThrownBy(() -> group.rebalance(sources())).isInstanceOf(KafkaException.class);
    assertThat(stateReader.assignment()).isEmpty();
    assertThat(body.ready()).isFalse();
  }

  private void say(Topic topic, Object message) {
    topics.computeIfAbsent(topic, t -> new ArrayList<>()).add(Json.write(message));
  }

  private void deliver(Topic topic, Object message) {
    say(topic, message);
    group.addRecord(record(topic, topics.get(topic).size() - 1));
  }

  private void restart() {
    body.close();
    nanos += 1_000_000_000;
    start();
  }

  private void make() {
    group = new MockConsumer<>("earliest");
    stateReader = new MockConsumer<>("earliest");
    producer = new TransactionLog();
    TopicPartition state = new TopicPartition("aggregator-state", 0);
    stateReader.updateBeginningOffsets(Map.of(state, 0L));
    stateReader.updateEndOffsets(Map.of(state, (long) stateTopic.size()));
    stateReader.schedulePollTask(
        () -> {
          for (int i = 0; i < stateTopic.size(); i++) {
            ProducerRecord<String, byte[]> piece = stateTopic.get(i);
            stateReader.addRecord(
                new ConsumerRecord<>("aggregator-state", 0, i, piece.key(), piece.value()));
          }
        });
    body = new AggregatorBody(group, producer, stateReader, latest, () -> nanos);
  }

  /** Starts a body, gives it all topics and everything that was not committed. */
  private void start() {
    make();
    Map<TopicPartition, Long> beginnings = new HashMap<>();
    sources().forEach(partition -> beginnings.put(partition, offsets.getOrDefault(partition, 0L)));
    group.updateBeginningOffsets(beginnings);
    group.updateEndOffsets(beginnings);
    group.rebalance(sources());
    topics.forEach(
        (topic, values) -> {
          long from = offsets.getOrDefault(new TopicPartition(topic.topicName(), 0), 0L);
          for (int i = (int) from; i < values.size(); i++) {
            group.addRecord(record(topic, i));
          }
        });
  }

  private static List<TopicPartition> sources() {
    return List.of(
        new TopicPartition("latent-samples", 0),
        new TopicPartition("attack-results", 0),
        new TopicPartition("theoretical-limits", 0),
        new TopicPartition("transfer-results", 0),
        new TopicPartition("transfer-limits", 0),
        new TopicPartition("job-failures", 0));
  }

  private ConsumerRecord<String, byte[]> record(Topic topic, int offset) {
    return new ConsumerRecord<>(
        topic.topicName(),
        0,
        offset,
        1_760_000_000_000L + offset,
        TimestampType.CREATE_TIME,
        0,
        0,
        "key",
        topics.get(topic).get(offset),
        new RecordHeaders(),
        Optional.empty());
  }

  /** What the current producer committed to a topic, the last value of each key. */
  private Map<String, byte[]> written(Topic topic) {
    Map<String, byte[]> values = new LinkedHashMap<>();
    producer.history().stream()
        .filter(r -> r.topic().equals(topic.topicName()))
        .forEach(r -> values.put(r.key(), r.value()));
    return values;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Remembers committed state and offsets for the next body. */
  private final class TransactionLog extends MockProducer<String, byte[]> {
    private TransactionLog() {
      super(true, null, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public void commitTransaction() {
      super.commitTransaction();
      history().stream().filter(r -> r.topic().equals("aggregator-state")).forEach(stateTopic::add);
      for (var groups : consumerGroupOffsetsHistory()) {
        groups.values().forEach(this::remember);
      }
    }

    private void remember(Map<TopicPartition, OffsetAndMetadata> committed) {
      committed.forEach((partition, offset) -> offsets.put(partition, offset.offset()));
    }
  }
}
