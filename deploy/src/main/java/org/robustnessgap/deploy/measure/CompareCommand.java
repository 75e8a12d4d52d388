package org.robustnessgap.deploy.measure;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.robustnessgap.campaign.LocalCampaign;
import org.robustnessgap.campaign.run.JobRunner;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.deploy.campaign.CampaignProgress;
import org.robustnessgap.deploy.exit.ExitCodes;
import org.robustnessgap.deploy.table.ChangeTable;
import org.robustnessgap.deploy.table.ShownQuantiles;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.Suspicion;
import org.robustnessgap.worker.EngineOptions;
import org.robustnessgap.worker.ReachedModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code compare}: is a new classifier as robust as the one before? */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    modelTransformer = CompareCommand.OfTwo.class,
    description = {
      "Says whether a new classifier is less robust than an old one, on the same samples.",
      "Measures both, or reads what measure --out wrote of each.",
      "Prints how every quantile changed, with intervals that hold together with 95 %%, and the"
          + " verdict."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:no significant loss",
      "1:a bug",
      "2:a mistake that you can mend, said in one sentence",
      "3:a significant loss, or figures that may be false: see the lines that begin with Suspicious"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap compare old.onnx new.onnx --generator g.onnx",
      "  robustness-gap compare old.onnx new.onnx --images photos.zip --tolerance 5",
      "  robustness-gap compare old.jsonl new.jsonl"
    })
public final class CompareCommand implements Callable<Integer> {
  private static final String WORKER = "compare";
  private static final String OLD = "old";
  private static final String NEW = "new";

  private static final List<Double> QUANTILES = List.of(0.25, 0.5);

  /** A significant loss. */
  private static final int LOSS = 3;

