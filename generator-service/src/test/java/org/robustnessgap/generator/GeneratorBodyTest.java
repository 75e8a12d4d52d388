package org.robustnessgap.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.robustnessgap.campaign.plan.Campaigns.sampling;
import static org.robustnessgap.campaign.plan.Campaigns.smoothness;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.plan.Campaigns;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.kafka.Records;

class GeneratorBodyTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Campaign CAMPAIGN =
      Campaigns.of("c", sampling(16L, null, 2), smoothness(2), "a", "b");

  /** The topics, which outlive a body. */
  private final Map<Topic, List<ConsumerRecord<String, byte[]>>> topics = new HashMap<>();

  private MockConsumer<String, byte[]> reader;
  private MockProducer<String, byte[]> producer;
  private PrometheusRegistry registry;
  private GeneratorBody body;
  private int taken;

  @Test
  void isReadyOnlyOnceThePastIsRead() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    write(Topic.LATENT_SAMPLES, "c/attack/a/0", "not looked at");
    start(NOW);
    assertThat(body.ready()).isFalse();
    body.step();
    assertThat(body.ready()).isFalse();
    assertThat(sent()).isEmpty();
    settle();
    assertThat(body.ready()).isTrue();
    assertThat(sent())
        .containsExactly("c/smoothness/dcgan/0", "c/attack/b/0", "c/attack/a/4", "c/attack/b/4");
  }

  @Test
  void jobsAreReadableAndKeyedByTheirId() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    assertThat(topics.get(Topic.LATENT_SAMPLES))
        .hasSize(5)
        .allSatisfy(job -> assertThat(Records.read(job, Job.class).id()).hasToString(job.key()));
  }

  @Test
  void anAnswerMakesRoomForTheNextJob() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    sent();
    answer("a", 0);
    write(Topic.SMOOTHNESS_RESULTS, "c", smoothnessResult());
    giveUp("b", 4);
    settle();
    assertThat(sent()).containsExactly("c/attack/a/8", "c/attack/b/8");
    assertThat(metric("robustness_generator_jobs_in_flight", "campaign", "c")).isEqualTo(4);
  }

  @Test
  void aRestartedBodyContinuesWhereTheOldOneStopped() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    answer("a", 0);
    answer("b", 0);
    settle();
    sent();

    start(NOW.plusSeconds(1));
    settle();
    assertThat(sent()).isEmpty();
    assertThat(metric("robustness_generator_jobs_in_flight", "campaign", "c")).isEqualTo(5);
    answer("b", 4);
    settle();
    assertThat(sent()).containsExactly("c/attack/b/12");
    answer("b", 8);
    answer("b", 12);
    answer("a", 4);
    answer("a", 8);
    answer("a", 12);
    write(Topic.SMOOTHNESS_RESULTS, "c", smoothnessResult());
    settle();

    start(NOW.plusSeconds(1_000_000));
    settle();
    assertThat(sent()).isEmpty();
  }

  @Test
  void overdueJobsAreSentAgainAlsoAfterARestart() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    answer("a", 0);
    settle();
    sent();
    start(NOW.plusSeconds(60));
    settle();
    assertThat(sent())
        .containsExactly(
            "c/smoothness/dcgan/0", "c/attack/a/4", "c/attack/a/8", "c/attack/b/0", "c/attack/b/4");
    assertThat(metric("robustness_generator_jobs_resent", "campaign", "c")).isEqualTo(5);
  }

  @Test
  void aMalformedCampaignIsReportedOnceAndTheRestGoesOn() throws Exception {
    write(Topic.CAMPAIGNS, "bad", "{\"id\":\"bad\"}");
    write(Topic.CAMPAIGNS, "misplaced", CAMPAIGN);
    write(Topic.CAMPAIGNS, null, "rubbish");
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    assertThat(refusals())
        .extracting(JobFailure.Refused::key)
        .containsExactly("campaigns/0/0", "campaigns/0/1", "campaigns/0/2");
    assertThat(refusals().get(1).reason()).contains("misplaced");
    assertThat(sent()).hasSize(5);
    write(Topic.CAMPAIGNS, "worse", "more rubbish");
    settle();
    assertThat(refusals()).hasSize(4);

    start(NOW);
    settle();
    assertThat(refusals()).hasSize(4);
  }

  @Test
  void aRefusedChangeIsReportedAndTakenBack() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    sent();
    write(
        Topic.CAMPAIGNS,
        "c",
        Campaigns.of("c", sampling(13L, null, 2), smoothness(2), "a", "b", "d"));
    settle();
    assertThat(sent()).isEmpty();
    assertThat(refusals())
        .singleElement()
        .satisfies(refused -> assertThat(refused.reason()).contains("new id"));
    List<ConsumerRecord<String, byte[]>> campaigns = topics.get(Topic.CAMPAIGNS);
    assertThat(campaigns).hasSize(3);
    assertThat(Records.read(campaigns.get(2), Campaign.class)).isEqualTo(CAMPAIGN);

    start(NOW);
    settle();
    assertThat(refusals()).hasSize(1);
    assertThat(campaigns).hasSize(3);
  }

  @Test
  void aRefusedChangeOfAStoppedCampaignLeavesItStopped() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    write(Topic.CAMPAIGNS, "c", null);
    write(Topic.CAMPAIGNS, "c", "rubbish");
    start(NOW);
    settle();
    assertThat(sent()).isEmpty();
    assertThat(topics.get(Topic.CAMPAIGNS)).hasSize(4);
    assertThat(topics.get(Topic.CAMPAIGNS).get(3).value()).isNull();
    assertThat(refusals()).hasSize(1);
  }

  @Test
  void aTombstoneStops() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    sent();
    write(Topic.CAMPAIGNS, "c", null);
    answer("a", 0);
    settle();
    assertThat(sent()).isEmpty();
  }

  @Test
  void malformedRecordsOfOthersAreSkippedAndCounted() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    write(Topic.LATENT_SAMPLES, "no job id", "");
    write(Topic.LATENT_SAMPLES, null, "");
    start(NOW);
    settle();
    sent();
    write(Topic.ATTACK_RESULTS, "c/a", "rubbish");
    write(Topic.ATTACK_RESULTS, "c/a", null);
    write(Topic.SMOOTHNESS_RESULTS, null, "{}");
    write(Topic.JOB_FAILURES, "c/attack/a/0", "[]");
    answer("a", 0);
    settle();
    assertThat(sent()).containsExactly("c/attack/a/8");
    String skipped = "robustness_generator_malformed_records";
    assertThat(metric(skipped, "topic", "latent-samples")).isEqualTo(2);
    assertThat(metric(skipped, "topic", "attack-results")).isEqualTo(2);
    assertThat(metric(skipped, "topic", "smoothness-results")).isEqualTo(1);
    assertThat(metric(skipped, "topic", "job-failures")).isEqualTo(1);
  }

  @Test
  void jobsAndSamplesAreCounted() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    String published = "robustness_generator_jobs_published";
    assertThat(metric(published, "campaign", "c", "kind", "attack")).isEqualTo(4);
    assertThat(metric(published, "campaign", "c", "kind", "smoothness")).isEqualTo(1);
    assertThat(metric("robustness_generator_samples", "campaign", "c")).isEqualTo(16);
  }

  @Test
  void aFailedWriteEndsTheBodyAndNothingIsLost() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    producer.sendException = new IllegalStateException("broker gone");
    assertThatThrownBy(this::settle).hasMessageContaining("broker gone");
    body.close();
    assertThat(reader.closed()).isTrue();
    assertThat(producer.closed()).isTrue();

    start(NOW);
    settle();
    assertThat(sent()).hasSize(5);
  }

  private void start(Instant now) {
    reader = new MockConsumer<>("earliest");
    for (Topic topic : Topic.all()) {
      TopicPartition partition = new TopicPartition(topic.topicName(), 0);
      List<ConsumerRecord<String, byte[]>> log =
          topics.computeIfAbsent(topic, t -> new ArrayList<>());
      reader.updateBeginningOffsets(Map.of(partition, 0L));
      reader.updateEndOffsets(Map.of(partition, (long) log.size()));
    }
    producer = new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    taken = 0;
    registry = new PrometheusRegistry();
    body =
        new GeneratorBody(
            reader, producer, Clock.fixed(now, ZoneOffset.UTC), new GeneratorMetrics(registry));
    topics.forEach((topic, log) -> log.forEach(this::offer));
  }

  private void offer(ConsumerRecord<String, byte[]> kafkaRecord) {
    TopicPartition partition = new TopicPartition(kafkaRecord.topic(), 0);
    if (reader.assignment().contains(partition)) {
      reader.addRecord(kafkaRecord);
    }
  }

  /** Steps until nothing changes any more; what the body writes goes to the topics and to it. */
  private void settle() throws Exception {
    for (int quiet = 0; quiet < 5; quiet++) {
      body.step();
      for (; taken < producer.history().size(); taken++) {
        ProducerRecord<String, byte[]> written = producer.history().get(taken);
        append(topic(written.topic()), written.key(), written.value());
        quiet = 0;
      }
    }
  }

  private void write(Topic topic, String key, Object value) {
    byte[] bytes =
        value == null || value instanceof String
            ? Optional.ofNullable((String) value)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .orElse(null)
            : Json.write(value);
    append(topic, key, bytes);
  }

  private void append(Topic topic, String key, byte[] value) {
    List<ConsumerRecord<String, byte[]>> log =
        topics.computeIfAbsent(topic, t -> new ArrayList<>());
    ConsumerRecord<String, byte[]> kafkaRecord =
        new ConsumerRecord<>(
            topic.topicName(),
            0,
            log.size(),
            NOW.toEpochMilli(),
            TimestampType.CREATE_TIME,
            0,
            0,
            key,
            value,
            new RecordHeaders(),
            Optional.empty());
    log.add(kafkaRecord);
    if (reader != null && !reader.closed()) {
      offer(kafkaRecord);
    }
  }

  private static Topic topic(String name) {
    for (Topic topic : Topic.all()) {
      if (topic.topicName().equals(name)) {
        return topic;
      }
    }
    throw new IllegalArgumentException(name);
  }

  /** Ids of the jobs sent since this was last asked. */
  private List<String> sent() {
    List<String> ids =
        producer.history().stream()
            .filter(written -> written.topic().equals(Topic.LATENT_SAMPLES.topicName()))
            .map(ProducerRecord::key)
            .toList();
    producer.clear();
    taken = 0;
    return ids;
  }

  private List<JobFailure.Refused> refusals() {
    return topics.get(Topic.JOB_FAILURES).stream()
        .map(failure -> (JobFailure.Refused) Records.read(failure, JobFailure.class))
        .toList();
  }

  private void answer(String classifier, long firstOrdinal) {
    JobId id = new JobId("c", JobKind.ATTACK, classifier, firstOrdinal);
    List<SampleResult> samples = new ArrayList<>();
    for (long ordinal = firstOrdinal; ordinal < firstOrdinal + 4; ordinal++) {
      samples.add(
          new SampleResult(
              ordinal, 1, 1.5, 20, Map.of(Space.LATENT, new Outcome.Found(0.1, 0, null, 3, 4))));
    }
    write(
        Topic.ATTACK_RESULTS,
        "c/" + classifier,
        new AttackResult(
            id, CAMPAIGN.sampling().windowOf(firstOrdinal), 10, 3, "w", "e", 1, samples));
  }

  private void giveUp(String classifier, long firstOrdinal) {
    JobId id = new JobId("c", JobKind.ATTACK, classifier, firstOrdinal);
    write(
        Topic.JOB_FAILURES,
        id.toString(),
        new JobFailure.GivenUp(
            id, CAMPAIGN.sampling().windowOf(firstOrdinal), 4, 3, "w", "no such file"));
  }

  private static SmoothnessResult smoothnessResult() {
    List<SmoothnessResult.Sample> samples =
        List.of(
            new SmoothnessResult.Sample(0, 20, List.of(0.5, 1.0)),
            new SmoothnessResult.Sample(1, 20, List.of(0.5, 1.0)));
    return new SmoothnessResult(
        new JobId("c", JobKind.SMOOTHNESS, "dcgan", 0),
        List.of(0.1, 0.2),
        "w",
        "e",
        1,
        samples,
        null);
  }

  private double metric(String name, String... labels) {
    DataPointSnapshot point =
        registry.scrape().stream()
            .filter(metric -> metric.getMetadata().getName().equals(name))
            .flatMap(metric -> metric.getDataPoints().stream())
            .filter(data -> data.getLabels().equals(Labels.of(labels)))
            .findFirst()
            .orElseThrow();
    return point instanceof CounterDataPointSnapshot counter
        ? counter.getValue()
        : ((GaugeDataPointSnapshot) point).getValue();
  }
}
