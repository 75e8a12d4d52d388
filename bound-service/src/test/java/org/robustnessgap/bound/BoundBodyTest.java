package org.robustnessgap.bound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.evidence.Results;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.TheoreticalLimits.QuantileLimit;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.TransferLimits;

class BoundBodyTest {
  private static final List<Topic> READ =
      List.of(
          Topic.CAMPAIGNS,
          Topic.ATTACK_RESULTS,
          Topic.SMOOTHNESS_RESULTS,
          Topic.JOB_FAILURES,
          Topic.TRANSFER_RESULTS);
  private static final byte[] GARBAGE = "{\"what\": 1".getBytes(StandardCharsets.UTF_8);

  private final Map<Topic, Long> ends = new HashMap<>();
  private Instant now = Instant.EPOCH;
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final BoundMetrics metrics = new BoundMetrics(registry);
  private MockConsumer<String, byte[]> consumer;
  private MockProducer<String, byte[]> producer;

  @BeforeEach
  void clients() {
    consumer = new MockConsumer<>("earliest");
    producer = new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
  }

  @Test
  void publishesWhatItFoundAtTheStartOnceItHasReadItAll() throws Exception {
    // The last record of the past is not yet there when the first round reads.
    try (BoundBody body = start(1, 2, 0, 0)) {
      add(Topic.ATTACK_RESULTS, "c/lenet", Results.attack("c", "lenet", 0, 0, 1, 2));
      add(Topic.CAMPAIGNS, "c", Results.campaign("c", 0.1, 0.4));
      body.step();
      assertThat(body.ready()).isFalse();
      assertThat(producer.history()).isEmpty();
      add(Topic.ATTACK_RESULTS, "c/lenet", Results.attack("c", "lenet", 3, 2));
      body.step();
      assertThat(body.ready()).isTrue();
      assertThat(published()).hasSize(1);
      TheoreticalLimits limits = published().get(0);
      assertThat(limits.classCounts()).containsExactly(1L, 1L, 2L);
      assertThat(limits.spaces().get(Space.LATENT).quantiles())
          .extracting(QuantileLimit::quantile)
          .containsExactly(0.1, 0.4);
      assertThat(producer.history().get(0).key()).isEqualTo("c/lenet");
      assertThat(producer.history().get(0).topic()).isEqualTo("theoretical-limits");
    }
    assertThat(consumer.closed()).isTrue();
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void publishesChangesAtMostOnceASecondAndTheLastOneAlways() throws Exception {
    try (BoundBody body = start(0, 0, 0, 0)) {
      body.step();
      assertThat(body.ready()).isTrue();
      add(Topic.CAMPAIGNS, "c", Results.campaign("c", 0.25));
      for (int i = 0; i < 10; i++) {
        add(Topic.ATTACK_RESULTS, "c/lenet", Results.attack("c", "lenet", i, i % 3));
        body.step();
      }
      assertThat(published()).hasSize(1);
      now = now.plus(Duration.ofMillis(1001));
      body.step();
      assertThat(published()).extracting(TheoreticalLimits::samples).containsExactly(1L, 10L);
      now = now.plus(Duration.ofMinutes(1));
      add(Topic.ATTACK_RESULTS, "c/lenet", Results.attack("c", "lenet", 3, 0));
      body.step();
      assertThat(published()).hasSize(2);
    }
    assertThat(counter("robustness_bound_limits_published", null)).isEqualTo(2);
    assertThat(counter("robustness_bound_results", "attack-results")).isEqualTo(10);
  }

  @Test
  void displacementsChangeAllStreamsOfTheirCampaign() throws Exception {
    try (BoundBody body = start(0, 0, 0, 0)) {
      add(Topic.CAMPAIGNS, "c", Results.campaign("c", 0.25));
      add(Topic.CAMPAIGNS, "d", Results.campaign("d", 0.25));
      add(Topic.ATTACK_RESULTS, "c/lenet", Results.attack("c", "lenet", 0, 0, 1));
      add(Topic.ATTACK_RESULTS, "c/vgg", Results.attack("c", "vgg", 0, 0, 1));
      add(Topic.ATTACK_RESULTS, "d/vgg", Results.attack("d", "vgg", 0, 0, 1));
      body.step();
      assertThat(published()).hasSize(3);
      now = now.plus(Duration.ofSeconds(2));
      add(Topic.SMOOTHNESS_RESULTS, "c", Results.smoothness("c", 0, 100, 5));
      body.step();
      assertThat(published().subList(3, 5))
          .allSatisfy(limits -> assertThat(limits.spaces()).containsOnlyKeys(Space.values()))
          .extracting(limits -> limits.stream().toString())
          .containsExactlyInAnyOrder("c/lenet", "c/vgg");
    }
  }

  @Test
  void publishesWhatPairsOfClassifiersShare() throws Exception {
    PairId pair = new PairId("c", "lenet", "vgg");
    try (BoundBody body = start(0, 0, 0, 0, 1)) {
      add(Topic.TRANSFER_RESULTS, pair.toString(), Results.transfer(pair, 0, new int[] {0, 0}));
      body.step();
      assertThat(producer.history()).isEmpty();
      add(Topic.CAMPAIGNS, "c", Results.campaign("c", 0.25));
      body.step();
      assertThat(shared()).hasSize(1);
      assertThat(producer.history().get(0).key()).isEqualTo("c/lenet~vgg");
      add(Topic.TRANSFER_RESULTS, pair.toString(), Results.transfer(pair, 1, new int[] {1, 2}));
      add(Topic.TRANSFER_RESULTS, pair.toString(), Results.transfer(pair, 1, new int[] {1, 2}));
      addBytes(Topic.TRANSFER_RESULTS, pair.toString(), GARBAGE);
      body.step();
      assertThat(shared()).hasSize(1);
      now = now.plus(Duration.ofMillis(1001));
      body.step();
      assertThat(shared().get(1).disagreement().observed()).isEqualTo(0.5);
      now = now.plus(Duration.ofSeconds(2));
      add(Topic.SMOOTHNESS_RESULTS, "c", Results.smoothness("c", 0, 100, 5));
      body.step();
      assertThat(shared()).hasSize(3);
      assertThat(shared().get(2).spaces()).containsOnlyKeys(Space.values());
      assertThat(failures()).isEmpty();
    }
    assertThat(counter("robustness_bound_results", "transfer-results")).isEqualTo(2);
    assertThat(counter("robustness_bound_refused_records", "transfer-results")).isOne();
  }

  @Test
  void resultsWaitForTheirCampaignAndItsQuantiles() throws Exception {
    try (BoundBody body = start(0, 0, 0, 0)) {
      body.step();
      add(Topic.ATTACK_RESULTS, "c/lenet", Results.attack("c", "lenet", 0, 0, 1));
      body.step();
      assertThat(producer.history()).isEmpty();
      add(Topic.CAMPAIGNS, "c", Results.campaign("c", 0.25));
      body.step();
      assertThat(published()).hasSize(1);
      now = now.plus(Duration.ofSeconds(2));
      add(Topic.CAMPAIGNS, "c", Results.campaign("c", 0.75));
      body.step();
      assertThat(published().get(1).spaces().get(Space.LATENT).quantiles().get(0).quantile())
          .isEqualTo(0.75);
    }
  }

  @Test
  void publishesNothingForADeletedCampaignUntilItIsPutBack() throws Exception {
    try (BoundBody body = start(0, 0, 0, 0)) {
      add(Topic.CAMPAIGNS, "c", Results.campaign("c", 0.25));
      add(Topic.ATTACK_RESULTS, "c/lenet", Results.attack("c", "lenet", 0, 0, 1));
      body.step();
      addBytes(Topic.CAMPAIGNS, "c", null);
      add(Topic.ATTACK_RESULTS, "c/lenet", Results.attack("c", "lenet", 2, 2));
      now = now.plus(Duration.ofSeconds(2));
      body.step();
      assertThat(published()).hasSize(1);
      add(Topic.CAMPAIGNS, "c", Results.campaign("c", 0.25));
      body.step();
      assertThat(published()).extracting(TheoreticalLimits::samples).containsExactly(2L, 3L);
    }
  }

  @Test
  void reportsMalformedSmoothnessResultsOnceAndGoesOn() throws Exception {
    try (BoundBody body = start(0, 0, 1, 0)) {
      addBytes(Topic.SMOOTHNESS_RESULTS, "c", GARBAGE);
      body.step();
      add(Topic.CAMPAIGNS, "c", Results.campaign("c", 0.25));
      add(Topic.ATTACK_RESULTS, "c/lenet", Results.attack("c", "lenet", 0, 0, 1));
      add(Topic.SMOOTHNESS_RESULTS, "c", Results.smoothness("c", 0, 100, 5));
      body.step();
      assertThat(published()).hasSize(1);
    }
    List<ProducerRecord<String, byte[]>> failures = failures();
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0).key()).isEqualTo("smoothness-results/0/0");
    JobFailure failure = Json.read(failures.get(0).value(), JobFailure.class);
    assertThat(failure).isInstanceOf(JobFailure.Refused.class);
    assertThat(((JobFailure.Refused) failure).excerpt()).isEqualTo("{\"what\": 1");
    assertThat(counter("robustness_bound_refused_records", "smoothness-results")).isOne();

