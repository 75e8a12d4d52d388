package org.robustnessgap.deploy.limit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.campaign.evidence.DisplacementEvidence;
import org.robustnessgap.campaign.run.AffineModulus;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.limit.ChosenRadiusLimit;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.onnx.ModelImport;
import org.robustnessgap.worker.EngineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether the estimated limit has converged. */
@Command(
    name = "smoothness",
    mixinStandardHelpOptions = true,
    description = {
      "Shows how the estimated limit of a generator's images depends on what is spent on it.",
      "Of an affine generator there is nothing to estimate, and the exact limit is printed.",
      "Samples, restarts and steps are those of a campaign's smoothness plan; the radii are those of",
      "the standard plan. Distances are normalised by E‖g(z)‖; docs/explanation/theory.md explains."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap smoothness --generator g.onnx --equiprobable 10",
      "  robustness-gap smoothness --generator g.onnx --equiprobable 10 --samples 1024,10240 --restarts 2 --steps 1",
    })
public final class SmoothnessCommand implements Callable<Integer> {
  @Option(
      names = "--generator",
      paramLabel = "G.onnx",
      required = true,
      description = "Makes images from latent vectors drawn from N(0, I).")
  private Path generator;

  @Option(
      names = "--equiprobable",
      paramLabel = "K",
      required = true,
      description = "The limit for K classes of equal measure.")
  private int classes;

  @Option(
      names = "--samples",
      paramLabel = "N",
      split = ",",
      defaultValue = "256,1024",
      description = "Latent vectors (default: ${DEFAULT-VALUE}).")
  private List<Long> samples;

  @Option(
      names = "--restarts",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2,4",
      description = "Paths of the ascent (default: ${DEFAULT-VALUE}).")
  private List<Integer> restarts;

  @Option(
      names = "--steps",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2",
      description = "Steps of each path at each radius (default: ${DEFAULT-VALUE}).")
  private List<Integer> steps;

  @Mixin private LimitQuantiles quantiles;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Determines the latent vectors (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private EngineOptions engineOptions;

  @Override
  public Integer call() {
    LatentLimit latent = new LatentLimit(ClassMeasures.equiprobable(classes));
    List<Long> ascending = samples.stream().sorted().toList();
    if (ascending.get(0) < 1) {
      throw new InvalidInputException(
          "--samples is " + ascending.get(0) + " but must be at least 1.");
    }
    SmoothnessPlan standard = SmoothnessPlan.standard(ascending.get(ascending.size() - 1));
    List<SmoothnessPlan> plans = new ArrayList<>();
    for (int paths : restarts) {
      for (int each : steps) {
        plans.add(
            new SmoothnessPlan(
                standard.radii(), standard.samples(), paths, each, standard.batchSize()));
      }
    }
    try (Engine engine = engineOptions.settings().open();
        GeneratorModel g = GeneratorModel.open(ModelImport.read(generator, engine), engine)) {
      OptionalDouble slope = AffineModulus.slope(g);
      if (slope.isPresent()) {
        exact(g, slope.getAsDouble(), ascending.get(ascending.size() - 1), latent);
        return 0;
      }
      System.out.println(
          "quantile  restarts  steps  samples  limit     normalised  radius  seconds");
      for (SmoothnessPlan plan : plans) {
        examine(g, plan, ascending, latent);
      }
    }
    return 0;
  }

  private void exact(GeneratorModel g, double slope, long count, LatentLimit latent) {
    System.out.printf(
        Locale.ROOT,
        "%s is affine, so its modulus of continuity is ω(t) = %.6g t, exactly: there is nothing to search.%n",
        g.model().name(),
        slope);
    LatentSampler drawn = new LatentSampler(seed, g.latentDimension());
    double norms = 0;
    for (long i = 0; i < count; i++) {
      norms += g.map().apply(g.rows(drawn.draw(i, 1))).norm(0);
    }
    System.out.println("quantile  limit     normalised");
    for (double p : quantiles.list()) {
      OptionalDouble t = latent.quantile(p);
      System.out.printf(
          "%-8s  %-8s  %s%n",
          p, number("%.5g", t, 1 / slope), number("%.4f", t, norms / count / slope));
    }
  }

  private void examine(
      GeneratorModel g, SmoothnessPlan plan, List<Long> reported, LatentLimit latent) {
    LatentSampler drawn = new LatentSampler(seed, g.latentDimension());
    DisplacementEvidence evidence = new DisplacementEvidence();
    double norms = 0;
    long started = System.nanoTime();
    long first = 0;
    for (long count : reported) {
      while (first < count) {
        int batch = (int) Math.min(plan.batchSize(), count - first);
        List<SmoothnessResult.Sample> moved = g.displacements(drawn.draw(first, batch), plan);
        JobId id = new JobId("smoothness", JobKind.SMOOTHNESS, "generator", first);
        evidence.add(new SmoothnessResult(id, plan.radii(), "smoothness", "any", 0, moved, null));
        norms += moved.stream().mapToDouble(SmoothnessResult.Sample::imageNorm).sum();
        first += batch;
      }
      double seconds = (System.nanoTime() - started) / 1e9;
      Optional<ChosenRadiusLimit> limit = evidence.limit(latent);
      for (double p : quantiles.list()) {
        OptionalDouble eta = limit.map(l -> l.quantile(p)).orElse(OptionalDouble.empty());
        OptionalDouble radius = limit.map(l -> l.radius(p)).orElse(OptionalDouble.empty());
        System.out.printf(
            Locale.ROOT,
            "%-8s  %-8d  %-5d  %-7d  %-8s  %-10s  %-6s  %.1f%n",
            p,
            plan.restarts(),
            plan.steps(),
            count,
            number("%.5g", eta, 1),
            number("%.4f", eta, norms / count),
            number("%.3g", radius, 1),
            seconds);
      }
    }
  }

  private static String number(String format, OptionalDouble value, double divisor) {
    return value.isPresent()
        ? String.format(Locale.ROOT, format, value.getAsDouble() / divisor)
        : "∞";
  }
}
