package org.robustnessgap.deploy.measure;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedBatch;
import org.robustnessgap.attack.GeneratorModel;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.deploy.campaign.ProgressLine;
import org.robustnessgap.deploy.model.ClassifierOptions;
import org.robustnessgap.deploy.model.ContractOptions;
import org.robustnessgap.deploy.model.GeneratorOptions;
import org.robustnessgap.deploy.model.RangeOption;
import org.robustnessgap.deploy.table.GapTable;
import org.robustnessgap.deploy.table.ShownQuantiles;
import org.robustnessgap.deploy.table.TransferTable;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Suspicion;
import org.robustnessgap.messages.TransferPlan;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.ModelImport;
import org.robustnessgap.onnx.OnnxModel;
import org.robustnessgap.worker.EngineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code measure}. */
@Command(
    name = "measure",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:measured",
      "1:a bug",
      "2:a mistake that you can mend, said in one sentence",
      "3:measured, but something looks wrong: see the lines that begin with Suspicious"
    },
    description = {
      "Measures your own classifiers on the images of your own generator, without Kafka.",
      "Generator: ONNX, latent vectors [n, d] to images. Classifier: ONNX, images to logits [n, K].",
      "Where both do not mean the same pixels, options say what each means; inspect proposes them.",
      "Prints the table of limits and measurements."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap measure --generator g.onnx --classifier f.onnx",
      "  robustness-gap measure --generator g.onnx --classifier a.onnx b.onnx --samples 1000 --out results.jsonl",
      "  robustness-gap measure --generator g.onnx --classifier f.onnx --latents z.f32 --spaces latent",
      "  robustness-gap measure --generator g.onnx --classifier f.onnx --lower-bounds --out results.jsonl",
      "  robustness-gap measure --generator g.onnx --classifier f.onnx --samples 32 --project"
    })
public final class MeasureCommand implements Callable<Integer> {
  private static final long SAMPLES = 512;

  /** Exit code where figures were printed that may be false. */
  private static final int SUSPICIOUS = 3;

  /** Images whose pixels are looked at before anything is searched. */
  private static final int LOOKED_AT = 32;

  private static final int SMOOTHNESS_SAMPLES = 1024;

  /** Values; half a gigabyte. */
  private static final long LARGEST_LATENTS = 1L << 27;

  private static final Duration LINE_INTERVAL = Duration.ofSeconds(10);

  @Option(
      names = "--generator",
      paramLabel = "G.onnx",
      required = true,
      description = "Makes images from latent vectors drawn from N(0, I).")
  private Path generator;

