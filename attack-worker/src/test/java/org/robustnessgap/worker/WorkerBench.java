package org.robustnessgap.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockShareConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.attack.query.QueriedClassifier;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.campaign.run.JobRunner;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.campaign.run.ServedClassifiers;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.ValueShapes;

/** The body of a worker on a share group, a log and an engine that tests hold in their hands. */
abstract class WorkerBench {
  static final String JOBS = Topic.LATENT_SAMPLES.topicName();

  /** Polls are cheap here; far more than any job takes. */
  static final int ENOUGH_ROUNDS = 10_000;

  @TempDir Path folder;

  final List<String> events = Collections.synchronizedList(new ArrayList<>());
  final ShareGroup group = new ShareGroup();
  final Log log = new Log();
  final HookedEngine engine = new HookedEngine();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  WorkerBody body;
  private long nextOffset;

  /** Delivers again what is renewed or released, as a broker does. */
  final class ShareGroup extends MockShareConsumer<String, byte[]> {
    final List<ConsumerRecord<String, byte[]>> again = new ArrayList<>();
    boolean commitsFail;

    @Override
    public synchronized ConsumerRecords<String, byte[]> poll(java.time.Duration timeout) {
      again.forEach(this::addRecord);
      again.clear();
      return super.poll(timeout);
    }

    @Override
    public synchronized void acknowledge(
        ConsumerRecord<String, byte[]> delivered, AcknowledgeType type) {
      events.add(type.name() + " " + delivered.offset());
      if (type == AcknowledgeType.RENEW) {
        again.add(delivered);
      } else if (type == AcknowledgeType.RELEASE) {
        int deliveries = delivered.deliveryCount().orElseThrow();
        again.add(delivery(delivered.offset(), delivered.value(), deliveries + 1));
      }
    }

    @Override
    public synchronized Map<TopicIdPartition, Optional<KafkaException>> commitSync() {
      return Map.of(
          new TopicIdPartition(Uuid.ZERO_UUID, 0, JOBS),
          commitsFail ? Optional.of(new KafkaException("the lock is lost")) : Optional.empty());
    }

    @Override
    public Optional<Integer> acquisitionLockTimeoutMs() {
      return Optional.of(30);
    }
  }

  /** A topic log that can be slow or refuse. */
  final class Log extends MockProducer<String, byte[]> {
    Log() {
      super(true, null, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<String, byte[]> message, Callback callback) {
      Future<RecordMetadata> sent = super.send(message, callback);
      events.add("publish " + message.topic());
      return sent;
    }
  }

  /** Servers that ask to be left alone for seven seconds. */
  private static final class Down implements ServedClassifiers {
    @Override
    public QueriedClassifier open(ModelReference classifier, List<Long> image) {
      throw new ServerUnavailableException("down", 7000);
    }

    @Override
    public Registered fetch(String location) {
      throw new ServerUnavailableException("down", 7000);
    }
  }

  /** Does something before each run. */
  static final class HookedEngine implements Engine {
    private final Engine engine = new OnnxRuntimeEngine(1);
    volatile Runnable hook = () -> {};
    volatile boolean closed;

    @Override
    public String name() {
      return "hooked";
    }

    @Override
    public Executable load(OnnxModel model) {
      Executable loaded = engine.load(model);
      return new Executable() {
        @Override
        public List<Tensor> run(Tensor... inputs) {
          hook.run();
          return loaded.run(inputs);
        }

        @Override
        public void close() {
          loaded.close();
        }
      };
    }

    @Override
    public Map<String, ValueShapes.Probed> run(OnnxModel model, int batch) {
      return engine.run(model, batch);
    }

    @Override
    public Map<String, TensorProto> values(OnnxModel model, int batch) {
      return engine.values(model, batch);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @BeforeEach
  void start() throws IOException {
    float[][] identity = {{1, 0}, {0, 1}};
    Files.write(folder.resolve("g.onnx"), TestGraph.linear("g", identity).toBytes());
    Files.write(folder.resolve("f.onnx"), TestGraph.linear("f", identity).toBytes());
    float[][] other = {{1, 2}, {3, -1}};
    Files.write(folder.resolve("h.onnx"), TestGraph.linear("h", other).toBytes());
    float[][] ofThree = {{1, 2, 0}, {3, -1, 1}};
    Files.write(folder.resolve("three.onnx"), TestGraph.linear("three", ofThree).toBytes());
    JobRunner runner = new JobRunner("worker-1", new ModelCache(folder, engine, new Down()));
    body = new WorkerBody(group, log, runner, new WorkerMetrics(registry));
  }

  @AfterEach
  void stop() {
    engine.hook = () -> {};
    body.close();
  }

  static ConsumerRecord<String, byte[]> delivery(long offset, byte[] value, int count) {
    return new ConsumerRecord<>(
        JOBS,
        0,
        offset,
        0,
        TimestampType.CREATE_TIME,
        0,
        value.length,
        "key",
        value,
        new RecordHeaders(),
        Optional.empty(),
        Optional.of((short) count));
  }

  void deliver(byte[] value, int count) {
    group.addRecord(delivery(nextOffset++, value, count));
  }

  /** Rounds until something of this kind has happened. */
  void stepUntil(String event) throws Exception {
    for (int round = 0; round < ENOUGH_ROUNDS && !events.contains(event); round++) {
      body.step();
    }
    assertThat(events).contains(event);
  }

  /** A job dropped before it begins is never run: there would be nothing to see. */
  void stepUntilBegun(CountDownLatch running) throws Exception {
    while (running.getCount() > 0) {
      body.step();
    }
  }

  /** What a job does that ends only if it is cancelled. */
  static void untilCancelled(CountDownLatch running, CountDownLatch cancelled) {
    try {
      running.countDown();
      await(new CountDownLatch(1));
    } finally {
      cancelled.countDown();
    }
  }

  <T> T published(Topic topic, Class<T> type) {
    List<ProducerRecord<String, byte[]>> records =
        log.history().stream().filter(r -> r.topic().equals(topic.topicName())).toList();
    assertThat(records).hasSize(1);
    return Json.read(records.get(0).value(), type);
  }

  double ended(String outcome) {
    CounterSnapshot jobs =
        (CounterSnapshot)
            registry.scrape(name -> name.startsWith("robustness_worker_jobs")).stream()
                .filter(CounterSnapshot.class::isInstance)
                .findFirst()
                .orElseThrow();
    return jobs.getDataPoints().stream()
        .filter(point -> outcome.equals(point.getLabels().get("outcome")))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
