package org.robustnessgap.bound;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.robustnessgap.campaign.evidence.LimitEvidence;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.TransferResult;
import org.robustnessgap.service.ServiceBody;
import org.robustnessgap.service.kafka.Records;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@code theoretical-limits} and {@code transfer-limits} up to date. It remembers nothing of
 * its own: at each start it reads its topics from the beginning, and once it reached the ends that
 * they had at the start it publishes the limits of every stream and pair, then those that change,
 * at most once a second each. A restart so repeats the last limits, which is harmless; results that
 * outlived their topic's retention by then no longer count.
 *
 * <p>A malformed record on {@code smoothness-results} is reported on {@code job-failures}, which is
 * read as well so that a restart does not report it again. Malformed records on the other topics
 * have other readers who report them; here they are counted and passed over.
 */
final class BoundBody implements ServiceBody {
  private static final Logger LOG = LoggerFactory.getLogger(BoundBody.class);
  private static final Duration IDLE = Duration.ofMillis(250);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);
  private static final String OWN_REPORTS = Topic.SMOOTHNESS_RESULTS + "/";
  private static final Map<String, Topic> READ =
      Stream.of(
              Topic.CAMPAIGNS,
              Topic.ATTACK_RESULTS,
              Topic.SMOOTHNESS_RESULTS,
              Topic.TRANSFER_RESULTS,
              Topic.JOB_FAILURES)
          .collect(Collectors.toMap(Topic::topicName, topic -> topic));

  private final Consumer<String, byte[]> consumer;
  private final Producer<String, byte[]> producer;
  private final BoundMetrics metrics;
  private final Clock clock;

  private final LimitEvidence evidence = new LimitEvidence();
  private final Map<String, Campaign> campaigns = new HashMap<>();
  private final Changes<StreamId> streams = new Changes<>();
  private final Changes<PairId> pairs = new Changes<>();
  private final List<JobFailure> unreported = new ArrayList<>();
  private final Set<String> reported = new HashSet<>();

  /** Where each topic ended in the first round; a topic leaves when it was read to there. */
  private Map<TopicPartition, Long> past;

  private volatile boolean ready;
  private volatile Exception failedSend;

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

  @Override
  public void step() throws Exception {
    if (failedSend != null) {
      throw failedSend;
    }
    if (past == null) {
      past = new HashMap<>(consumer.endOffsets(consumer.assignment()));
    }
    for (ConsumerRecord<String, byte[]> kafkaRecord : consumer.poll(IDLE)) {
      fold(kafkaRecord);
    }
    if (!ready) {
      past.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      if (!past.isEmpty()) {
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
    Topic topic = READ.get(kafkaRecord.topic());
    try {
      if (topic.equals(Topic.CAMPAIGNS)) {
        foldCampaign(kafkaRecord);
      } else if (topic.equals(Topic.JOB_FAILURES)) {
        if (kafkaRecord.key() != null && kafkaRecord.key().startsWith(OWN_REPORTS)) {
          reported.add(kafkaRecord.key());
        }
      } else if (topic.equals(Topic.ATTACK_RESULTS)) {
        AttackResult result = Records.read(kafkaRecord, AttackResult.class);
        if (evidence.add(result)) {
          metrics.result(topic);
          streams.add(result.stream());
        }
      } else if (topic.equals(Topic.SMOOTHNESS_RESULTS)) {
        SmoothnessResult result = Records.read(kafkaRecord, SmoothnessResult.class);
        if (evidence.add(result)) {
          metrics.result(topic);
          changed(result.jobId().campaign());
        }
      } else {
        TransferResult result = Records.read(kafkaRecord, TransferResult.class);
        if (evidence.add(result)) {
          metrics.result(topic);
          pairs.add(result.pair());
        }
      }
    } catch (InvalidInputException e) {
      LOG.warn("Refused {} at offset {}: {}", topic, kafkaRecord.offset(), e.getMessage());
      metrics.refused(topic);
      if (topic == Topic.SMOOTHNESS_RESULTS) {
        unreported.add(Records.refused(kafkaRecord, e));
      }
    }
  }

  private void foldCampaign(ConsumerRecord<String, byte[]> kafkaRecord) {
    if (kafkaRecord.value() == null && kafkaRecord.key() != null) {
      // Its evidence stays: put back, a campaign goes on with the jobs that it has not had yet.
      campaigns.remove(kafkaRecord.key());
    } else {
      Campaign campaign = Records.read(kafkaRecord, Campaign.class);
      campaigns.put(campaign.id(), campaign);
      changed(campaign.id());
    }
  }

  private void changed(String campaign) {
    streams.addAll(evidence.streams(campaign));
    pairs.addAll(evidence.pairs(campaign));
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
    for (StreamId stream : streams.due(now, id -> campaigns.containsKey(id.campaign()))) {
      publish(
          Topic.THEORETICAL_LIMITS,
          stream,
          () -> evidence.limits(stream, campaigns.get(stream.campaign()).quantiles()));
    }
    for (PairId pair : pairs.due(now, id -> campaigns.containsKey(id.campaign()))) {
      publish(
          Topic.TRANSFER_LIMITS,
          pair,
          () -> evidence.limits(pair, campaigns.get(pair.campaign()).quantiles()));
    }
  }

  /** One whose limits make no message must not keep the others from theirs. */
  private void publish(Topic topic, Object key, Supplier<? extends Optional<?>> limits) {
    try {
      limits.get().ifPresent(found -> send(topic, key, found));
    } catch (InvalidInputException e) {
      LOG.error("Published no limits of {}: {}", key, e.getMessage());
    }
  }

  private void send(Topic topic, Object key, Object limits) {
    producer.send(
        Records.of(topic, key.toString(), limits),
        (sent, failed) -> {
          if (failed == null) {
            metrics.published();
          }
          noteFailure(failed);
        });
  }

  private void noteFailure(Exception failed) {
    if (failed != null) {
      failedSend = failed;
    }
  }
}
