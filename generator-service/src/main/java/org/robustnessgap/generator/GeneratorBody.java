package org.robustnessgap.generator;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.plan.Ledger;
import org.robustnessgap.campaign.plan.Successors;
import org.robustnessgap.generator.registry.RegistryWatch;
import org.robustnessgap.generator.traffic.LiveTraffic;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.ServiceBody;
import org.robustnessgap.service.kafka.Records;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recovers the ledger from the topics, then follows them and sends what is due.
 *
 * <p>A campaign that is malformed, or whose change is refused, goes to {@code job-failures} unless
 * that topic already holds it, and the value in force is written to {@code campaigns} again, so
 * that the topic says what is done also after compaction.
 */
final class GeneratorBody implements ServiceBody {
  private static final Logger LOG = LoggerFactory.getLogger(GeneratorBody.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /** So that a flood of jobs does not keep new campaigns and tombstones waiting. */
  private static final int JOBS_PER_STEP = 256;

  private static final Map<Topic, JobKind> ANSWERS =
      JobKind.ALL.stream()
          .collect(Collectors.toUnmodifiableMap(JobKind::answers, Function.identity()));

  /** What is followed once the past is known; the jobs sent from then on are this body's own. */
  private static final Set<Topic> PRESENT =
      union(ANSWERS.keySet(), Set.of(Topic.CAMPAIGNS, Topic.JOB_FAILURES));

  /**
   * What is read from the beginning, one group after the other: campaigns first, as the rest has no
   * meaning without them; answers before jobs, so that only jobs without an answer are kept.
   */
  private static final List<Set<Topic>> PAST =
      List.of(
          Set.of(Topic.CAMPAIGNS),
          union(ANSWERS.keySet(), Set.of(Topic.JOB_FAILURES)),
          Set.of(Topic.LATENT_SAMPLES));

  private static final Map<String, Topic> TOPICS =
      PAST.stream()
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableMap(Topic::topicName, Function.identity()));

  private final Consumer<String, byte[]> reader;
  private final Producer<String, byte[]> producer;
  private final Clock clock;
  private final GeneratorMetrics metrics;
  private final Ledger ledger;
  private final LiveTraffic traffic;
  private final RegistryWatch registry;
  private final Successors successors = new Successors();
  private final Deque<Set<Topic>> past = new ArrayDeque<>(PAST);

  /** Where each topic ended in the first round; null before it. */
  private @Nullable Map<TopicPartition, Long> ends;

  private final Refusals refusals = new Refusals();
  private volatile boolean ready;

  /**
   * @param images folder of the images of campaigns
   * @param traffic closed with this
   * @param registry closed with this
   */
  GeneratorBody(
      Path images,
      LiveTraffic traffic,
      RegistryWatch registry,
      Consumer<String, byte[]> reader,
      Producer<String, byte[]> producer,
      Clock clock,
      GeneratorMetrics metrics) {
    this.reader = reader;
    this.producer = producer;
    this.clock = clock;
    this.metrics = metrics;
    this.traffic = traffic;
    this.registry = registry;
    this.ledger = new Ledger(images, refusals);
    Set<TopicPartition> partitions = partitions(TOPICS.values());
    reader.assign(partitions);
    reader.seekToBeginning(partitions);
    readOnly(past.element());
  }

  static Collection<Topic> reads() {
    return TOPICS.values();
  }