  @Option(
      names = "--classifier",
      paramLabel = "F.onnx",
      required = true,
      arity = "1..*",
      description = "One or more classifiers of those images; may be repeated.")
  private List<Path> classifiers;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description =
          "Latent vectors to attack (default: " + SAMPLES + ", or all rows of --latents).")
  private Long samples;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Determines the latent vectors (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--latents",
      paramLabel = "Z.f32",
      description = "Take the latent vectors from here: little-endian float32 rows of length d.")
  private Path latentFile;

  @Option(
      names = "--spaces",
      paramLabel = "SPACE",
      split = ",",
      description =
          "Where to search, comma-separated (default: latent,in-distribution,unconstrained).")
  private List<String> spaces = new ArrayList<>();

  @Option(
      names = "--attack",
      paramLabel = "NAME",
      defaultValue = "boundary-descent",
      description =
          "boundary-descent, or as in the literature deepfool or fast-gradient-sign (default: ${DEFAULT-VALUE}).")
  private String attack;

  @Option(
      names = "--effort",
      paramLabel = "EFFORT",
      defaultValue = "standard",
      description =
          "What boundary-descent may spend on a sample: fast, standard or thorough (default: ${DEFAULT-VALUE}).")
  private String effort;

  @Option(
      names = "--norm",
      paramLabel = "NORM",
      defaultValue = "l2",
      description =
          "Norm of perturbations of pixels, l2 or linf; limits are of l2 distances only (default: ${DEFAULT-VALUE}).")
  private String norm;

  @Option(
      names = "--pixel-range",
      paramLabel = "LOW,HIGH",
      parameterConsumer = RangeOption.class,
      description =
          "Perturbed pixels must stay within, for instance -1,1; limits are without (default: no bounds, as in the theory).")
  private PixelRange pixelRange;

  @Mixin private ShownQuantiles quantiles;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write one JSON object a line for each sample and classifier.")
  private Path out;

  @Option(
      names = "--lower-bounds",
      description =
          "Also bound the unconstrained robustness of every sample from below, certified and as in"
              + " Peck et al. 2017.")
  private boolean lowerBounds;

  @Option(
      names = "--transfer",
      paramLabel = "N",
      description =
          "Also find out, on the first N samples for each pair of classifiers, which perturbations"
              + " fool both, by boundary-descent and l2, in those of --spaces that are latent or"
              + " unconstrained (default: not).")
  private Long transfer;

  @Option(
      names = "--project",
      description =
          "Also measure each classifier behind a projection onto the generator's images, as in"
              + " Theorem 2 of Fawzi et al. 2018; takes seconds a sample.")
  private boolean project;

  @Mixin private ContractOptions contractOptions;

  @Mixin private ClassifierOptions classifierOptions;

  @Mixin private GeneratorOptions generatorOptions;

  @Mixin private EngineOptions engineOptions;

  private final Clock clock = Clock.systemUTC();
  private final boolean terminal = Boolean.getBoolean("robustness.terminal");

  /** Null unless they are asked for. */
  private SampleBounds bounds;

  /** Null unless they are asked for. */
  private Projections projections;

  /** What the input contract says pixels are; null without one. */
  private PixelSpace pixels;

  private final Suspicions suspicions = new Suspicions();

  private Instant printed = clock.instant();

  /** Null unless pairs are to be compared. */
  private TransferPlan transferPlan;

  @Override
  public Integer call() {
    List<Double> shown = quantiles.list();
    AttackPlan plan = plan();
    List<String> names = names();
    if (transfer != null && transfer < 1) {
      throw new InvalidInputException(
          "--transfer " + transfer + " is no number of samples; give at least 1, or leave it out.");
    }
    if (transfer != null && names.size() < 2) {
      throw new InvalidInputException(
          "--transfer compares classifiers, but "
              + names.get(0)
              + " is the only one; add another.");
    }
    transferPlan = transfer == null ? null : transferPlan(plan);
    try (Engine engine = engineOptions.settings().open()) {
      return measure(shown, plan, names, engine);
    }
  }

  private int measure(List<Double> shown, AttackPlan plan, List<String> names, Engine engine) {
    OnnxModel generatorModel =
        ModelImport.read(generator, generatorOptions.options(), List.of(), engine);
    try (GeneratorModel g = GeneratorModel.open(generatorModel, engine)) {
      LatentBatch latents = latents(g.latentDimension());
      // All models are opened before the first is attacked: a wrong file should not cost an hour.
      List<AttackTarget> targets = new ArrayList<>();
      try {
        ModelOptions options = classifierOptions.options();
        InputContract contract = contractOptions.contract();
        pixels = contract == null ? null : contract.pixels();
        List<ClassifierModel> models =
            classifiers.stream()
                .map(path -> ClassifierModel.read(path, options, contract, g.image(), engine))
                .toList();
        models.forEach(model -> targets.add(AttackTarget.open(g, model, engine)));
        lookAtPixels(names, targets, latents);
        if (lowerBounds) {
          System.err.println("Bounding robustness from below ...");
          Map<String, OnnxModel> named = new LinkedHashMap<>();
          for (int i = 0; i < names.size(); i++) {
            named.put(names.get(i), models.get(i).scores());
          }
          bounds = new SampleBounds(generatorModel, latents, named, engine);
        }
        if (project) {
          projections = new Projections(g, seed);
        }
        return measure(
            new Measurement(g, latents, engine.name(), pixels),
            latents,
            names,
            targets,
            plan,
            shown);
      } finally {
        targets.forEach(AttackTarget::close);
      }
    }
  }

  /** Before anything is searched: what is wrong here makes all that follows worthless. */
  private void lookAtPixels(List<String> names, List<AttackTarget> targets, LatentBatch latents) {
    int count = Math.min(latents.count(), LOOKED_AT);
    LatentBatch first =
        new LatentBatch(
            0, latents.dimension(), Arrays.copyOf(latents.values(), count * latents.dimension()));
    for (int i = 0; i < names.size(); i++) {
      say(names.get(i), targets.get(i).unfitPixels(first).stream().toList());
    }
  }

  private void say(String name, List<Suspicion> found) {
    suspicions
        .fresh(name, found)
        .forEach(suspicion -> System.err.println("Suspicious: " + suspicion.sentence()));
  }

  /** The exit code. */
  private int measure(
      Measurement measurement,
      LatentBatch latents,
      List<String> names,
      List<AttackTarget> targets,
      AttackPlan plan,
      List<Double> shown) {
    boolean imageSpaces = !plan.spaces().equals(List.of(Space.LATENT));
    try (Output output =
        new Output(
            (long) latents.count() * names.size(),
            measurement.provenance(plan),
            measurement.engine())) {
      if (imageSpaces) {
        System.err.println("Examining how far the generator moves its images ...");
        measurement.examine(
            new LatentSampler(seed, latents.dimension()),
            SmoothnessPlan.standard(SMOOTHNESS_SAMPLES));
      }
      for (int i = 0; i < names.size(); i++) {
        String name = names.get(i);
        AttackTarget target = targets.get(i);
        measurement.attack(name, target, plan, batch -> attack(name, target, plan, batch), output);
      }
    }
    if (transferPlan != null) {
      transfer(measurement, names, targets);
    }
    List<RobustnessGap> gaps = measurement.gaps(names, shown);
    System.out.print(new GapTable(gaps).render(shown, measurement.failures(gaps)));
    if (transferPlan != null) {
      System.out.println();
      System.out.print(new TransferTable(measurement.transfers(shown)).render(shown));
    }
    if (bounds != null) {
      System.out.println();
      for (double quantile : shown) {
        System.out.println("Unconstrained robustness, normalised, quantile " + quantile);
        bounds.summary(quantile).forEach(System.out::println);
      }
    }
    if (projections != null) {
      System.out.print("\n" + projections.table());
    }
    List<String> without =
        gaps.stream()
            .filter(gap -> gap.measured() == 0)
            .map(gap -> gap.stream().classifier())
            .toList();
    if (!without.isEmpty()) {
      throw new InvalidInputException(
          "Nothing could be measured of "
              + String.join(", ", without)
              + "; the reasons are above.");
    }
    List<Suspicion> wrong = gaps.stream().flatMap(gap -> gap.suspicions().stream()).toList();
    if (!wrong.isEmpty()) {
      System.out.println();
      wrong.forEach(suspicion -> System.out.println("Suspicious: " + suspicion.sentence()));
    }
    return wrong.isEmpty() ? 0 : SUSPICIOUS;
  }

  private void transfer(Measurement measurement, List<String> names, List<AttackTarget> targets) {
    for (int i = 0; i < names.size(); i++) {
      for (int j = i + 1; j < names.size(); j++) {
        System.err.printf("What fools both %s and %s ...%n", names.get(i), names.get(j));
        measurement.transfer(
            names.get(i), targets.get(i), names.get(j), targets.get(j), transferPlan);
      }
    }
  }

  /**
   * What of the plan a search for common perturbations follows.
   *
   * @throws InvalidInputException if it could not follow the plan
   */
  private TransferPlan transferPlan(AttackPlan plan) {
    List<Space> shared = plan.spaces().stream().filter(TransferPlan.SPACES::contains).toList();
    String without = null;
    if (plan.norm() != Norm.L2) {
      without = "--norm " + plan.norm();
    } else if (plan.pixelRange() != null) {
      without = "--pixel-range";
    } else if (!(plan.algorithm() instanceof Algorithm.BoundaryDescent)) {
      without = "--attack " + plan.algorithm().label();
    } else if (shared.isEmpty()) {
      without = "--spaces in-distribution alone";
    }
    if (without != null) {
      throw new InvalidInputException(
          "--transfer searches by boundary-descent and l2 norms in latent and in unconstrained space, not with "
              + without
              + "; leave out one of the two.");
    }
    Effort spent = ((Algorithm.BoundaryDescent) plan.algorithm()).effort();
    return TransferPlan.of(transfer, spent, shared);
  }

  private AttackedBatch attack(
      String name, AttackTarget target, AttackPlan plan, LatentBatch batch) {
    AttackedBatch attacked = target.search(batch, plan);
    if (projections != null) {
      projections.add(name, target, batch, attacked.samples());
    }
    // What is wrong should be seen after the first batch, not after an hour.
    say(name, attacked.suspicions());
    return attacked;
  }

  private AttackPlan plan() {
    List<Space> searched =
        spaces.isEmpty()
            ? List.of(Space.values())
            : spaces.stream().map(String::strip).map(Space::ofLabel).toList();
    AttackPlan plan = new AttackPlan(searched, algorithm(), Norm.ofLabel(norm), pixelRange);
    if (project) {
      Projections.requireFitting(plan);
    }
    return plan;
  }

  private Algorithm algorithm() {
    List<Algorithm> known =
        List.of(
            new Algorithm.BoundaryDescent(Effort.ofLabel(effort)),
            Algorithm.DeepFool.standard(),
            Algorithm.FastGradientSign.standard());
    return known.stream()
        .filter(candidate -> candidate.label().equals(attack))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "There is no attack '"
                        + attack
                        + "'; choose among "
                        + String.join(", ", known.stream().map(Algorithm::label).toList())
                        + "."));
  }

  private List<String> names() {
    Set<String> seen = new HashSet<>();
    List<String> names = classifiers.stream().map(OnnxModel::nameOf).toList();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new InvalidInputException(
            "Two classifiers are called " + name + "; rename one of the files.");
      }
    }
    return names;
  }

  private LatentBatch latents(int dimension) {
    if (samples != null && samples < 1) {
      throw new InvalidInputException("--samples is " + samples + " but must be at least 1.");
    }
    if (latentFile == null) {
      long count = samples == null ? SAMPLES : samples;
      requireFits(count, dimension);
      return new LatentSampler(seed, dimension).draw(0, (int) count);
    }
    long rows = LatentFile.rows(latentFile, dimension);
    if (samples != null && samples > rows) {
      throw new InvalidInputException(
          String.format(
              "%s holds %d latent vectors, fewer than the %d of --samples.",
              latentFile, rows, samples));
    }
    long count = samples == null ? rows : samples;
    requireFits(count, dimension);
    return LatentFile.read(latentFile, dimension, count);
  }

  private static void requireFits(long count, int dimension) {
    long most = LARGEST_LATENTS / dimension;
    if (count > most) {
      throw new InvalidInputException(
          String.format(
              "%d samples are more than measure holds at once (%d at latent dimension %d); lower --samples, or run a campaign.",
              count, most, dimension));
    }
  }

  /** Where finished samples go: the file, if any, and the progress line. */
  private final class Output implements BiConsumer<String, SampleResult>, AutoCloseable {
    private final ResultsFile file;
    private final ProgressLine line;
    private long settled;

    Output(long total, Provenance provenance, String engine) {
      this.file = out == null ? null : new ResultsFile(out, pixels, provenance, engine);
      this.line = new ProgressLine(total, clock.instant());
    }

    @Override
    public void accept(String classifier, SampleResult sample) {
      if (file != null) {
        file.write(classifier, sample, bounds, projections);
      }
      settled++;
      Instant now = clock.instant();
      if (terminal) {
        System.err.print("\r" + line.at(now, settled) + "\033[K");
      } else if (Duration.between(printed, now).compareTo(LINE_INTERVAL) >= 0) {
        System.err.println(line.at(now, settled));
        printed = now;
      }
    }

    @Override
    public void close() {
      if (terminal) {
        System.err.println();
      }
      if (file != null) {
        file.close();
      }
    }
  }
}
