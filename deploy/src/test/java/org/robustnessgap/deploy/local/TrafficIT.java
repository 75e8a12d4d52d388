package org.robustnessgap.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.deploy.campaign.CampaignTopic;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.generator.GeneratorService;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.ImageData;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.RecordFormat;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.TrafficSample;
import org.robustnessgap.messages.TrafficTopic;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.Records;

/** Live traffic in three formats through a real broker and all services. */
final class TrafficIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int SIDE = 28;
  private static final int PIXELS = SIDE * SIDE;
  private static final int OF_A_WINDOW = 8;
  private static final Map<String, RecordFormat> FORMATS =
      Map.of(
          "samples", RecordFormat.TRAFFIC_SAMPLES,
          "requests", RecordFormat.OPEN_INFERENCE,
          "events", RecordFormat.CLOUD_EVENTS);

  private static LocalSystem system;
  private static KafkaClients clients;

  /** Two that the generator makes. */
  private static final List<float[]> IMAGES = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    try (ModelCache models = new ModelCache(Path.of(""), EngineSettings.standard().open())) {
      Rows made =
          models
              .generator(TestCampaigns.model("mnist-dcgan"), ModelOptions.NONE)
              .map()
              .apply(new Rows(new LatentSampler(0, 100).draw(0, 2).values(), 100));
      for (int i = 0; i < 2; i++) {
        float[] image = Arrays.copyOfRange(made.values(), i * PIXELS, (i + 1) * PIXELS);
        for (int pixel = 0; pixel < PIXELS; pixel++) {
          image[pixel] = Math.max(0, Math.min(1, image[pixel]));
        }
        IMAGES.add(image);
      }
    }
    system = new LocalSystem(EngineSettings.standard());
    assertThat(system.start(0)).isTrue();
    clients = system.clients();
    try (Admin admin = clients.admin()) {
      admin
          .createTopics(
              FORMATS.keySet().stream().map(name -> new NewTopic(name, 1, (short) 1)).toList())
          .all()
          .get();
    }
  }

  @AfterAll
  static void stop() {
    system.close();
  }

  @Test
  void windowsOfEveryFormatAreMeasuredAndADriftIsSeen() throws Exception {
    for (Map.Entry<String, RecordFormat> each : FORMATS.entrySet()) {
      CampaignTopic.apply(clients, campaign(each.getKey(), each.getKey(), each.getValue()));
    }
    try (Producer<String, byte[]> producer = clients.producer()) {
      // First one image again and again, then another: the classes change altogether.
      Map<String, Long> first = completeWindowOf(producer, IMAGES.get(0), Map.of());
      Map<String, Long> second = completeWindowOf(producer, IMAGES.get(1), first);
      producer.send(new ProducerRecord<>("events", "no event".getBytes(StandardCharsets.UTF_8)));
      producer.flush();

      for (String campaign : FORMATS.keySet()) {
        RobustnessGap before = gap(campaign, first.get(campaign));
        RobustnessGap after = gap(campaign, second.get(campaign));
        assertThat(measured(before)).isPositive().isNotEqualTo(measured(after));
        assertThat(before.window().samples()).isBetween(1L, (long) OF_A_WINDOW);
        hasTheLabelOfItsImage(campaign, before);
        hasTheLabelOfItsImage(campaign, after);
        assertThat(before.provenance().describe()).endsWith("images of seen");
      }
    }
    resultsTellTheRecordAndNoPixels();
    refusalsAreToldWithoutWhatUsersSent();
    assertThat(metrics())
        .containsPattern("traffic_images_total\\{campaign=\"events\",state=\"taken\"} [1-9]")
        .contains("robustness_generator_traffic_reading{campaign=\"events\"} 1.0");
  }

  /** Another cluster that does not answer, and a topic that is not there: told, and no more. */
  @Test
  void whatCannotBeReadIsToldAndStopsNothing() throws Exception {
    CampaignTopic.apply(clients, campaign("absent", "absent", RecordFormat.IMAGE));
    CampaignTopic.apply(
        clients,
        campaign(
            "elsewhere",
            new TrafficTopic("t", RecordFormat.IMAGE, "PT2S", null, "localhost:1", null, null)));
    CampaignTopic.apply(
        clients,
        campaign(
            "nofile",
            new TrafficTopic(
                "t", RecordFormat.IMAGE, "PT2S", null, null, "their.properties", null)));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(refusals("absent")).singleElement().asString().contains("no topic absent");
              assertThat(refusals("t"))
                  .anySatisfy(reason -> assertThat(reason).contains("Campaign elsewhere cannot"))
                  .anySatisfy(
                      reason -> assertThat(reason).contains("without --traffic-properties"));
            });
    assertThat(metrics()).contains("robustness_generator_traffic_reading{campaign=\"absent\"} 0.0");
    assertThat(system.service(GeneratorService.NAME).ready()).isTrue();
    try (Admin admin = clients.admin()) {
      assertThat(admin.listTopics().names().get()).doesNotContain("absent");
    }
    try (Producer<String, byte[]> producer = clients.producer()) {
      for (String campaign : List.of("absent", "elsewhere", "nofile")) {
        producer.send(new ProducerRecord<>(Topic.CAMPAIGNS.topicName(), campaign, null)).get();
      }
    }
  }

  /**
   * Writes an image until each campaign has measured a window of nothing else.
   *
   * @param after the windows before, which do not count
   * @return by campaign
   */
  private static Map<String, Long> completeWindowOf(
      Producer<String, byte[]> producer, float[] image, Map<String, Long> after) {
    Map<String, Long> complete = new HashMap<>();
    double norm = norm(image);
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              for (int i = 0; i < 3; i++) {
                producer.send(sample(image));
                producer.send(request(image));
                producer.send(event(image));
              }
              producer.flush();
              complete.clear();
              for (String campaign : FORMATS.keySet()) {
                windows(campaign)
                    .forEach(
                        (window, samples) -> {
                          if (window > after.getOrDefault(campaign, -1L)
                              && samples.stream()
                                  .allMatch(s -> Math.abs(s.latentNorm() - norm) < 1e-3)) {
                            complete.putIfAbsent(campaign, window);
                          }
                        });
              }
              return complete.keySet().equals(FORMATS.keySet());
            });
    return complete;
  }

  /** Samples of complete windows, by index. */
  private static Map<Long, List<SampleResult>> windows(String campaign) {
    Map<Long, List<SampleResult>> samples = new TreeMap<>();
    Map<Long, Long> sizes = new HashMap<>();
    results(campaign)
        .forEach(
            result -> {
              sizes.put(result.window().index(), result.window().samples());
              samples
                  .computeIfAbsent(result.window().index(), any -> new ArrayList<>())
                  .addAll(result.samples());
            });
    samples.entrySet().removeIf(each -> each.getValue().size() < sizes.get(each.getKey()));
    return samples;
  }

  private static Stream<AttackResult> results(String campaign) {
    return Watching.all(clients, Topic.ATTACK_RESULTS).stream()
        .map(found -> Records.read(found, AttackResult.class))
        .filter(result -> result.jobId().campaign().equals(campaign));
  }

  private static RobustnessGap gap(String campaign, long window) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                Watching.all(clients, Topic.ROBUSTNESS_GAPS).stream()
                    .map(found -> Records.read(found, RobustnessGap.class))
                    .filter(gap -> gap.stream().campaign().equals(campaign))
                    .filter(gap -> gap.window().index() == window)
                    .filter(gap -> gap.measured() == gap.window().samples())
                    .reduce((old, newer) -> newer),
            Optional::isPresent)
        .orElseThrow();
  }

  /** In a window of one image its label is the only one, with the distances of all. */
  private static void hasTheLabelOfItsImage(String campaign, RobustnessGap gap) {
    List<SampleResult> samples = windows(campaign).get(gap.window().index());
    assertThat(gap.labels())
        .singleElement()
        .satisfies(
            label -> {
              assertThat(label.label()).isEqualTo(samples.get(0).label());
              assertThat(label.samples()).isEqualTo(samples.size());
              assertThat(label.unconstrained().get(0).measured()).isEqualTo(measured(gap));
            });
  }

  private static double measured(RobustnessGap gap) {
    return gap.spaces().get(Space.UNCONSTRAINED).quantiles().get(0).measured();
  }

  /** The images are in the jobs, or this could see nothing, and nowhere else. */
  private static void resultsTellTheRecordAndNoPixels() {
    for (String campaign : FORMATS.keySet()) {
      assertThat(results(campaign).flatMap(result -> result.samples().stream()))
          .allSatisfy(sample -> assertThat(sample.name()).startsWith(campaign + "/0/"));
    }
    List<String> pieces = new ArrayList<>();
    byte[] bytes = bytes(IMAGES.get(0));
    for (int from = 1600; from < 1603; from++) {
      byte[] piece = Arrays.copyOfRange(bytes, from, from + 60);
      pieces.add(Base64.getEncoder().encodeToString(piece));
    }
    Set<Topic> holding = new TreeSet<>(Comparator.comparing(Topic::topicName));
    for (Topic topic : Topic.all()) {
      for (ConsumerRecord<String, byte[]> found : Watching.all(clients, topic)) {
        byte[] value = found.value() == null ? new byte[0] : found.value();
        String text = new String(value, StandardCharsets.ISO_8859_1);
        if (pieces.stream().anyMatch(text::contains)) {
          holding.add(topic);
        }
      }
    }
    assertThat(holding).containsExactly(Topic.LATENT_SAMPLES);
  }

  private static void refusalsAreToldWithoutWhatUsersSent() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(refusals("events"))
                    .singleElement()
                    .asString()
                    .contains("no CloudEvent")
                    .doesNotContain("no event"));
  }

  private static List<String> refusals(String topic) {
    return Watching.all(clients, Topic.JOB_FAILURES).stream()
        .map(found -> Records.read(found, JobFailure.class))
        .filter(JobFailure.Refused.class::isInstance)
        .map(JobFailure.Refused.class::cast)
        .filter(refused -> refused.topic().equals(topic))
        .peek(refused -> assertThat(refused.excerpt()).isEmpty())
        .map(JobFailure::reason)
        .distinct()
        .toList();
  }

  private static String metrics() throws Exception {
    int port = system.service(GeneratorService.NAME).port();
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static Campaign campaign(String id, String topic, RecordFormat format) {
    return campaign(id, new TrafficTopic(topic, format, "PT2S", null, null, null, null));
  }

  private static Campaign campaign(String id, TrafficTopic topic) {
    return new Campaign(
        id,
        null,
        List.of(new ModelReference("mnist-mlp", TestCampaigns.model("mnist-mlp"))),
        new SamplingPlan(0, null, null, 4, OF_A_WINDOW, 16, 600),
        AttackPlan.of(List.of(Space.UNCONSTRAINED), new Algorithm.BoundaryDescent(Effort.FAST)),
        null,
        null,
        List.of(0.5),
        Map.of(),
        List.of(),
        new ImageData("seen", null, List.of(1, SIDE, SIDE), topic));
  }

  private static double norm(float[] image) {
    double squares = 0;
    for (float pixel : image) {
      squares += (double) pixel * pixel;
    }
    return Math.sqrt(squares);
  }

  private static byte[] bytes(float[] image) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * image.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(image);
    return bytes.array();
  }

  private static ProducerRecord<String, byte[]> sample(float[] image) {
    return new ProducerRecord<>(
        "samples",
        Json.write(new TrafficSample(null, List.of(1, SIDE, SIDE), "FP32", bytes(image))));
  }

  /** As {@code ModelInferRequest} with raw contents. */
  private static ProducerRecord<String, byte[]> request(float[] image) throws IOException {
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    CodedOutputStream of = CodedOutputStream.newInstance(tensor);
    of.writeString(1, "image");
    of.writeString(2, "FP32");
    for (int size : new int[] {1, 1, SIDE, SIDE}) {
      of.writeInt64(3, size);
    }
    of.flush();
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(request);
    out.writeString(1, "mnist");
    out.writeByteArray(5, tensor.toByteArray());
    out.writeByteArray(7, bytes(image));
    out.flush();
    return new ProducerRecord<>("requests", request.toByteArray());
  }

  private static ProducerRecord<String, byte[]> event(float[] image) {
    String body =
        "{\"inputs\":[{\"name\":\"image\",\"shape\":[1,1,28,28],\"datatype\":\"FP32\",\"data\":"
            + Arrays.toString(image)
            + "}]}";
    ProducerRecord<String, byte[]> event =
        new ProducerRecord<>("events", body.getBytes(StandardCharsets.UTF_8));
    Map.of(
            "ce_specversion", "1.0",
            "ce_id", "1",
            "ce_source", "/",
            "ce_type", "org.kubeflow.serving.inference.request",
            "content-type", "application/json")
        .forEach((key, value) -> event.headers().add(key, value.getBytes(StandardCharsets.UTF_8)));
    return event;
  }
}
