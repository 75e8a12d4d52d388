package org.robustnessgap.deploy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.aggregator.AggregatorService;
import org.robustnessgap.deploy.campaign.CampaignProgress;
import org.robustnessgap.deploy.campaign.CampaignTopic;
import org.robustnessgap.deploy.campaign.CampaignWatch;
import org.robustnessgap.deploy.campaign.ProgressLine;
import org.robustnessgap.deploy.json.JsonFile;
import org.robustnessgap.deploy.local.LocalSystem;
import org.robustnessgap.deploy.local.PageOptions;
import org.robustnessgap.deploy.table.GapTable;
import org.robustnessgap.deploy.table.NumbersTable;
import org.robustnessgap.deploy.table.ShownQuantiles;
import org.robustnessgap.deploy.table.TransferTable;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.TransferPlan;
import org.robustnessgap.worker.EngineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The demonstration. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Measures four CIFAR-10 classifiers against the theoretical limit.",
      "Runs a Kafka broker and all services in one process, on temporary data. Prints the table at",
      "the end, then keeps the page and /metrics up until Ctrl-C."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap demo",
      "  robustness-gap demo --samples 128 --once",
      "  robustness-gap demo --quantile 0.05 --quantile 0.5 --port 8090"
    })
final class DemoCommand implements Callable<Integer> {
  private static final Path CAMPAIGN = Path.of("deploy", "campaigns", "cifar10.json");

  /** Latent vectors examined for each one attacked: where few are, the generator need not wait. */
  private static final int SMOOTHNESS_SHARE = 3;

  private static final int STOPPED = 130;
  private static final Duration REDRAW = Duration.ofMillis(500);

  private static final Duration LINE_INTERVAL = Duration.ofSeconds(10);

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "256",
      description = "Samples for each classifier (default: ${DEFAULT-VALUE}).")
  private long samples;

  @Option(
      names = "--transfer",
      paramLabel = "N",
      description =
          "Also find out, on N samples for each pair of classifiers, which perturbations fool both (default: not).")
  private @Nullable Long transfer;

  @Mixin private PageOptions page;

  @Mixin private ShownQuantiles quantiles;

  @Mixin private EngineOptions engine;

  private final Clock clock = Clock.systemUTC();
  private final boolean terminal = Boolean.getBoolean("robustness.terminal");

  @Override
  public Integer call() throws InterruptedException {
    List<Double> shown = quantiles.list();
    Campaign campaign = campaign(Home.path(), samples, transfer, shown);
    LocalSystem system = new LocalSystem(engine.settings());
    Runtime.getRuntime().addShutdownHook(new Thread(system::close, "shutdown"));
    try {
      if (!system.start(page.port())) {
        return STOPPED;
      }
      String urls = urls(system.service(AggregatorService.NAME).port());
      System.err.println(urls);
      CampaignTopic.apply(system.clients(), campaign);
      CampaignProgress progress = awaitCompletion(system, campaign);
      System.out.println();
      System.out.print(new GapTable(progress.gaps()).render(shown, progress.failures()));
      if (!progress.transfers().isEmpty()) {
        System.out.println();
        System.out.print(new TransferTable(progress.transfers()).render(shown));
      }
      System.out.print(new NumbersTable(progress.others()).render());
      if (page.once()) {
        return exitCode(progress);
      }
      System.err.println();
      System.err.println(urls + "; Ctrl-C ends the demonstration.");
      Thread.currentThread().join();
      return 0;
    } finally {
      system.close();
    }
  }

  private static String urls(int port) {
    return String.format(
        "page http://localhost:%d/  metrics http://localhost:%d/metrics", port, port);
  }

  private static int exitCode(CampaignProgress progress) {
    if (!progress.measuredAnything()) {
      throw new InvalidInputException("Nothing could be measured; the reasons are above.");
    }
    return 0;
  }

  private CampaignProgress awaitCompletion(LocalSystem system, Campaign campaign) {
    try (CampaignWatch watch = new CampaignWatch(system.clients(), campaign)) {
      System.err.println("Samples to measure: " + watch.poll(Duration.ZERO).counted());
      Instant printed = clock.instant();
      ProgressLine line = new ProgressLine(watch.poll(Duration.ZERO).total(), printed);
      CampaignProgress progress;
      do {
        progress = watch.poll(REDRAW);
        Instant now = clock.instant();
        String text = line.at(now, progress.settled());
        if (terminal) {
          System.err.print("\r" + text + "\033[K");
        } else if (Duration.between(printed, now).compareTo(LINE_INTERVAL) >= 0) {
          System.err.println(text);
          printed = now;
        }
      } while (!progress.complete());
      if (terminal) {
        System.err.println();
      }
      return progress;
    }
  }

  /**
   * The shipped campaign, with models found wherever the command is called from.
   *
   * @param transfer samples for each pair of classifiers; null for none
   */
  static Campaign campaign(
      Path home, long samples, @Nullable Long transfer, List<Double> quantiles) {
    Campaign shipped = JsonFile.read(home.resolve(CAMPAIGN), Campaign.class, "campaign");
    GeneratorReference generator = shipped.source();
    SamplingPlan sampling = shipped.sampling();
    SmoothnessPlan smoothness = shipped.smoothness();
    return new Campaign(
        shipped.id(),
        new GeneratorReference(
            generator.name(),
            home.resolve(generator.location()).toString(),
            generator.latentDimension()),
        shipped.classifiers().stream()
            .map(
                classifier ->
                    new ModelReference(
                        classifier.name(), home.resolve(classifier.location()).toString()))
            .toList(),
        new SamplingPlan(
            sampling.seed(),
            samples,
            sampling.samplesPerSecond(),
            sampling.batchSize(),
            samples,
            sampling.maxJobsInFlight(),
            sampling.jobTimeoutSeconds()),
        shipped.attack(),
        smoothness == null
            ? null
            : new SmoothnessPlan(
                smoothness.radii(),
                Math.min(SMOOTHNESS_SHARE * samples, smoothness.samples()),
                smoothness.restarts(),
                smoothness.steps(),
                smoothness.batchSize()),
        transfer == null ? null : TransferPlan.standard(transfer),
        quantiles);
  }
}