    clients();
    ends.clear();
    try (BoundBody body = start(0, 0, 1, 1)) {
      addBytes(Topic.SMOOTHNESS_RESULTS, "c", GARBAGE);
      addBytes(Topic.JOB_FAILURES, failures.get(0).key(), failures.get(0).value());
      body.step();
      assertThat(body.ready()).isTrue();
      addBytes(Topic.SMOOTHNESS_RESULTS, "c", GARBAGE);
      body.step();
    }
    assertThat(failures())
        .extracting(ProducerRecord::key)
        .containsExactly("smoothness-results/0/1");
  }

  @Test
  void passesOverWhatOthersReport() throws Exception {
    try (BoundBody body = start(0, 0, 0, 0)) {
      addBytes(Topic.CAMPAIGNS, "c", GARBAGE);
      addBytes(Topic.CAMPAIGNS, null, null);
      addBytes(Topic.ATTACK_RESULTS, null, GARBAGE);
      addBytes(Topic.JOB_FAILURES, null, GARBAGE);
      add(Topic.CAMPAIGNS, "c", Results.campaign("c", 0.25));
      add(Topic.ATTACK_RESULTS, "c/lenet", Results.attack("c", "lenet", 0, 0, 1));
      add(Topic.ATTACK_RESULTS, "c/lenet", Results.attack(9, "c", "lenet", 2, 8));
      body.step();
      assertThat(published()).hasSize(1);
      assertThat(failures()).isEmpty();
    }
    assertThat(counter("robustness_bound_refused_records", "campaigns")).isEqualTo(2);
    assertThat(counter("robustness_bound_refused_records", "attack-results")).isEqualTo(2);
  }

  @Test
  void failsWhenAMessageCannotBeSent() throws Exception {
    producer = new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
    try (BoundBody body = start(0, 0, 0, 0)) {
      add(Topic.CAMPAIGNS, "c", Results.campaign("c", 0.25));
      add(Topic.ATTACK_RESULTS, "c/lenet", Results.attack("c", "lenet", 0, 0, 1));
      body.step();
      producer.errorNext(new NotLeaderOrFollowerException("gone"));
      assertThatThrownBy(body::step).hasMessage("gone");
    }
  }

  /**
   * A body whose topics end, in the order of READ, at these offsets when it starts; the others at
   * 0.
   */
  private BoundBody start(long... offsets) {
    Map<TopicPartition, Long> beginnings = new HashMap<>();
    Map<TopicPartition, Long> endings = new HashMap<>();
    for (int i = 0; i < READ.size(); i++) {
      TopicPartition partition = new TopicPartition(READ.get(i).topicName(), 0);
      beginnings.put(partition, 0L);
      endings.put(partition, i < offsets.length ? offsets[i] : 0);
    }
    consumer.updateBeginningOffsets(beginnings);
    consumer.updateEndOffsets(endings);
    return new BoundBody(consumer, producer, metrics, clock);
  }

  private void add(Topic topic, String key, Object message) {
    addBytes(topic, key, Json.write(message));
  }

  private void addBytes(Topic topic, String key, byte[] value) {
    long offset = ends.merge(topic, 1L, Long::sum) - 1;
    consumer.addRecord(new ConsumerRecord<>(topic.topicName(), 0, offset, key, value));
  }

  private List<TheoreticalLimits> published() {
    return producer.history().stream()
        .filter(sent -> sent.topic().equals(Topic.THEORETICAL_LIMITS.topicName()))
        .map(sent -> Json.read(sent.value(), TheoreticalLimits.class))
        .toList();
  }

  private List<TransferLimits> shared() {
    return producer.history().stream()
        .filter(sent -> sent.topic().equals(Topic.TRANSFER_LIMITS.topicName()))
        .map(sent -> Json.read(sent.value(), TransferLimits.class))
        .toList();
  }

  private List<ProducerRecord<String, byte[]>> failures() {
    return producer.history().stream()
        .filter(sent -> sent.topic().equals(Topic.JOB_FAILURES.topicName()))
        .toList();
  }

  /** The value of a counter, by its name without {@code _total}; null for one without labels. */
  private double counter(String name, String topic) {
    return registry.scrape(found -> found.equals(name)).stream()
        .flatMap(snapshot -> ((CounterSnapshot) snapshot).getDataPoints().stream())
        .filter(point -> topic == null || topic.equals(point.getLabels().get("topic")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }
}