  @Override
  public void step() throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> begun = ends == null ? reader.endOffsets(reader.assignment()) : ends;
    ends = begun;
    for (ConsumerRecord<String, byte[]> kafkaRecord : reader.poll(POLL)) {
      learn(kafkaRecord);
    }
    if (!past.isEmpty()) {
      recover(begun);
      return;
    }
    for (Optional<Refusals.Refusal> refusal; (refusal = refusals.poll()).isPresent(); ) {
      report(refusal.get());
    }
    for (JobFailure failure : traffic.step(ledger, clock.instant(), GeneratorService.NAME)) {
      publish(Records.of(failure));
    }
    beginSuccessors();
    sendDue();
    metrics.inFlight(ledger.inFlight());
    metrics.queries(ledger.queries());
    ready = true;
  }

  /** New versions of registered models are measured as the versions before them were. */
  private void beginSuccessors() throws ExecutionException, InterruptedException {
    registry.follow(successors.aliases());
    for (Optional<RegistryWatch.Seen> seen; (seen = registry.poll()).isPresent(); ) {
      for (Campaign successor : successors.of(seen.get().alias(), seen.get().version())) {
        LOG.info(
            "campaign {} begins, as {} is version {} now",
            successor.id(),
            seen.get().alias(),
            seen.get().version());
        publish(Records.of(Topic.CAMPAIGNS, successor.id(), successor));
        successors.applied(successor);
      }
    }
  }

  private void recover(Map<TopicPartition, Long> begun) {
    while (!past.isEmpty() && read(past.element(), begun)) {
      past.remove();
      readOnly(past.isEmpty() ? PRESENT : past.element());
    }
    if (past.isEmpty()) {
      refusals.recovered();
    }
  }

  private boolean read(Set<Topic> topics, Map<TopicPartition, Long> to) {
    Set<TopicPartition> partitions = partitions(topics);
    return to.entrySet().stream()
        .filter(end -> partitions.contains(end.getKey()))
        .allMatch(end -> reader.position(end.getKey()) >= end.getValue());
  }

  private void readOnly(Set<Topic> topics) {
    reader.pause(reader.assignment());
    reader.resume(partitions(topics));
  }

  private void learn(ConsumerRecord<String, byte[]> kafkaRecord) {
    Topic topic = Records.topic(kafkaRecord, TOPICS);
    try {
      JobKind answered = ANSWERS.get(topic);
      if (answered != null) {
        learnAnswer(Records.read(kafkaRecord, answered.result()), written(kafkaRecord));
      } else if (topic.equals(Topic.LATENT_SAMPLES)) {
        learnJob(kafkaRecord);
      } else if (topic.equals(Topic.JOB_FAILURES)) {
        learnFailure(Records.read(kafkaRecord, JobFailure.class), written(kafkaRecord));
      } else {
        learnCampaign(kafkaRecord);
      }
    } catch (InvalidInputException e) {
      if (topic.equals(Topic.CAMPAIGNS)) {
        refusals.add(kafkaRecord, e);
      } else {
        metrics.skipped(topic);
      }
    }
  }

  private void learnJob(ConsumerRecord<String, byte[]> kafkaRecord) {
    JobId id = JobId.parse(kafkaRecord.key());
    ledger.sent(id, written(kafkaRecord));
    if (ledger.isOfImages(id.campaign())) {
      ledger.carried(Records.read(kafkaRecord, Job.class));
    }
  }

  private void learnCampaign(ConsumerRecord<String, byte[]> kafkaRecord) {
    if (kafkaRecord.value() == null) {
      LOG.info("campaign {} stops", kafkaRecord.key());
      ledger.stop(kafkaRecord.key());
      successors.stopped(kafkaRecord.key());
      return;
    }
    Campaign campaign = Records.read(kafkaRecord, Campaign.class);
    if (!campaign.id().equals(kafkaRecord.key())) {
      throw new InvalidInputException(
          "Campaign "
              + campaign.id()
              + " was written with key "
              + kafkaRecord.key()
              + "; write it with its id as key.");
    }
    ledger.apply(campaign);
    successors.applied(campaign);
    if (ledger.isOfImages(campaign.id())) {
      refusals.ofImages(kafkaRecord);
    }
    LOG.info("campaign {}: {} classifiers", campaign.id(), campaign.classifiers().size());
  }

  private static Instant written(ConsumerRecord<String, byte[]> kafkaRecord) {
    return Instant.ofEpochMilli(kafkaRecord.timestamp());
  }

  private void learnAnswer(JobResult result, Instant at) {
    ledger.answered(result.jobId());
    ledger.spent(result.jobId(), result.queriesSpent(), at);
    if (result instanceof AttackResult attack) {
      successors.answered(attack);
    }
  }

  private void learnFailure(JobFailure failure, Instant at) {
    Runnable learned =
        failure.either(
            givenUp -> () -> ledger.givenUp(givenUp.jobId(), at),
            putOff -> () -> learnRest(putOff, at),
            refused ->
                () -> {
                  if (!past.isEmpty()) {
                    refusals.reported(failure);
                  }
                });
    learned.run();
  }

  private void learnRest(JobFailure.PutOff putOff, Instant at) {
    ledger.spent(putOff.jobId(), putOff.queries(), at);
    Duration rest = Duration.ofMillis((long) (1000 * putOff.seconds()));
    ledger.putOff(putOff.jobId(), at, at.plus(rest));
  }

  private void report(Refusals.Refusal refusal) throws ExecutionException, InterruptedException {
    LOG.warn("a campaign was refused: {}", refusal.failure().reason());
    String id = refusal.campaignId();
    // First what is in force, then the report: the report is what a restarted body looks for.
    if (id != null && ledger.knows(id)) {
      Optional<Campaign> inForce = ledger.inForce(id);
      publish(
          inForce.isPresent()
              ? Records.of(Topic.CAMPAIGNS, id, inForce.get())
              : new ProducerRecord<>(Topic.CAMPAIGNS.topicName(), id, null));
    }
    publish(Records.of(refusal.failure()));
  }

  private void sendDue() throws ExecutionException, InterruptedException {
    for (int jobs = 0; jobs < JOBS_PER_STEP; jobs++) {
      Optional<Ledger.Due> due = ledger.due(clock.instant());
      if (due.isEmpty()) {
        return;
      }
      JobId id = due.get().job().id();
      publish(Records.of(Topic.LATENT_SAMPLES, id.toString(), due.get().job()));
      ledger.sent(id, clock.instant());
      metrics.sent(due.get());
    }
  }

  /** One at a time, so that a failure leaves no gap behind it on the log. */
  private void publish(ProducerRecord<String, byte[]> message)
      throws ExecutionException, InterruptedException {
    Future<RecordMetadata> written = producer.send(message);
    producer.flush();
    written.get();
  }

  private static Set<Topic> union(Set<Topic> some, Set<Topic> others) {
    return Stream.concat(some.stream(), others.stream()).collect(Collectors.toUnmodifiableSet());
  }

  private static Set<TopicPartition> partitions(Collection<Topic> topics) {
    Set<TopicPartition> partitions = new HashSet<>();
    topics.forEach(topic -> partitions.add(new TopicPartition(topic.topicName(), 0)));
    return partitions;
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void close() {
    try {
      traffic.close();
      registry.close();
      ledger.close();
      producer.close(Duration.ofSeconds(3));
    } finally {
      reader.close(CloseOptions.timeout(Duration.ofSeconds(3)));
    }
  }
}
