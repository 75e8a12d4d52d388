package org.robustnessgap.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.robustnessgap.campaign.run.JobPutOffException;
import org.robustnessgap.campaign.run.JobRunner;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.ServiceBody;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.Records;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes jobs from a share group, works on them on a thread of its own while the polling thread
 * renews their locks, and accepts a job only after its answer is stored. A job that another worker
 * finishes as well does no harm: results are keyed by job and folded once.
 */
final class WorkerBody implements ServiceBody {
  static final String GROUP = "attack-workers";

  private static final Logger LOG = LoggerFactory.getLogger(WorkerBody.class);

  /**
   * Kafka's largest permitted value: deliveries also count when a worker is stopped and hands its
   * jobs back.
   */
  private static final int DELIVERY_LIMIT = 10;

  /** An unexpected failure may pass; after so many deliveries it will not. */
  private static final int DELIVERIES_OF_A_FAILING_JOB = 3;

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int DEFAULT_LOCK_MILLIS = 30_000;

  private final ShareConsumer<String, byte[]> consumer;
  private final Producer<String, byte[]> producer;
  private final JobRunner runner;
  private final WorkerMetrics metrics;
  private final ExecutorService attacks;
  private final Map<Place, Held> held = new LinkedHashMap<>();
  private volatile boolean polled;

  /** Where a record lies. */
  private record Place(TopicPartition partition, long offset) {
    static Place of(ConsumerRecord<String, byte[]> delivered) {
      return new Place(
          new TopicPartition(delivered.topic(), delivered.partition()), delivered.offset());
    }
  }

  /** A job under way. */
  private record Held(Job job, Future<ProducerRecord<String, byte[]>> answer) {}

  WorkerBody(KafkaClients clients, JobRunner runner, WorkerMetrics metrics) throws Exception {
    this(member(clients), clients.producer(), runner, metrics);
  }

  WorkerBody(
      ShareConsumer<String, byte[]> consumer,
      Producer<String, byte[]> producer,
      JobRunner runner,
      WorkerMetrics metrics) {
    this.consumer = consumer;
    this.producer = producer;
    this.runner = runner;
    this.metrics = metrics;
    this.attacks = Executors.newSingleThreadExecutor(task -> new Thread(task, "attack"));
    consumer.subscribe(List.of(Topic.LATENT_SAMPLES.topicName()));
  }

  private static ShareConsumer<String, byte[]> member(KafkaClients clients) throws Exception {
    configureGroup(clients);
    return clients.shareConsumer(GROUP);
  }

