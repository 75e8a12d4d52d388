package org.robustnessgap.aggregator.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.fold.Event;
import org.robustnessgap.campaign.fold.Folds;
import org.robustnessgap.campaign.fold.KindFold;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.campaign.fold.StatePieces;
import org.robustnessgap.campaign.fold.SubjectState;
import org.robustnessgap.campaign.fold.WindowState;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.ServiceBody;
import org.robustnessgap.service.kafka.Records;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads, folds, and commits state, output and offsets together, so that after any stop the next
 * body continues as if nothing had happened.
 *
 * <p>A body stands by until the group gives it the topics. It then fences its predecessor off and
 * restores the state, and only then is told where to read on: nothing can be committed in between.
 * When the topics are taken away, or a transaction fails, this body ends and another one restores.
 */
final class AggregatorBody implements ServiceBody {
  private static final Logger LOG = LoggerFactory.getLogger(AggregatorBody.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration CLOSE = Duration.ofSeconds(3);
  // A window's state is written whole, so not after every single result.
  private static final long COMMIT_INTERVAL_NANOS = Duration.ofMillis(500).toNanos();

  private static final Map<Topic, JobKind> ANSWERS =
      Folds.ALL.stream()
          .map(KindFold::kind)
          .collect(Collectors.toUnmodifiableMap(JobKind::answers, Function.identity()));
  private static final Map<String, Topic> SOURCES =
      Folds.reads().stream()
          .collect(Collectors.toUnmodifiableMap(Topic::topicName, Function.identity()));
  // A malformed job is the worker's to report; a dead letter of a dead letter would never end.
  private static final Set<Topic> NOT_REPORTED = Set.of(Topic.LATENT_SAMPLES, Topic.JOB_FAILURES);

  private final Consumer<String, byte[]> group;
  private final Producer<String, byte[]> producer;
  private final Consumer<String, byte[]> stateReader;
  private final LatestSnapshot latest;
  private final LongSupplier nanoTime;

  private State state = State.empty();
  private State committed = State.empty();
  private Map<String, Object> stored = Map.of();
  private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
  private final List<ProducerRecord<String, byte[]>> deadLetters = new ArrayList<>();
  private long lastCommit;
  private volatile boolean restored;
  private boolean lost;

  /**
   * Takes over the clients and closes them.
   *
   * @param nanoTime a clock that never jumps
   */
  AggregatorBody(
      Consumer<String, byte[]> group,
      Producer<String, byte[]> producer,
      Consumer<String, byte[]> stateReader,
      LatestSnapshot latest,
      LongSupplier nanoTime) {
    this.group = group;
    this.producer = producer;
    this.stateReader = stateReader;
    this.latest = latest;
    this.nanoTime = nanoTime;
    this.lastCommit = nanoTime.getAsLong() - COMMIT_INTERVAL_NANOS;
    group.subscribe(SOURCES.keySet(), new Assignment());
  }

  private final class Assignment implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty() && !restored) {
        producer.initTransactions();
        restore();
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      lost = restored && !partitions.isEmpty();
    }
  }

  @Override
  public boolean ready() {
    return restored;
  }

  @Override
  public void step() {
    ConsumerRecords<String, byte[]> records = group.poll(POLL);
    if (lost) {
      // Its successor shows the figures from now on.
      latest.update(snapshot -> Snapshot.EMPTY);
      throw new IllegalStateException("the group gave the topics to another aggregator");
    }
    records.forEach(this::fold);
    offsets.putAll(records.nextOffsets());
    boolean pending = !offsets.isEmpty() || !deadLetters.isEmpty();
    if (pending && nanoTime.getAsLong() - lastCommit >= COMMIT_INTERVAL_NANOS) {
      commit();
    }
    Map<String, Long> lag = lag();
    latest.update(snapshot -> snapshot.withLag(lag));
  }

  private void fold(ConsumerRecord<String, byte[]> source) {
    Topic topic = Records.topic(source, SOURCES);
    try {
      state = state.apply(event(topic, source));
    } catch (InvalidInputException e) {
      LOG.warn("Skipped record {} of {}: {}", source.offset(), source.topic(), e.getMessage());
      state = state.apply(new Event.Unreadable(topic));
      if (!NOT_REPORTED.contains(topic)) {
        deadLetters.add(Records.of(Records.refused(source, e)));
      }
    }
  }

  private static Event event(Topic topic, ConsumerRecord<String, byte[]> source) {
    long at = source.timestamp();
    if (topic.equals(Topic.LATENT_SAMPLES)) {
      return Event.Sent.of(Records.read(source, Job.class), at);
    }
    if (topic.equals(Topic.JOB_FAILURES)) {
      return Event.of(Records.read(source, JobFailure.class), at);
    }
    return ANSWERS.containsKey(topic)
        ? new Event.Answered(Records.read(source, ANSWERS.get(topic).result()), at)
        : new Event.LimitsChanged(
            Records.read(source, topic.message().asSubclass(Limits.class)), at);
  }

  private void commit() {
    State next = state.retire();
    Map<String, Object> pieces = StatePieces.split(next);
    producer.beginTransaction();
    sendGaps();
    sendPieces(pieces);
    deadLetters.forEach(producer::send);
    producer.sendOffsetsToTransaction(offsets, group.groupMetadata());
    producer.commitTransaction();

    offsets.clear();
    deadLetters.clear();
    stored = pieces;
    state = next;
    committed = next;
    lastCommit = nanoTime.getAsLong();
    latest.update(snapshot -> snapshot.with(next));
  }

  /** Figures of every window that changed, also of those about to be retired. */
  private void sendGaps() {
    state
        .subjects()
        .forEach(
            (subject, known) -> {
              SubjectState before = committed.subjects().get(subject);
              boolean newLimits = before != null && before.limits() != known.limits();
              for (WindowState window : known.windows().values()) {
                if (before == null
                    || newLimits
                    || window != before.windows().get(window.window().index())) {
                  send(subject.kind(), known.gap(subject, window));
                }
              }
            });
  }

  private void send(JobKind kind, Gap gap) {
    kind.gaps().ifPresent(topic -> producer.send(Records.of(topic, gap.key(), gap)));
  }

  private void sendPieces(Map<String, Object> pieces) {
    pieces.forEach(
        (key, piece) -> {
          if (piece != stored.get(key)) {
            producer.send(Records.of(Topic.AGGREGATOR_STATE, key, piece));
          }
        });
    stored.keySet().stream()
        .filter(key -> !pieces.containsKey(key))
        .forEach(
            key ->
                producer.send(new ProducerRecord<>(Topic.AGGREGATOR_STATE.topicName(), key, null)));
  }

  private void restore() {
    Map<@Nullable String, Object> pieces = new HashMap<>();
    Map<@Nullable String, JobFailure> unreadable = new HashMap<>();
    TopicPartition partition = new TopicPartition(Topic.AGGREGATOR_STATE.topicName(), 0);
    List<TopicPartition> log = List.of(partition);
    stateReader.assign(log);
    stateReader.seekToBeginning(log);
    long end = Optional.ofNullable(stateReader.endOffsets(log).get(partition)).orElseThrow();
    while (stateReader.position(partition) < end) {
      for (ConsumerRecord<String, byte[]> piece : stateReader.poll(POLL)) {
        read(piece, pieces, unreadable);
      }
    }
    state = StatePieces.join(pieces);
    unreadable.values().forEach(this::report);
    // What could not be read differs from any piece, so the next commit overwrites or deletes it;
    // without a key it cannot be deleted.
    unreadable.remove(null);
    pieces.putAll(unreadable);
    stored = pieces;
    committed = state;
    restored = true;
    State known = state;
    latest.update(snapshot -> snapshot.with(known));
    LOG.info("Restored {} subjects from {} records", state.subjects().size(), end);
  }

  /** A record that cannot be read leaves the last readable piece of its key, if there is one. */
  private static void read(
      ConsumerRecord<String, byte[]> source,
      Map<@Nullable String, Object> pieces,
      Map<@Nullable String, JobFailure> unreadable) {
    String key = source.key();
    unreadable.remove(key);
    if (source.value() == null) {
      pieces.remove(key);
      return;
    }
    try {
      pieces.put(key, StatePieces.read(key, form -> Records.read(source, form)));
    } catch (InvalidInputException e) {
      unreadable.put(key, Records.refused(source, e));
    }
  }

  private void report(JobFailure refused) {
    LOG.warn("Skipped {}: {}", refused.key(), refused.reason());
    state = state.apply(new Event.Unreadable(Topic.AGGREGATOR_STATE));
    deadLetters.add(Records.of(refused));
  }

  private Map<String, Long> lag() {
    Map<String, Long> lag = new HashMap<>();
    for (TopicPartition partition : group.assignment()) {
      group
          .currentLag(partition)
          .ifPresent(behind -> lag.merge(partition.topic(), behind, Long::sum));
    }
    return lag;
  }

  /** What was folded but not committed is read again by the next body. */
  @Override
  public void close() {
    group.close(CloseOptions.timeout(CLOSE));
    producer.close(CLOSE);
    stateReader.close(CloseOptions.timeout(CLOSE));
  }
}
