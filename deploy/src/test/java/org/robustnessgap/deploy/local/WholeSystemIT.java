package org.robustnessgap.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.robustnessgap.aggregator.AggregatorService;
import org.robustnessgap.campaign.LocalCampaign;
import org.robustnessgap.campaign.run.JobRunner;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.deploy.campaign.CampaignProgress;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.DiagnosticFigure;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TheoreticalLimits.Kind;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.Records;

/** Broker and all services in this JVM, on real models. */
final class WholeSystemIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern METRIC = Pattern.compile("\\brobustness_[a-z_]+");

  private static LocalSystem system;
  private static KafkaClients clients;

  @BeforeAll
  static void start() {
    system = new LocalSystem(EngineSettings.standard());
    assertThat(system.start(0)).isTrue();
    clients = system.clients();
  }

  @AfterAll
  static void stop() {
    system.close();
  }

  @Test
  void allFiguresOfTwoClassifiersArrive() throws Exception {
    Campaign campaign =
        TestCampaigns.withTransfer(
            TestCampaigns.full("whole", 32, 16, "mnist-mlp", "mnist-lenet"), 8);

    CampaignProgress progress = Watching.run(clients, campaign);

    assertThat(progress.failures()).isEmpty();
    assertThat(progress.gaps()).hasSize(2).allSatisfy(WholeSystemIT::isComplete);
    assertThat(progress.transfers()).singleElement().satisfies(WholeSystemIT::isComplete);
    assertThat(get("/metrics"))
        .contains(
            "robustness_gap_ratio{attack=\"boundary-descent standard\",campaign=\"whole\",model=\"mnist-mlp\",norm=\"l2\"");
    assertThat(metricsIn(get("/metrics")))
        .as("what the dashboard shows and is there even when nothing fails")
        .containsAll(dashboardMetrics());
    assertThat(get("/")).contains("<html");
  }

  /** The same classifier and latent vectors, by two norms: neither is shown as the other. */
  @Test
  void normAndAttackReachMessagesMetricsAndPage() throws Exception {
    RobustnessGap l2 =
        Watching.run(
                clients,
                TestCampaigns.full("l2", 32, 16, "mnist-mlp")
                    .withDiagnostics(List.of("lower-bounds")))
            .gaps()
            .get(0);
    RobustnessGap linf =
        Watching.run(clients, TestCampaigns.linf("linf", 32, 16, "mnist-mlp")).gaps().get(0);

    assertThat(l2.provenance().describe())
        .isEqualTo("boundary-descent standard, l2, images of mnist-dcgan");
    assertThat(linf.provenance().describe())
        .isEqualTo("boundary-descent fast, linf, images of mnist-dcgan");
    assertThat(linf.engines()).isEqualTo(l2.engines()).hasSize(1);
    assertThat(linf.ofOtherProvenance()).isNull();
    SpaceGap euclidean = l2.spaces().get(Space.UNCONSTRAINED);
    SpaceGap largest = linf.spaces().get(Space.UNCONSTRAINED);
    assertThat(euclidean.norm()).isEqualTo(Norm.L2);
    assertThat(euclidean.quantiles().get(0).gapRatio()).isGreaterThan(1);
    assertThat(largest.norm()).isEqualTo(Norm.LINF);
    assertThat(largest.kind()).isNull();
    assertThat(largest.notApplicable()).startsWith("limits are of l2 distances");
    assertThat(largest.quantiles())
        .allSatisfy(
            at -> {
              assertThat(at.limit()).isNull();
              assertThat(at.gapRatio()).isNull();
            });
    assertThat(largest.quantiles().get(0).measured())
        .as("the largest change of a pixel, not divided by anything")
        .isBetween(0.0, euclidean.quantiles().get(0).measured() * euclidean.normaliser());
    // The same latent vectors, and nothing about pixels in these.
    assertThat(linf.spaces().get(Space.LATENT).kind()).isEqualTo(Kind.EXACT);

    assertThat(l2.withoutDiagnostics()).isEmpty();
    assertThat(l2.diagnostics())
        .extracting(DiagnosticFigure::name)
        .containsOnly("kkt_residual", "lower_bound", "peck_bound");
    assertThat(linf.diagnostics()).extracting(DiagnosticFigure::name).containsOnly("kkt_residual");
    DiagnosticFigure bound =
        l2.diagnostics().stream()
            .filter(figure -> figure.name().equals("lower_bound"))
            .findFirst()
            .orElseThrow();
    assertThat(bound.samples()).isEqualTo(32);
    assertThat(bound.median())
        .isBetween(0.0, euclidean.quantiles().get(1).measured() * euclidean.normaliser());

    String metrics = get("/metrics");
    assertThat(metrics)
        .containsPattern(
            "robustness_diagnostic\\{attack=\"boundary-descent standard\",campaign=\"l2\",model=\"mnist-mlp\",name=\"lower_bound\",norm=\"l2\",quantile=\"0.5\",space=\"unconstrained\"} ")
        .containsPattern(
            "robustness_gap_ratio\\{attack=\"boundary-descent standard\",campaign=\"l2\",model=\"mnist-mlp\",norm=\"l2\",quantile=\"0.25\",space=\"unconstrained\"} ")
        .containsPattern(
            "robustness_measured\\{attack=\"boundary-descent fast\",campaign=\"linf\",model=\"mnist-mlp\",norm=\"linf\",quantile=\"0.25\",space=\"unconstrained\"} ")
        .containsPattern(
            "robustness_limit\\{campaign=\"linf\",kind=\"exact\",model=\"mnist-mlp\",norm=\"l2\",quantile=\"0.25\",space=\"latent\"} ")
        .doesNotContainPattern(
            "robustness_(limit|gap_ratio)[a-z_]*\\{[^}]*campaign=\"linf\"[^}]*space=\"unconstrained\"");
    assertThat(get("/api/gaps"))
        .contains("\"norm\":\"linf\"", "\"not_applicable\":\"limits are of l2 distances");
  }

  /** Four services and their topics change no figure. */
  @Test
  void aCampaignInOneProcessHasTheSameFigures() throws Exception {
    Campaign campaign =
        TestCampaigns.withTransfer(
            TestCampaigns.full("alike", 12, 4, "mnist-mlp", "mnist-lenet"), 6);
    CampaignProgress published = Watching.run(clients, campaign);

    List<Gap> local;
    ModelCache models = new ModelCache(Path.of(""), EngineSettings.standard().open());
    try (JobRunner runner = new JobRunner("local", models)) {
      local = new LocalCampaign(campaign, runner, new LocalCampaign.Listener() {}).run();
    }

    List<Gap> figures = new ArrayList<>(published.gaps());
    figures.addAll(published.transfers());
    assertThat(local)
        .hasSize(3)
        .usingRecursiveComparison()
        .ignoringFields("attackSeconds", "seconds")
        .isEqualTo(figures);
  }

  private static void isComplete(RobustnessGap gap) {
    assertThat(gap.generated()).isEqualTo(32);
    assertThat(gap.measured()).isEqualTo(32);
    assertThat(gap.failed()).isZero();
    assertThat(gap.gradients()).isPositive();
    assertThat(gap.spaces()).containsOnlyKeys(Space.values());
    gap.spaces()
        .forEach(
            (space, figures) -> {
              assertThat(figures.found() + figures.notFound() + figures.failed()).isEqualTo(32);
              assertThat(figures.kind())
                  .isEqualTo(space == Space.LATENT ? Kind.EXACT : Kind.ESTIMATED);
              assertThat(figures.quantiles())
                  .extracting(QuantileGap::quantile)
                  .containsExactly(0.25, 0.5);
            });
    assertThat(gap.spaces().get(Space.LATENT).quantiles())
        .allSatisfy(
            at -> {
              assertThat(at.limit()).isPositive();
              assertThat(at.measured()).isBetween(at.measuredLower(), at.measuredUpper());
              assertThat(at.gapUpper())
                  .as("no classifier is more robust than the limit")
                  .isGreaterThanOrEqualTo(1);
            });
    assertThat(measured(gap, Space.UNCONSTRAINED))
        .as("an image may be perturbed in more directions than the generator offers")
        .isLessThanOrEqualTo(measured(gap, Space.IN_DISTRIBUTION));
  }

  private static void isComplete(TransferGap gap) {
    assertThat(gap.pair()).isEqualTo(new PairId("whole", "mnist-lenet", "mnist-mlp"));
    assertThat(gap.generated()).isEqualTo(8);
    assertThat(gap.measured()).isEqualTo(8);
    assertThat(gap.disagreement().samples()).isEqualTo(8);
    assertThat(gap.spaces()).containsOnlyKeys(Space.LATENT, Space.UNCONSTRAINED);
    gap.spaces()
        .forEach(
            (space, figures) -> {
              assertThat(figures.both().found()).isPositive();
              assertThat(figures.both().kind())
                  .isEqualTo(space == Space.LATENT ? Kind.EXACT : Kind.ESTIMATED);
              assertThat(figures.firstOnSecond().tried()).isEqualTo(8);
              // The median is above both own ones: every sample's common perturbation is.
              QuantileGap both = figures.both().quantiles().get(1);
              TransferGap.Own own = figures.own().get(1);
              assertThat(both.measured() == null ? Double.MAX_VALUE : both.measured())
                  .isGreaterThanOrEqualTo(Math.max(own.first(), own.second()));
            });
  }

  private static double measured(RobustnessGap gap, Space space) {
    SpaceGap figures = gap.spaces().get(space);
    return figures.quantiles().get(0).measured();
  }

  @Test
  void aMissingClassifierFailsWithItsReasonAndTheOthersFinish() throws Exception {
    Campaign campaign = TestCampaigns.latent("missing", 16, 8, "mnist-mlp", "no-such-model");

    CampaignProgress progress = Watching.run(clients, campaign);

    assertThat(progress.gaps())
        .extracting(RobustnessGap::measured, RobustnessGap::failed)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(16L, 0L),
            org.assertj.core.groups.Tuple.tuple(0L, 16L));
    assertThat(progress.failures())
        .singleElement()
        .asString()
        .startsWith("no-such-model: all 16 samples failed. ")
        .contains(TestCampaigns.model("no-such-model"));
  }

  @Test
  void malformedRecordsOnEveryTopicStopNothing() throws Exception {
    try (Producer<String, byte[]> producer = clients.producer()) {
      for (Topic topic : Topic.all()) {
        for (String value : List.of("not JSON", "{}", "[1, 2", "{\"kind\": \"unheard-of\"}")) {
          producer.send(garbage(topic, "garbage", value.getBytes(StandardCharsets.UTF_8))).get();
        }
        producer.send(garbage(topic, "a/b/c/d/e", new byte[] {(byte) 0xff, 0, 1})).get();
        if (topic.cleanup() == Topic.Cleanup.DELETE) {
          // Compacted topics take no record without a key.
          producer.send(garbage(topic, null, "no key".getBytes(StandardCharsets.UTF_8))).get();
        }
      }
    }

    CampaignProgress progress =
        Watching.run(clients, TestCampaigns.latent("after-garbage", 16, 8, "mnist-mlp"));

    assertThat(progress.gaps())
        .singleElement()
        .satisfies(
            gap -> {
              assertThat(gap.measured()).isEqualTo(16);
              assertThat(gap.generated()).isEqualTo(16);
            });
    assertThat(system.services()).allSatisfy(service -> assertThat(service.live()).isTrue());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(refusedTopics())
                    .contains(
                        Topic.CAMPAIGNS.topicName(),
                        Topic.LATENT_SAMPLES.topicName(),
                        Topic.ATTACK_RESULTS.topicName(),
                        Topic.SMOOTHNESS_RESULTS.topicName(),
                        Topic.THEORETICAL_LIMITS.topicName(),
                        Topic.TRANSFER_RESULTS.topicName(),
                        Topic.TRANSFER_LIMITS.topicName()));
    await()
        .atMost(PATIENCE)
        .until(() -> system.services().stream().allMatch(service -> service.ready()));
  }

  private static Set<String> refusedTopics() {
    return Watching.all(clients, Topic.JOB_FAILURES).stream()
        .flatMap(
            found -> {
              try {
                return java.util.stream.Stream.of(Records.read(found, JobFailure.class));
              } catch (InvalidInputException e) {
                return java.util.stream.Stream.<JobFailure>empty();
              }
            })
        .filter(JobFailure.Refused.class::isInstance)
        .map(failure -> ((JobFailure.Refused) failure).topic())
        .collect(Collectors.toSet());
  }

  private static ProducerRecord<String, byte[]> garbage(Topic topic, String key, byte[] value) {
    return new ProducerRecord<>(topic.topicName(), key, value);
  }

  private static Set<String> dashboardMetrics() throws Exception {
    Set<String> names = metricsIn(Files.readString(Path.of("grafana", "robustness-gap.json")));
    names.remove("robustness_refused_records_total");
    return names;
  }

  private static Set<String> metricsIn(String text) {
    Matcher matcher = METRIC.matcher(text);
    Set<String> names = new TreeSet<>();
    while (matcher.find()) {
      names.add(matcher.group());
    }
    return names;
  }

  private static String get(String path) throws Exception {
    int port = system.service(AggregatorService.NAME).port();
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