  /**
   * By default a share group begins at the end: jobs sent before the first worker would be lost.
   */
  private static void configureGroup(KafkaClients clients) throws Exception {
    ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, GROUP);
    Collection<AlterConfigOp> settings =
        List.of(
            new AlterConfigOp(
                new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET),
            new AlterConfigOp(
                new ConfigEntry("share.delivery.count.limit", Integer.toString(DELIVERY_LIMIT)),
                AlterConfigOp.OpType.SET));
    try (Admin admin = clients.admin()) {
      admin.incrementalAlterConfigs(Map.of(group, settings)).all().get();
    }
  }

  @Override
  public void step() throws Exception {
    List<ConsumerRecord<String, byte[]>> delivered = new ArrayList<>();
    consumer.poll(POLL).forEach(delivered::add);
    polled = true;
    // A renewed record is delivered again; one that is not has been lost to another worker.
    dropAllBut(delivered.stream().map(Place::of).toList());
    for (ConsumerRecord<String, byte[]> kafkaRecord : delivered) {
      if (!held.containsKey(Place.of(kafkaRecord))) {
        take(kafkaRecord);
      }
    }
    metrics.running(held.size());
    waitForAnswer();
    for (ConsumerRecord<String, byte[]> kafkaRecord : delivered) {
      Held job = held.get(Place.of(kafkaRecord));
      if (job != null) {
        settleOrRenew(kafkaRecord, job);
      }
    }
    commit();
    metrics.running(held.size());
  }

  private void take(ConsumerRecord<String, byte[]> kafkaRecord) throws Exception {
    Job job;
    try {
      job = Records.read(kafkaRecord, Job.class);
    } catch (InvalidInputException e) {
      LOG.warn("refused a malformed job at offset {}: {}", kafkaRecord.offset(), e.getMessage());
      publish(Records.of(Records.refused(kafkaRecord, e)));
      consumer.acknowledge(kafkaRecord, AcknowledgeType.REJECT);
      metrics.ended(WorkerMetrics.Ending.REFUSED);
      return;
    }
    int deliveries = deliveries(kafkaRecord);
    if (deliveries >= DELIVERY_LIMIT) {
      giveUp(
          kafkaRecord,
          job,
          "It was delivered " + deliveries + " times without an answer: does it end its workers?");
      return;
    }
    held.put(Place.of(kafkaRecord), new Held(job, attacks.submit(() -> answer(job))));
  }

  private ProducerRecord<String, byte[]> answer(Job job) {
    JobResult result = runner.run(job);
    metrics.answered(result);
    return Records.of(job.id().kind().answers(), result.key(), result);
  }

  /** Waits until the first job ends or locks need renewal. */
  private void waitForAnswer() throws InterruptedException {
    Optional<Held> first = held.values().stream().findFirst();
    if (first.isEmpty()) {
      return;
    }
    long renewal = consumer.acquisitionLockTimeoutMs().orElse(DEFAULT_LOCK_MILLIS) / 3;
    try {
      first.get().answer().get(renewal, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // Still running, or failed: settleOrRenew looks.
    }
  }

  private void settleOrRenew(ConsumerRecord<String, byte[]> kafkaRecord, Held job)
      throws Exception {
    if (!job.answer().isDone()) {
      consumer.acknowledge(kafkaRecord, AcknowledgeType.RENEW);
      return;
    }
    held.remove(Place.of(kafkaRecord));
    try {
      publish(job.answer().get());
      consumer.acknowledge(kafkaRecord, AcknowledgeType.ACCEPT);
      metrics.ended(WorkerMetrics.Ending.ANSWERED);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InvalidInputException reason) {
        giveUp(kafkaRecord, job.job(), reason.getMessage());
      } else if (e.getCause() instanceof JobPutOffException reason) {
        putOff(kafkaRecord, reason.failure(job.job(), runner.worker()));
      } else if (deliveries(kafkaRecord) >= DELIVERIES_OF_A_FAILING_JOB) {
        LOG.warn("job {} failed again", job.job().id(), e.getCause());
        giveUp(
            kafkaRecord,
            job.job(),
            "It failed " + deliveries(kafkaRecord) + " times, last with " + e.getCause());
      } else {
        LOG.warn(
            "job {} failed and will be tried again: {}",
            job.job().id(),
            String.valueOf(e.getCause()));
        release(kafkaRecord);
      }
    }
  }

  private void giveUp(ConsumerRecord<String, byte[]> kafkaRecord, Job job, String reason)
      throws Exception {
    LOG.warn("gave up job {}: {}", job.id(), reason);
    publish(
        Records.of(
            new JobFailure.GivenUp(
                job.id(),
                job.window(),
                job.latents().count(),
                deliveries(kafkaRecord),
                runner.worker(),
                reason)));
    consumer.acknowledge(kafkaRecord, AcknowledgeType.REJECT);
    metrics.ended(WorkerMetrics.Ending.GIVEN_UP);
  }

  /** The generator service sends it again when its time has come; until then others go on. */
  private void putOff(ConsumerRecord<String, byte[]> kafkaRecord, JobFailure.PutOff failure)
      throws Exception {
    LOG.warn("put off job {} for {} s: {}", failure.jobId(), failure.seconds(), failure.reason());
    publish(Records.of(failure));
    consumer.acknowledge(kafkaRecord, AcknowledgeType.ACCEPT);
    metrics.ended(WorkerMetrics.Ending.PUT_OFF);
  }

  private void release(ConsumerRecord<String, byte[]> kafkaRecord) {
    consumer.acknowledge(kafkaRecord, AcknowledgeType.RELEASE);
    metrics.ended(WorkerMetrics.Ending.RELEASED);
  }

  private static int deliveries(ConsumerRecord<String, byte[]> kafkaRecord) {
    return kafkaRecord.deliveryCount().map(Short::intValue).orElse(1);
  }

  /** Stores a record for good before anything is acknowledged on the strength of it. */
  private void publish(ProducerRecord<String, byte[]> answer) throws Exception {
    producer.send(answer).get();
  }

  /**
   * An acknowledgement that was not taken means that the lock is lost: somebody else has the job
   * now.
   */
  private void commit() {
    for (Map.Entry<TopicIdPartition, Optional<KafkaException>> entry :
        consumer.commitSync().entrySet()) {
      entry
          .getValue()
          .ifPresent(
              e -> {
                LOG.warn(
                    "the broker did not take an acknowledgement; the job will run again: {}",
                    e.getMessage());
                dropAllBut(List.of());
              });
    }
  }

  private void dropAllBut(List<Place> kept) {
    held.entrySet()
        .removeIf(
            entry -> {
              boolean lost = !kept.contains(entry.getKey());
              if (lost) {
                entry.getValue().answer().cancel(true);
              }
              return lost;
            });
  }

  @Override
  public boolean ready() {
    return polled;
  }

  /** Cancels what runs; closing the consumer hands its records back to the group. */
  @Override
  public void close() {
    dropAllBut(List.of());
    attacks.shutdownNow();
    consumer.close(Duration.ofSeconds(5));
    producer.close(Duration.ofSeconds(2));
    boolean ended = false;
    try {
      // The engine must not be closed under a running attack.
      ended = attacks.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (ended) {
      runner.close();
    }
  }
}
