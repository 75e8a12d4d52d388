package org.robustnessgap.deploy.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.aggregator.AggregatorService;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.data.Images;
import org.robustnessgap.deploy.campaign.CampaignTopic;
import org.robustnessgap.deploy.exit.ExitCodes;
import org.robustnessgap.deploy.fit.FitCommand;
import org.robustnessgap.deploy.images.ClassifierImages;
import org.robustnessgap.deploy.local.FreePort;
import org.robustnessgap.deploy.local.LocalSystem;
import org.robustnessgap.deploy.local.PageOptions;
import org.robustnessgap.deploy.measure.MeasureCommand;
import org.robustnessgap.deploy.model.ContractOptions;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.service.CommandLines;
import org.robustnessgap.worker.EngineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code watch}: for those who have a classifier and images, and nothing else. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    description = {
      "Watches classifiers with nothing but images of what they see.",
      "Measures the first images, fits a generator to all, measures against its limits, trains a",
      "better generator and measures again; then keeps measuring, with a page and /metrics, until",
      "Ctrl-C. Prints every command it runs, and writes the campaign for a cluster of your own."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap watch --classifier f.onnx --images photos/",
      "  robustness-gap watch --classifier f.onnx --images t10k-images-idx3-ubyte.gz --once",
      "  robustness-gap watch --classifier f.onnx --images photos.zip --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225"
    })
public final class WatchCommand implements Callable<Integer> {
  private static final int STOPPED = 130;

  /** The usual latent dimension, where there are images enough. */
  private static final int DIMENSION = 100;

  /** Of so many images fit holds out one. */
  private static final int HELD_OUT = 10;

  @Option(
      names = "--classifier",
      paramLabel = "F.onnx",
      arity = "1..*",
      required = true,
      description = "One or more classifiers of the images; may be repeated.")
  private List<Path> classifiers;

  @Option(
      names = "--images",
      paramLabel = "PATH",
      required = true,
      description =
          "A folder, an archive or a file of many formats; docs/reference/images.md has the rules.")
  private Path images;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "How many images, and as many of the generator's, the last figures are of (default:"
              + " ${DEFAULT-VALUE}).")
  private long samples;

  @Option(
      names = "--latent-dimension",
      paramLabel = "D",
      description =
          "Of the generators (default: "
              + DIMENSION
              + ", or nearly as many as there are images if those are fewer).")
  private @Nullable Integer dimension;

  @Option(names = "--linear", description = "Train no generator; principal components do.")
  private boolean linear;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Determines all that is drawn (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      defaultValue = "watch",
      description =
          "Where generators, results and the campaign are written (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Mixin private PageOptions page;

  @Mixin private ExitCodes exitCodes;

  @Mixin private ContractOptions contractOptions;

  @Mixin private EngineOptions engine;

  @Override
  public Integer call() throws InterruptedException {
    if (samples < 1) {
      throw new InvalidInputException("--samples is " + samples + " but must be at least 1.");
    }
    if (dimension != null && dimension < 1) {
      throw new InvalidInputException(
          "--latent-dimension is " + dimension + " but must be at least 1.");
    }
    if (!page.once()) {
      FreePort.require(page.port(), "--port");
    }
    EngineSettings settings = engine.settings();
    WatchPlan plan = plan(settings);
    makeFolder();
    if (plan.contract() != null) {
      write(plan.contractFile(), plan.contract());
    }
    int worst = 0;
    for (Step step : plan.fitting()) {
      int code = run(step);
      if (isFailed(code)) {
        return code;
      }
      if (code == ExitCodes.SUSPICIOUS && step.isFit()) {
        System.err.printf("%nThis generator is not good enough; the first one is used instead.%n");
        plan = plan.asLinear();
      } else {
        worst = Math.max(worst, code);
      }
    }
    for (Step step : plan.measuring()) {
      int code = run(step);
      if (isFailed(code)) {
        return code;
      }
      worst = Math.max(worst, code);
    }
    write(plan.campaignFile(), plan.campaign());
    System.err.printf("%nFor running services:%n  robustness-gap apply %s%n", plan.campaignFile());
    return page.once() ? worst : watch(plan, settings);
  }

  /** The exit code. */
  private static int run(Step step) {
    System.err.printf("%n%s:%n  %s%n", step.purpose(), step.typed());
    Object command = step.isFit() ? new FitCommand() : new MeasureCommand();
    return CommandLines.execute(command, step.arguments().toArray(String[]::new));
  }

  private static boolean isFailed(int code) {
    return code != 0 && code != ExitCodes.SUSPICIOUS;
  }

  private WatchPlan plan(EngineSettings settings) {
    InputContract contract = contractOptions.contract();
    PixelSpace pixels = contract == null ? null : contract.pixels();
    ClassifierImages taken = new ClassifierImages(images, contract, pixels);
    ImageForm form;
    try (Engine opened = settings.open()) {
      form = taken.form(taken.read(classifiers.get(0), ModelOptions.NONE, opened));
    }
    return new WatchPlan(
        classifiers,
        images,
        contract,
        form,
        dimension == null ? dimension(form) : dimension,
        samples,
        seed,
        linear,
        out,
        engine.arguments());
  }

  private int dimension(ImageForm form) {
    int enough = 2 * DIMENSION;
    try (Images opened = Images.open(images, form)) {
      int found = 0;
      while (found < enough && opened.next() != null) {
        found++;
      }
      int fitted = found * (HELD_OUT - 1) / HELD_OUT;
      return (int) Math.max(1, Math.min(DIMENSION, Math.min(form.values(), fitted - 1)));
    }
  }

  private void makeFolder() {
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw new InvalidInputException(
          "Cannot make the folder " + out + " (--out); name one where you may write.", e);
    }
  }

  private static void write(Path file, Object written) {
    try {
      Files.write(file, Json.write(written));
    } catch (IOException e) {
      throw new InvalidInputException("Cannot write " + file + ".", e);
    }
  }

  private int watch(WatchPlan plan, EngineSettings settings) throws InterruptedException {
    LocalSystem system = new LocalSystem(settings);
    Runtime.getRuntime().addShutdownHook(new Thread(system::close, "shutdown"));
    try {
      if (!system.start(page.port())) {
        return STOPPED;
      }
      CampaignTopic.apply(system.clients(), plan.campaign());
      System.err.printf(
          "%nMeasuring on: page http://localhost:%1$d/  metrics http://localhost:%1$d/metrics;"
              + " Ctrl-C ends it.%n",
          system.service(AggregatorService.NAME).port());
      Thread.currentThread().join();
      return 0;
    } finally {
      system.close();
    }
  }
}
