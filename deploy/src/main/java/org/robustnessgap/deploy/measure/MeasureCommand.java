package org.robustnessgap.deploy.measure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.campaign.LocalCampaign;
import org.robustnessgap.campaign.diagnostic.Diagnostics;
import org.robustnessgap.campaign.diagnostic.LowerBoundDiagnostic;
import org.robustnessgap.campaign.diagnostic.ProjectionDiagnostic;
import org.robustnessgap.campaign.fold.MixGaps;
import org.robustnessgap.campaign.run.AttackObserver;
import org.robustnessgap.campaign.run.JobRunner;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.campaign.sampling.LatentSource;
import org.robustnessgap.deploy.campaign.CampaignProgress;
import org.robustnessgap.deploy.exit.ExitCodes;
import org.robustnessgap.deploy.json.JsonFile;
import org.robustnessgap.deploy.table.MixTable;
import org.robustnessgap.deploy.table.ShownQuantiles;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.worker.EngineOptions;
import org.robustnessgap.worker.ReachedModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code measure}: a campaign in this process. */
@Command(
    name = "measure",
    mixinStandardHelpOptions = true,
    description = {
      "Measures your own classifiers on the images of your own generator, without Kafka.",
      "With --images on images of your own instead, for which there is no limit to hold against;",
      "with both also at the images of the generator that are nearest to yours.",
      "Generator: ONNX, latent vectors [n, d] to images. Classifier: ONNX, images to logits [n,"
          + " K].",
      "Where both do not mean the same pixels, options say what each means; inspect proposes them.",
      "Or says with --campaign what to measure, and how, in a file; then no option may say so too.",
      "Prints the table of limits and measurements."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap measure --generator g.onnx --classifier f.onnx",
      "  robustness-gap measure --generator g.onnx --classifier a.onnx b.onnx --samples 1000 --out"
          + " results.jsonl",
      "  robustness-gap measure --generator g.onnx --classifier f.onnx --mix photos.zip",
      "  robustness-gap measure --images photos.zip --classifier f.onnx --out results.jsonl",
      "  robustness-gap measure --images photos.zip --generator g.onnx --classifier f.onnx",
      "  robustness-gap measure --generator g.onnx --classifier f.onnx --latents z.f32 --spaces"
          + " latent",
      "  robustness-gap measure --generator g.onnx --classifier f.onnx --lower-bounds --out"
          + " results.jsonl",
      "  robustness-gap measure --generator g.onnx --classifier f.onnx --samples 32 --project",
      "  robustness-gap measure --campaign deploy/campaigns/cifar10.json --samples 64"
    })
public final class MeasureCommand implements Callable<Integer> {
  private static final String WORKER = "measure";

  /** Images whose pixels are looked at before anything is searched. */
  private static final int LOOKED_AT = 32;

  @Spec private CommandSpec spec;

  @Option(
      names = "--campaign",
      paramLabel = "CAMPAIGN.json",
      description =
          "Measure the campaign in this file, as apply hands it to the services; all its samples"
              + " are one window.")
  private @Nullable Path campaignFile;

  @Option(
      names = "--models",
      paramLabel = "FOLDER",
      description =
          "Where relative locations in the file of --campaign begin (default: the current folder)."
              + " Only with --campaign: --generator and --classifier name files as they are.")
  private @Nullable Path models;

  @Mixin private ExitCodes exitCodes;

  @Mixin private CampaignOptions campaignOptions;

  @Mixin private SampleOptions sampleOptions;

  @Mixin private MixOptions mixOptions;

  @Mixin private ShownQuantiles quantiles;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write one JSON object a line for each sample and classifier.")
  private @Nullable Path out;

  @Option(
      names = "--keep-evidence",
      paramLabel = "FOLDER",
      description =
          "Also keep the images behind the results: of each sample x and, for each space, x + r, as"
              + " NumPy's arrays (default: none are kept).")
  private @Nullable Path evidence;

  @Option(
      names = "--diagnostics",
      paramLabel = "NAME",
      split = ",",
      description =
          "What else to measure of each sample, comma-separated, for instance"
              + " kkt-residual,lower-bounds; docs/reference/diagnostics.md lists them.")
  private List<String> diagnostics = new ArrayList<>();

  @Option(
      names = "--lower-bounds",
      description =
          "Short for --diagnostics lower-bounds: also bound the unconstrained robustness of every"
              + " sample from below, certified and as in Peck et al. 2017.")
  private boolean lowerBounds;

  @Option(
      names = "--project",
      description =
          "Short for --diagnostics projection: also measure each classifier behind a projection"
              + " onto the generator's images, as in Theorem 2 of Fawzi et al. 2018; takes seconds"
              + " a sample.")
  private boolean project;

  @Mixin private EngineOptions engineOptions;

  @Override
  public Integer call() {
    if (models != null && campaignFile == null) {
      throw new InvalidInputException(
          "--models says where locations in the file of --campaign begin, and there is no"
              + " --campaign; leave it out, and give --generator and --classifier the whole"
              + " paths.");
    }
    Campaign ofFile = campaignFile == null ? null : read(campaignFile);
    List<Double> shown = quantiles.list();
    Path folder = models == null ? Path.of("") : models;
    try (Engine engine = engineOptions.settings().open();
        // Classifiers take turns, so all stay open.
        ModelCache opened =
            new ModelCache(folder, engine, Integer.MAX_VALUE, new ReachedModels())) {
      Campaign campaign = ofFile == null ? campaignOptions.campaign(shown, opened) : ofFile;
      List<String> names = diagnostics(campaign);
      Diagnostics.of(names, campaign.attack(), campaign.inversion());
      try (SampleOptions.Samples samples =
          sampleOptions.of(campaign.withDiagnostics(names), folder)) {
        return measure(samples.campaign(), samples.source(), opened, engine);
      }
    }
  }

