package org.robustnessgap.deploy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.aggregator.AggregatorService;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.deploy.CapturedOutput;
import org.robustnessgap.deploy.RobustnessGapCommand;
import org.robustnessgap.deploy.campaign.CampaignProgress;
import org.robustnessgap.deploy.campaign.CampaignTopic;
import org.robustnessgap.deploy.table.GapTable;
import org.robustnessgap.deploy.table.TransferTable;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.ImageData;
import org.robustnessgap.messages.Inversion;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.TransferPlan;
import org.robustnessgap.messages.TransferResult;
import org.robustnessgap.service.CommandLines;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.Records;

/** Campaigns of images through a real broker and all services. */
final class ImagesIT {
  private static final int IMAGES = 10;
  private static final int PAIRED = 4;
  private static final int SIDE = 28;

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  private LocalSystem system;
  private KafkaClients clients;

  @BeforeEach
  void start() throws IOException {
    draw();
    system = new LocalSystem(EngineSettings.standard(), folder);
    assertThat(system.start(0)).isTrue();
    clients = system.clients();
  }

  @AfterEach
  void stop() {
    system.close();
  }

  @Test
  void figuresAreThoseOfOneProcessFromAnArchiveAndFromAFolder() throws Exception {
    CampaignTopic.apply(clients, campaign("toomany", "digits.zip", IMAGES + 1));
    Campaign zipped = campaign("zipped", "digits.zip", IMAGES);
    Campaign loose = campaign("loose", "digits", IMAGES);

    CampaignProgress ofZip = Watching.run(clients, zipped);
    CampaignProgress ofFolder = Watching.run(clients, loose);

    assertThat(measured(loose)).isEqualTo(table(ofFolder, loose));
    assertThat(measured(zipped)).isEqualTo(table(ofZip, zipped));
    assertThat(ofZip.gaps()).hasSize(2).allSatisfy(gap -> assertThat(gap.measured()).isEqualTo(10));
    assertThat(namesOfAttacks("zipped")).hasSize(2 * IMAGES).contains("digits.zip!d3.png");
    assertThat(namesOfPairs("loose")).hasSize(4).allMatch(name -> name.matches("d\\d\\.png"));
    assertThat(get("/metrics"))
        .containsPattern(
            "robustness_measured\\{[^}]*campaign=\"zipped\"[^}]*space=\"unconstrained\"")
        .doesNotContainPattern("robustness_(limit|gap_ratio)[a-z_]*\\{[^}]*campaign=\"zipped\"");
    assertThat(get("/api/gaps")).contains("no generator was given");
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(Watching.all(clients, Topic.JOB_FAILURES))
                    .singleElement()
                    .satisfies(
                        found ->
                            assertThat(Records.read(found, JobFailure.class).reason())
                                .contains("There are 10 images", "the 11 samples")));
  }

  @Test
  void imagesThatAreBroughtBackHaveTheFiguresOfOneProcess() throws Exception {
    Campaign inverted = inverted("inverted", "digits.zip");

    CampaignProgress progress = Watching.run(clients, inverted);

    assertThat(progress.gaps())
        .singleElement()
        .satisfies(gap -> assertThat(gap.spaces()).containsOnlyKeys(Space.values()));
    assertThat(measured(inverted)).isEqualTo(table(progress, inverted));
    assertThat(get("/metrics"))
        .containsPattern("robustness_measured\\{[^}]*campaign=\"inverted\"[^}]*space=\"latent\"")
        .doesNotContainPattern("robustness_(limit|gap_ratio)[a-z_]*\\{[^}]*campaign=\"inverted\"");
  }

  private static String table(CampaignProgress progress, Campaign campaign) {
    List<Double> quantiles = campaign.quantiles();
    if (campaign.transfer() == null) {
      return GapTable.ofGivenImages(progress.gaps()).render(quantiles, progress.failures());
    }
    return new GapTable(progress.gaps()).render(quantiles, progress.failures())
        + "\n"
        + new TransferTable(progress.transfers()).render(quantiles);
  }

  /** What measure prints of the same file before it comes to what services do not show. */
  private String measured(Campaign campaign) throws IOException {
    Path file = folder.resolve("campaign.json");
    Files.write(file, Json.mapper().writeValueAsBytes(campaign));
    int before = output.out().length();
    assertThat(
            CommandLines.execute(
                new RobustnessGapCommand(),
                "measure",
                "--campaign",
                file.toString(),
                "--models",
                folder.toString()))
        .isZero();
    return output.out().substring(before).split("\n(class measures|r_unc is of images x)")[0];
  }

  private List<String> namesOfAttacks(String campaign) {
    return Watching.all(clients, Topic.ATTACK_RESULTS).stream()
        .map(found -> Records.read(found, AttackResult.class))
        .filter(result -> result.jobId().campaign().equals(campaign))
        .flatMap(result -> result.samples().stream().map(SampleResult::name))
        .toList();
  }

  private List<String> namesOfPairs(String campaign) {
    return Watching.all(clients, Topic.TRANSFER_RESULTS).stream()
        .map(found -> Records.read(found, TransferResult.class))
        .filter(result -> result.jobId().campaign().equals(campaign))
        .flatMap(result -> result.samples().stream().map(TransferResult.Sample::name))
        .sorted()
        .toList();
  }

  private String get(String path) throws Exception {
    int port = system.service(AggregatorService.NAME).port();
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static Campaign campaign(String id, String images, long samples) {
    List<ModelReference> classifiers =
        List.of("mnist-mlp", "mnist-lenet").stream()
            .map(name -> new ModelReference(name, TestCampaigns.model(name)))
            .toList();
    List<Space> spaces = List.of(Space.UNCONSTRAINED);
    return new Campaign(
        id,
        null,
        classifiers,
        new SamplingPlan(0, samples, null, 4, samples, 16, 600),
        AttackPlan.of(spaces, new Algorithm.BoundaryDescent(Effort.FAST)),
        null,
        new TransferPlan(PAIRED, 4, Effort.FAST, spaces, Norm.L2, null),
        List.of(0.25, 0.5),
        null,
        List.of("lower-bounds"),
        new ImageData("digits", images, List.of(1, SIDE, SIDE)));
  }

  /** Of one classifier, at the generator's own images. */
  private static Campaign inverted(String id, String images) {
    String generator = TestCampaigns.model("mnist-dcgan");
    return new Campaign(
        id,
        null,
        List.of(new ModelReference("mnist-mlp", TestCampaigns.model("mnist-mlp"))),
        new SamplingPlan(0, 4L, null, 4, 4, 16, 600),
        AttackPlan.of(List.of(Space.values()), new Algorithm.BoundaryDescent(Effort.FAST)),
        null,
        null,
        List.of(0.25, 0.5),
        null,
        List.of(),
        new ImageData(
            "digits",
            images,
            List.of(1, SIDE, SIDE),
            null,
            new Inversion(new GeneratorReference("dcgan", generator, 100), null, 0.9)));
  }

  /** Pictures of what the generator makes, in an archive and in a folder. */
  private void draw() throws IOException {
    Path loose = Files.createDirectories(folder.resolve("digits"));
    try (ModelCache models = new ModelCache(Path.of(""), EngineSettings.standard().open());
        ZipOutputStream zip =
            new ZipOutputStream(Files.newOutputStream(folder.resolve("digits.zip")))) {
      Rows images =
          models
              .generator(TestCampaigns.model("mnist-dcgan"), ModelOptions.NONE)
              .map()
              .apply(new Rows(new LatentSampler(0, 100).draw(0, IMAGES).values(), 100));
      for (int i = 0; i < IMAGES; i++) {
        byte[] png = png(images.values(), i * SIDE * SIDE);
        Files.write(loose.resolve("d" + i + ".png"), png);
        zip.putNextEntry(new ZipEntry("d" + i + ".png"));
        zip.write(png);
      }
    }
  }

  private static byte[] png(float[] values, int from) throws IOException {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < SIDE * SIDE; i++) {
      int level = Math.max(0, Math.min(255, Math.round(255 * values[from + i])));
      image.getRaster().setSample(i % SIDE, i / SIDE, 0, level);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }
}
