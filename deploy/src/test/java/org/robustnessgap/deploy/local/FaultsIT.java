package org.robustnessgap.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.aggregator.AggregatorService;
import org.robustnessgap.bound.BoundService;
import org.robustnessgap.deploy.broker.KraftBroker;
import org.robustnessgap.deploy.campaign.CampaignProgress;
import org.robustnessgap.deploy.campaign.CampaignTopic;
import org.robustnessgap.deploy.cluster.LauncherProcess;
import org.robustnessgap.generator.GeneratorService;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.RunningService;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.Records;
import org.robustnessgap.worker.WorkerService;

/** Processes die in mid-campaign; the figures are as if nothing had happened. */
final class FaultsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final List<RunningService> services = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();
  private KraftBroker broker;
  private KafkaClients clients;

  @BeforeEach
  void startBroker() {
    broker = KraftBroker.start(folder.resolve("kafka"), 0);
    clients = new KafkaClients(broker.settings());
  }

  @AfterEach
  void stopAll() throws Exception {
    services.forEach(RunningService::close);
    for (Process process : processes) {
      kill(process);
    }
    broker.close();
  }

  @Test
  void aJobWhoseWorkerIsKilledIsDoneByAnotherAndCountedOnce() throws Exception {
    Stream.of(AggregatorService.NAME, BoundService.NAME, GeneratorService.NAME)
        .forEach(this::start);
    int port = freePort();
    Process worker = startProcess(WorkerService.NAME, "--port", Integer.toString(port));
    Campaign campaign = TestCampaigns.latent("killed", 192, 64, "mnist-lenet");
    CampaignTopic.apply(clients, campaign);

    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> metrics(port).contains("robustness_worker_jobs_running 1.0"));
    kill(worker);
    assertThat(Watching.all(clients, Topic.ATTACK_RESULTS)).hasSizeLessThan(3);
    start(WorkerService.NAME);

    isExact(Watching.until(clients, campaign, CampaignProgress::complete), 192);
    assertThat(
            Watching.all(clients, Topic.ATTACK_RESULTS).stream()
                .map(found -> Records.read(found, AttackResult.class).jobId().toString())
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(
            "killed/attack/mnist-lenet/0",
            "killed/attack/mnist-lenet/64",
            "killed/attack/mnist-lenet/128");
  }

  @Test
  void anAggregatorThatIsKilledOrStoppedResumesExactly() throws Exception {
    // A killed member blocks its group until its session ends.
    Process first =
        startProcess(
            AggregatorService.NAME,
            "--port",
            "0",
            "--kafka-property",
            "session.timeout.ms=1500",
            "--kafka-property",
            "heartbeat.interval.ms=300");
    Stream.of(BoundService.NAME, GeneratorService.NAME, WorkerService.NAME).forEach(this::start);
    Campaign campaign = TestCampaigns.latent("resumed", 256, 4, "mnist-mlp");
    CampaignTopic.apply(clients, campaign);

    long atKill = Watching.until(clients, campaign, FaultsIT::hasBegun).settled();
    kill(first);
    assertThat(atKill).isLessThan(256);
    RunningService second = start(AggregatorService.NAME);
    Watching.until(clients, campaign, progress -> progress.settled() > atKill);
    second.close();
    services.remove(second);
    RunningService third = start(AggregatorService.NAME);

    isExact(Watching.until(clients, campaign, CampaignProgress::complete), 256);
    assertThat(metrics(third.port()))
        .contains(
            "robustness_samples_measured_total{campaign=\"resumed\",model=\"mnist-mlp\"} 256.0");
  }

  private static boolean hasBegun(CampaignProgress progress) {
    return progress.settled() > 0;
  }

  private static void isExact(CampaignProgress progress, long samples) {
    assertThat(progress.gaps())
        .singleElement()
        .satisfies(
            (RobustnessGap gap) -> {
              assertThat(gap.generated()).isEqualTo(samples);
              assertThat(gap.measured()).isEqualTo(samples);
              assertThat(gap.failed()).isZero();
              assertThat(gap.spaces().values())
                  .allSatisfy(
                      space -> assertThat(space.found() + space.notFound()).isEqualTo(samples));
            });
  }

  private RunningService start(String service) {
    RunningService running = RunningService.start(service, broker.settings(), 0);
    services.add(running);
    return running;
  }

  private Process startProcess(String... command) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--kafka", broker.settings().bootstrapServers()));
    Process process =
        LauncherProcess.builder(LauncherProcess.LIGHT, arguments)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(command[0] + ".log").toFile())
            .start();
    processes.add(process);
    return process;
  }

  private static void kill(Process process) throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  private static String metrics(int port) throws InterruptedException {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics")).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      // It does not listen yet.
      return "";
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    }
  }
}
