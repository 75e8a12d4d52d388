package org.robustnessgap.bound;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.evidence.LimitEvidence;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.Subject;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.ServiceBody;
import org.robustnessgap.service.kafka.Records;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the topics of limits, of all kinds of jobs that have some, up to date. It remembers nothing
 * of its own: at each start it reads its topics from the beginning, and once it reached the ends
 * that they had at the start it publishes the limits of every subject, then those that change, at
 * most once a second each. A restart so repeats the last limits, which is harmless; results that
 * outlived their topic's retention by then no longer count.
 *
 * <p>A malformed result of a kind without figures, as on {@code smoothness-results}, is reported on
 * {@code job-failures}, which is read as well so that a restart does not report it again. Malformed
 * records on the other topics have other readers who report them; here they are counted and passed
 * over.
 */
final class BoundBody implements ServiceBody {
  private static final Logger LOG = LoggerFactory.getLogger(BoundBody.class);
  private static final Duration IDLE = Duration.ofMillis(250);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);
  private static final Map<Topic, JobKind> ANSWERS =
      LimitEvidence.kinds().stream()
          .collect(Collectors.toUnmodifiableMap(JobKind::answers, kind -> kind));
  private static final Map<String, Topic> READ =
      Stream.concat(ANSWERS.keySet().stream(), Stream.of(Topic.CAMPAIGNS, Topic.JOB_FAILURES))
          .collect(Collectors.toUnmodifiableMap(Topic::topicName, topic -> topic));

  private final Consumer<String, byte[]> consumer;
  private final Producer<String, byte[]> producer;
  private final BoundMetrics metrics;
  private final Clock clock;

  private final LimitEvidence evidence = new LimitEvidence();
  private final Map<String, Campaign> campaigns = new HashMap<>();
  private final Changes<Subject> changes = new Changes<>();
  private final List<JobFailure> unreported = new ArrayList<>();
  private final Set<String> reported = new HashSet<>();

  /**
   * Where each topic ended in the first round; a topic leaves when it was read to there. Null
   * before.
   */
  private @Nullable Map<TopicPartition, Long> past;

  private volatile boolean ready;
  private volatile @Nullable Exception failedSend;

  BoundBody(
      Consumer<String, byte[]> consumer,
      Producer<String, byte[]> producer,
      BoundMetrics metrics,
      Clock clock) {
    this.consumer = consumer;
    this.producer = producer;
    this.metrics = metrics;
    this.clock = clock;
    List<TopicPartition> partitions =
        READ.keySet().stream().map(topic -> new TopicPartition(topic, 0)).toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  static Collection<Topic> reads() {
    return READ.values();
  }

  @Override
  public void step() throws Exception {
    Exception failed = failedSend;
    if (failed != null) {
      throw failed;
    }
    Map<TopicPartition, Long> ahead =
        past == null ? new HashMap<>(consumer.endOffsets(consumer.assignment())) : past;
    past = ahead;
    for (ConsumerRecord<String, byte[]> kafkaRecord : consumer.poll(IDLE)) {
      fold(kafkaRecord);
    }
    if (!ready) {
      ahead.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      if (!ahead.isEmpty()) {
        return;
      }
      ready = true;
    }
    report();
    publish();
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void close() {
    // The interrupt that ends the last round would cut the closing short.
    Thread.interrupted();
    producer.close(CLOSE_PATIENCE);
    consumer.close();
  }

  private void fold(ConsumerRecord<String, byte[]> kafkaRecord) {
    Topic topic = Records.topic(kafkaRecord, READ);
    try {
      JobKind answered = ANSWERS.get(topic);
      if (answered != null) {
        foldResult(Records.read(kafkaRecord, answered.result()), topic);
      } else if (topic.equals(Topic.CAMPAIGNS)) {
        foldCampaign(kafkaRecord);
      } else {
        noteReported(kafkaRecord.key());
      }
    } catch (InvalidInputException e) {
      LOG.warn("Refused {} at offset {}: {}", topic, kafkaRecord.offset(), e.getMessage());
      metrics.refused(topic);
      if (isReportedHere(topic)) {
        unreported.add(Records.refused(kafkaRecord, e));
      }
    }
  }

  private void foldResult(JobResult result, Topic topic) {
    if (evidence.add(result)) {
      metrics.result(topic);
      changes.addAll(evidence.concernedBy(result.jobId()));
    }
  }

  /** Where figures are made of results too, whoever makes them reports what is no result. */
  private static boolean isReportedHere(Topic topic) {
    JobKind answered = ANSWERS.get(topic);
    return answered != null && answered.gaps().isEmpty();
  }

  private void noteReported(@Nullable String key) {
    if (key != null
        && ANSWERS.keySet().stream()
            .anyMatch(topic -> isReportedHere(topic) && key.startsWith(topic + "/"))) {
      reported.add(key);
    }
  }

  private void foldCampaign(ConsumerRecord<String, byte[]> kafkaRecord) {
    if (kafkaRecord.value() == null && kafkaRecord.key() != null) {
      // Its evidence stays: put back, a campaign goes on with the jobs that it has not had yet.
      campaigns.remove(kafkaRecord.key());
    } else {
      Campaign campaign = Records.read(kafkaRecord, Campaign.class);
      campaigns.put(campaign.id(), campaign);
      changes.addAll(evidence.subjects(campaign.id()));
    }
  }

  private void report() {
    for (JobFailure failure : unreported) {
      if (reported.add(failure.key())) {
        producer.send(Records.of(failure), (sent, failed) -> noteFailure(failed));
      }
    }
    unreported.clear();
  }

  /** Without their campaign limits wait: its arrival marks them as changed again. */
  private void publish() {
    Instant now = clock.instant();
    for (Subject subject : changes.due(now, one -> campaigns.containsKey(one.campaign()))) {
      Campaign campaign = campaigns.get(subject.campaign());
      if (campaign != null) {
        publish(subject, campaign.quantiles());
      }
    }
  }

  /** One whose limits make no message must not keep the others from theirs. */
  private void publish(Subject subject, List<Double> quantiles) {
    try {
      evidence
          .limits(subject, quantiles)
          .ifPresent(limits -> send(subject.kind().limits().orElseThrow(), subject.key(), limits));
    } catch (InvalidInputException e) {
      LOG.error("Published no limits of {}: {}", subject.key(), e.getMessage());
    }
  }

  private void send(Topic topic, String key, Limits limits) {
    producer.send(
        Records.of(topic, key, limits),
        (sent, failed) -> {
          if (failed == null) {
            metrics.published();
          }
          noteFailure(failed);
        });
  }

  private void noteFailure(@Nullable Exception failed) {
    if (failed != null) {
      failedSend = failed;
    }
  }
}