  /** Those of the campaign and those of options, each once. */
  private List<String> diagnostics(Campaign campaign) {
    Set<String> names = new LinkedHashSet<>(campaign.diagnostics());
    diagnostics.forEach(name -> names.add(name.strip()));
    if (lowerBounds) {
      names.add(LowerBoundDiagnostic.NAME);
    }
    if (project) {
      names.add(ProjectionDiagnostic.NAME);
    }
    return List.copyOf(names);
  }

  /**
   * The campaign of the file.
   *
   * @throws InvalidInputException if it cannot be read, or an option says what it says
   */
  private Campaign read(Path file) {
    // Options that read their own parameters are missing among those that picocli matched.
    List<String> given =
        spec.commandLine().getParseResult().originalArgs().stream()
            .map(argument -> argument.split("=", 2)[0])
            .toList();
    Optional.ofNullable(spec.mixins().get("campaignOptions")).orElseThrow().options().stream()
        .map(OptionSpec::longestName)
        .filter(given::contains)
        .findFirst()
        .ifPresent(
            option -> {
              throw new InvalidInputException(
                  String.format(
                      "%s says what to measure and how; leave out %s, or change it there.",
                      file, option));
            });
    Campaign campaign = JsonFile.read(file, Campaign.class, "campaign");
    return new Campaign(
        campaign.id(),
        campaign.generator(),
        campaign.classifiers(),
        campaign.sampling(),
        campaign.attack(),
        campaign.smoothness(),
        campaign.transfer(),
        quantiles.listOr(campaign.quantiles()),
        campaign.jobs(),
        campaign.diagnostics(),
        campaign.data());
  }

  /** The exit code. */
  private int measure(Campaign campaign, LatentSource latents, ModelCache opened, Engine engine) {
    GeneratorModel generator = opened.generator(campaign.source());
    generator.requireLatentDimension(campaign.source().latentDimension());
    // All models are opened before the first is attacked: a wrong file should not cost an hour.
    campaign.classifiers().forEach(model -> open(campaign, model, opened));
    Suspicions suspicions = lookAtPixels(campaign, latents, opened);
    Optional<MixOptions.Mix> mix = mixOptions.mix(campaign, opened);
    CampaignProgress progress = new CampaignProgress(campaign);
    System.err.println("Samples to measure: " + progress.counted());
    DiagnosedSamples diagnosed = new DiagnosedSamples();
    SeenLabels labels = new SeenLabels();
    SeenDistances distances = new SeenDistances();
    LocalCampaign measured;
    try (MeasureLog log =
        new MeasureLog(progress, suspicions, results(engine), diagnosed, labels, distances)) {
      JobRunner runner = new JobRunner(WORKER, opened, observer(campaign, log));
      measured = new LocalCampaign(campaign, latents, runner, log);
      measured.run().forEach(progress::apply);
    }
    return new MeasureReport(
            campaign,
            diagnosed,
            labels,
            gaps -> mix.map(wanted -> table(wanted, gaps, measured, labels, distances)))
        .print(progress);
  }

  /** The figures under a mix, of the classifiers of which anything is known. */
  private static MixTable table(
      MixOptions.Mix mix,
      List<RobustnessGap> gaps,
      LocalCampaign measured,
      SeenLabels labels,
      SeenDistances distances) {
    List<MixTable.Column> columns = new ArrayList<>();
    for (RobustnessGap gap : gaps) {
      String classifier = gap.stream().classifier();
      List<Long> generated = labels.counts().get(classifier);
      List<Long> counts = mix.counts().get(classifier);
      if (generated != null && counts != null && gap.limitSamples() != null) {
        columns.add(
            new MixTable.Column(
                gap,
                generated,
                counts,
                MixGaps.of(
                    gap.spaces(),
                    distances.of(classifier),
                    measured.limits(classifier, counts),
                    counts)));
      }
    }
    return new MixTable(mix.name(), columns);
  }

  private AttackObserver observer(Campaign campaign, MeasureLog log) {
    if (evidence == null) {
      return log;
    }
    if (campaign.inversion() != null) {
      throw new InvalidInputException(
          "--keep-evidence keeps images of one place for each sample, and here are two, yours and the generator's; leave it or --generator out.");
    }
    EvidenceFolder images = new EvidenceFolder(evidence);
    return (job, provenance, target, attacked) -> {
      images.found(job, provenance, target, attacked);
      log.found(job, provenance, target, attacked);
    };
  }

  private static void open(Campaign campaign, ModelReference model, ModelCache opened) {
    opened.target(campaign.source(), model);
    if (campaign.inversion() != null) {
      opened.reconstruction(campaign.source(), campaign.inversion(), model);
    }
  }

  /** Before anything is searched: what is wrong here makes all that follows worthless. */
  private static Suspicions lookAtPixels(
      Campaign campaign, LatentSource latents, ModelCache opened) {
    long count = Math.min(campaign.sampling().end().orElseThrow(), LOOKED_AT);
    LatentBatch first = latents.draw(0, (int) count);
    Suspicions suspicions = new Suspicions();
    for (ModelReference model : campaign.classifiers()) {
      AttackTarget target = opened.target(campaign.source(), model);
      suspicions.say(model.name(), target.unfitPixels(first).stream().toList());
    }
    return suspicions;
  }

  /** Null if it is not asked for. */
  private @Nullable ResultsFile results(Engine engine) {
    return out == null ? null : new ResultsFile(out, engine.name());
  }
}