  /** All that may be said of results, which were measured already. */
  private static final Set<String> OF_RESULTS = Set.of("--quantile", "--tolerance");

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "OLD",
      description =
          "The classifier before: an ONNX file, the address of a served model, or its results.")
  private String old;

  @Parameters(index = "1", paramLabel = "NEW", description = "Likewise of the new one.")
  private String now;

  @Option(
      names = "--tolerance",
      paramLabel = "PERCENT",
      defaultValue = "0",
      description = "The largest loss that is accepted (default: ${DEFAULT-VALUE}).")
  private double tolerance;

  @Mixin private CampaignOptions campaignOptions;

  @Mixin private SampleOptions sampleOptions;

  @Mixin private ShownQuantiles quantiles;

  @Mixin private EngineOptions engineOptions;

  /** Of measure's options without those of classifiers of any number. */
  static final class OfTwo implements IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec spec) {
      for (String option : List.of("--classifier", "--transfer")) {
        spec.remove(spec.findOption(option));
      }
      return spec;
    }
  }

  @Override
  public Integer call() {
    if (!(tolerance >= 0 && tolerance < 100)) {
      throw new InvalidInputException(
          "--tolerance is " + tolerance + " but must be a percentage from 0 to below 100.");
    }
    boolean results = ResultsReader.isResults(Path.of(old));
    if (results != ResultsReader.isResults(Path.of(now))) {
      throw new InvalidInputException(
          String.format(
              "One of %s and %s is a results file and the other is not; give two of a kind.",
              old, now));
    }
    return results ? ofResults() : ofModels();
  }

  private int ofResults() {
    spec.commandLine().getParseResult().originalArgs().stream()
        .map(argument -> argument.split("=", 2)[0])
        .filter(argument -> argument.startsWith("--") && !OF_RESULTS.contains(argument))
        .findFirst()
        .ifPresent(
            option -> {
              throw new InvalidInputException(
                  option
                      + " is about how samples are measured, and results were measured already;"
                      + " leave it out.");
            });
    return print(ResultsReader.read(Path.of(old)), ResultsReader.read(Path.of(now)));
  }

  private int ofModels() {
    try (Engine engine = engineOptions.settings().open();
        // Classifiers take turns, so both stay open.
        ModelCache opened =
            new ModelCache(Path.of(""), engine, Integer.MAX_VALUE, new ReachedModels());
        SampleOptions.Samples samples = sampleOptions.of(campaign(opened), Path.of(""))) {
      Campaign campaign = samples.campaign();
      CampaignProgress progress = new CampaignProgress(campaign);
      System.err.println("Samples to measure: " + progress.counted());
      Measured measured;
      List<Gap> figures;
      try (MeasureLog log =
          new MeasureLog(
              progress,
              new Suspicions(),
              null,
              new DiagnosedSamples(),
              new SeenLabels(),
              new SeenDistances())) {
        measured = new Measured(log);
        JobRunner runner = new JobRunner(WORKER, opened, log);
        figures = new LocalCampaign(campaign, samples.source(), runner, measured).run();
      }
      int code = print(measured.of(OLD, old, progress), measured.of(NEW, now, progress));
      return suspicious(figures) ? ExitCodes.SUSPICIOUS : code;
    }
  }

  /** What measure would do with each, with both, whatever the files are called. */
  private Campaign campaign(ModelCache opened) {
    List<Double> compared = quantiles.listOr(QUANTILES);
    Campaign before = campaignOptions.of(old).campaign(compared, opened);
    Campaign after = campaignOptions.of(now).campaign(compared, opened);
    return new Campaign(
        before.id(),
        before.generator(),
        List.of(called(OLD, before.classifiers().get(0)), called(NEW, after.classifiers().get(0))),
        before.sampling(),
        before.attack(),
        // Of limits nothing is said.
        null,
        null,
        before.quantiles(),
        before.jobs(),
        before.diagnostics(),
        before.data());
  }

  private static ModelReference called(String name, ModelReference classifier) {
    return new ModelReference(
        name,
        classifier.location(),
        classifier.options(),
        classifier.input(),
        classifier.endpoint());
  }

  /** Keeps what was measured of each. */
  private static final class Measured implements LocalCampaign.Listener {
    private final Map<String, MeasuredModel> models = new HashMap<>();
    private final LocalCampaign.Listener log;

    /**
     * @param log is told of everything too
     */
    Measured(LocalCampaign.Listener log) {
      this.log = log;
    }

    @Override
    public void answered(JobResult result) {
      if (result instanceof AttackResult attacks) {
        models.compute(
            attacks.stream().classifier(),
            (name, known) -> MeasuredModel.plus(name, known, attacks));
      }
      log.answered(result);
    }

    @Override
    public void givenUp(JobFailure.GivenUp failure) {
      log.givenUp(failure);
    }

    @Override
    public boolean putOff(JobFailure.PutOff failure) {
      return log.putOff(failure);
    }

    /**
     * @throws InvalidInputException if nothing was
     */
    MeasuredModel of(String name, String location, CampaignProgress progress) {
      MeasuredModel known = models.get(name);
      if (known == null) {
        throw new InvalidInputException(
            "Nothing could be measured of "
                + location
                + ": "
                + String.join(" ", progress.failures()));
      }
      return new MeasuredModel(location, known.provenance(), known.samples());
    }
  }

  private static boolean suspicious(List<Gap> figures) {
    List<Suspicion> wrong =
        figures.stream()
            .filter(RobustnessGap.class::isInstance)
            .flatMap(gap -> ((RobustnessGap) gap).suspicions().stream())
            .toList();
    wrong.forEach(suspicion -> System.out.println("Suspicious: " + suspicion.sentence()));
    return !wrong.isEmpty();
  }

  /** The exit code. */
  private int print(MeasuredModel before, MeasuredModel after) {
    ModelComparison comparison =
        ModelComparison.of(before, after, quantiles.listOr(QUANTILES), tolerance);
    ChangeTable table = new ChangeTable();
    comparison
        .figures()
        .forEach(figure -> table.add(figure.space(), figure.samples(), figure.change()));
    System.out.printf(
        "old: %s%nnew: %s%nAttack: %s. Distances as measured, not normalised.%n"
            + "Changes by the paired bootstrap; all intervals together hold with 95 %%.%n%n%s%n%s%n",
        before.describe(),
        after.describe(),
        before.provenance().describe(),
        table.render(),
        comparison.verdict());
    return comparison.losses().isEmpty() ? 0 : LOSS;
  }
}
