package org.robustnessgap.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.robustnessgap.deploy.attach.OipServer;
import org.robustnessgap.deploy.campaign.CampaignProgress;
import org.robustnessgap.deploy.campaign.CampaignTopic;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.Records;

/** A classifier behind a server, beside its own file. */
final class ServedIT {
  private static final int QUERIES = 300;

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

  private static Campaign campaign(String id, long samples, ModelReference... classifiers) {
    Campaign full = TestCampaigns.full(id, samples, 4, "mnist-mlp");
    return new Campaign(
        id,
        full.generator(),
        List.of(classifiers),
        new SamplingPlan(7, samples, null, 4, samples, 16, 600),
        AttackPlan.of(List.of(Space.LATENT, Space.UNCONSTRAINED), full.attack().algorithm()),
        null,
        null,
        List.of(0.5));
  }

  private static ModelReference served(OipServer server, Integer concurrency, Long inAll) {
    return new ModelReference(
        "served",
        server.location(),
        null,
        null,
        new Endpoint(
            null,
            null,
            null,
            null,
            null,
            null,
            QUERIES,
            null,
            null,
            inAll,
            concurrency,
            null,
            null));
  }

  private static List<AttackResult> results(String campaign) {
    return Watching.all(clients, Topic.ATTACK_RESULTS).stream()
        .filter(found -> found.key().startsWith(campaign + "/"))
        .map(found -> Records.read(found, AttackResult.class))
        .toList();
  }

  @Test
  void itsFiguresAgreeWithThoseOfItsFile() throws Exception {
    try (OipServer server = new OipServer(Path.of(TestCampaigns.model("mnist-lenet")), "1")) {
      Campaign campaign =
          campaign(
              "served",
              8,
              served(server, 2, null),
              new ModelReference("file", TestCampaigns.model("mnist-lenet")));
      CampaignProgress progress = Watching.run(clients, campaign);

      assertThat(progress.failures()).isEmpty();
      Map<String, RobustnessGap> gaps =
          progress.gaps().stream()
              .collect(Collectors.toMap(gap -> gap.stream().classifier(), gap -> gap));
      for (Space space : List.of(Space.LATENT, Space.UNCONSTRAINED)) {
        double asked = median("served", space);
        double known = median("file", space);
        assertThat(asked / known).as("%s", space).isBetween(0.999, 1.5);
      }
      assertThat(gaps.get("served").gradients()).isZero();
      assertThat(gaps.get("served").provenance().access()).isEqualTo(Access.SCORES);
      assertThat(gaps.get("served").provenance().model().version()).isEqualTo("1");
      List<AttackResult> results =
          results("served").stream()
              .filter(result -> result.stream().classifier().equals("served"))
              .toList();
      assertThat(results.stream().mapToLong(AttackResult::queriesSpent).sum())
          .as("every image counts, but for those at the opening")
          .isBetween(server.asked.get() - 200, server.asked.get());
      Endpoint endpoint = campaign.classifiers().get(0).endpointOrStandard();
      assertThat(results)
          .allSatisfy(
              result ->
                  assertThat(result.queriesSpent())
                      .isLessThanOrEqualTo(endpoint.queriesOfJob(4, 2)));
    }
  }

  private static double median(String classifier, Space space) {
    double[] distances =
        results("served").stream()
            .filter(result -> result.stream().classifier().equals(classifier))
            .flatMap(result -> result.samples().stream())
            .mapToDouble(
                sample -> sample.spaces().get(space).distanceIfKnown().orElse(Double.MAX_VALUE))
            .sorted()
            .toArray();
    return distances[distances.length / 2];
  }

  /** Lenet becomes another network in mid-campaign: not one job holds answers of both. */
  @Test
  void aVersionSwappedInMidCampaignSplitsTheFiguresAtTheSwap() throws Exception {
    try (OipServer server = new OipServer(Path.of(TestCampaigns.model("mnist-lenet")), "1")) {
      server.swap(Path.of(TestCampaigns.model("mnist-mlp")), "2", 2500);
      Campaign campaign = campaign("swapped", 16, served(server, 1, null));
      CampaignProgress progress = Watching.run(clients, campaign);

      assertThat(progress.failures()).isEmpty();
      RobustnessGap gap = progress.gaps().get(0);
      assertThat(gap.measured()).isEqualTo(16);
      Map<String, Long> samples = new TreeMap<>();
      Map<Long, String> versions = new TreeMap<>();
      for (AttackResult result : results("swapped")) {
        String version = version(result);
        samples.merge(version, (long) result.sampleCount(), Long::sum);
        for (SampleResult sample : result.samples()) {
          versions.put(sample.ordinal(), version);
        }
      }
      assertThat(samples).containsOnlyKeys("1", "2");
      assertThat(List.copyOf(versions.values())).as("first the one, then the other").isSorted();
      assertThat(Watching.all(clients, Topic.JOB_FAILURES))
          .as("the job of the swap was done again")
          .anySatisfy(
              found ->
                  assertThat(Records.read(found, JobFailure.class))
                      .isInstanceOfSatisfying(
                          JobFailure.PutOff.class,
                          putOff -> {
                            assertThat(putOff.jobId().campaign()).isEqualTo("swapped");
                            assertThat(putOff.reason()).contains("changed in mid-work");
                          }));
    }
  }

  private static String version(AttackResult result) {
    Provenance provenance = result.provenance();
    ModelIdentity model = provenance.model();
    assertThat(model.fingerprint()).isNotNull();
    return model.version();
  }

  @Test
  void whileItIsDownItsJobsWaitAndOthersGoOn() throws Exception {
    try (OipServer server = new OipServer(Path.of(TestCampaigns.model("mnist-lenet")), "1")) {
      server.down = true;
      Campaign campaign =
          campaign(
              "down",
              4,
              served(server, 1, null),
              new ModelReference("file", TestCampaigns.model("mnist-lenet")));
      CampaignTopic.apply(clients, campaign);
      Watching.until(
          clients,
          campaign,
          progress ->
              progress.gaps().stream()
                  .anyMatch(
                      gap -> gap.stream().classifier().equals("file") && gap.measured() == 4));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  Watching.all(clients, Topic.JOB_FAILURES).stream()
                      .anyMatch(found -> found.key().equals("down/attack/served/0")));
      server.down = false;
      CampaignProgress progress = Watching.until(clients, campaign, CampaignProgress::complete);
      assertThat(progress.gaps())
          .allSatisfy(
              gap -> {
                assertThat(gap.measured()).isEqualTo(4);
                assertThat(gap.failed()).isZero();
              });
    }
  }

  @Test
  void nothingIsAskedBeyondTheBudgetInAll() throws Exception {
    try (OipServer server = new OipServer(Path.of(TestCampaigns.model("mnist-lenet")), "1")) {
      long ofJob = served(server, 1, null).endpointOrStandard().queriesOfJob(4, 2);
      Campaign campaign = campaign("budget", 16, served(server, 2, ofJob * 2));
      CampaignTopic.apply(clients, campaign);
      Watching.until(
          clients,
          campaign,
          progress -> progress.gaps().stream().anyMatch(gap -> gap.measured() >= 4));
      await()
          .atMost(Duration.ofSeconds(60))
          .during(Duration.ofSeconds(2))
          .until(
              () ->
                  results("budget").stream().mapToLong(AttackResult::queriesSpent).sum() + ofJob
                      > 2 * ofJob);
      assertThat(server.asked.get()).isLessThanOrEqualTo(2 * ofJob);
    }
  }
}
