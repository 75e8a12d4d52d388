package org.robustnessgap.deploy.distance;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.campaign.run.AffineModulus;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.certificate.LipschitzGraph;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.deploy.images.FirstImages;
import org.robustnessgap.distance.SlicedWasserstein;
import org.robustnessgap.distance.Wasserstein;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.limit.LipschitzLimit;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.onnx.ModelImport;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.worker.EngineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code distance}. */
@Command(
    name = "distance",
    mixinStandardHelpOptions = true,
    description = {
      "Estimates how far a generator's images are from data.",
      "Prints the 1-Wasserstein distance δ, and the limits on the mean robustness on the data that",
      "follow (Fawzi, Fawzi, Fawzi 2018, Theorem 4). docs/explanation/theory.md says what estimates rest on."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap distance --generator mnist-dcgan.onnx --images t10k-images-idx3-ubyte.gz",
      "  robustness-gap distance --generator cifar10-dcgan.onnx --images cifar10.u8 --subtract 127.5 --divide 127.5 --lipschitz 25"
    })
public final class DistanceCommand implements Callable<Integer> {
  private static final double ERROR_RATE = 0.05;

  @Option(
      names = "--generator",
      paramLabel = "G.onnx",
      required = true,
      description = "Makes images from latent vectors drawn from N(0, I).")
  private Path generator;

  @Mixin private FirstImages images;

  @Option(
      names = "--directions",
      paramLabel = "K",
      defaultValue = "256",
      description = "Directions of the sliced distance (default: ${DEFAULT-VALUE}).")
  private int directions;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Determines latent vectors and directions (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--equiprobable",
      paramLabel = "K",
      defaultValue = "10",
      description = "The limits are for K classes of equal measure (default: ${DEFAULT-VALUE}).")
  private int classes;

  @Option(
      names = "--lipschitz",
      paramLabel = "L",
      description =
          "The limits are for a generator with this Lipschitz constant (default: the smallest of"
              + " an affine generator, else the certified one).")
  private @Nullable Double lipschitz;

  @Mixin private EngineOptions engineOptions;

  @Override
  public Integer call() {
    images.require();
    if (classes < 2) {
      throw new InvalidInputException(
          "--equiprobable is " + classes + " but must be at least 2: one class has no limit.");
    }
    LatentLimit latent = new LatentLimit(ClassMeasures.equiprobable(classes));
    try (Engine engine = engineOptions.settings().open()) {
      try (GeneratorModel g = GeneratorModel.open(ModelImport.read(generator, engine), engine)) {
        ImageForm form = ImageForm.of(g.image(), images.pixels(null));
        float[][] data = images.read(form).toArray(float[][]::new);
        requireFew(data.length);
        double constant = lipschitz == null ? constant(g, engine) : lipschitz;
        System.out.print(text(g, data, latent, constant));
      }
    }
    return 0;
  }

  private static double constant(GeneratorModel generator, Engine engine) {
    return AffineModulus.slope(generator)
        .orElseGet(() -> LipschitzGraph.of(generator.model(), engine).constant());
  }

  private static void requireFew(int points) {
    if (points > Wasserstein.MOST_POINTS) {
      throw new InvalidInputException(
          String.format(
              "--samples may be %d at most, as every image is compared with every other.",
              Wasserstein.MOST_POINTS));
    }
  }

  private String text(
      GeneratorModel generator, float[][] data, LatentLimit latent, double constant) {
    LipschitzLimit limit = new LipschitzLimit(latent, constant);
    int n = data.length;
    LatentSampler sampler = new LatentSampler(seed, generator.latentDimension());
    float[][] made = made(generator, sampler, 0, n);
    double ofSamples = Wasserstein.ofSamples(made, data);
    PixelRange range = images.pixels(null).range();
    double lowest = range.lower();
    double highest = range.upper();
    double diameter = (highest - lowest) * Math.sqrt(data[0].length);
    double upper = Wasserstein.upper(ofSamples, n, diameter, ERROR_RATE);
    double sampling = Wasserstein.ofSamples(made, made(generator, sampler, n, n));
    SlicedWasserstein sliced = SlicedWasserstein.of(made, data, directions, seed);
    double norm = Arrays.stream(data).mapToDouble(DistanceCommand::norm).average().orElseThrow();

    Locale c = Locale.ROOT;
    return String.format(
            c,
            "Wasserstein-1 distance δ of the images of %s from %s: ℓ2, %d of each, seed %d%n",
            OnnxModel.nameOf(this.generator),
            images.name(),
            n,
            seed)
        + String.format(
            c,
            "Mean limit (L4), %d equal classes: E r_unc ≤ %.4g × %.4g + δ. Both divided by E‖x‖ = %.4g, too.%n%n",
            classes,
            constant,
            latent.expectation(),
            norm)
        + String.format(
            "%-26s%-12s%-12s%-12s%-12s%s%n", "", "δ", "divided", "mean limit", "divided", "")
        + line("assignment", ofSamples, norm, limit, "in expectation not below δ")
        + line(
            "95 % upper limit",
            upper, norm, limit, String.format("if all values lie in [%s, %s]", lowest, highest))
        + line(
            "slice between the means",
            sliced.betweenMeans(),
            norm,
            limit,
            "not above δ but for sampling in one dimension")
        + line("mean slice", sliced.mean(), norm, limit, "the same; " + directions + " directions")
        + String.format(
            c,
            "%nTwo samples of the generator itself are %.4g apart: so much of the assignment is sampling.%n",
            sampling);
  }

  private static String line(
      String name, double distance, double norm, LipschitzLimit limit, String remark) {
    double mean = limit.mean(distance);
    return String.format(
        Locale.ROOT,
        "%-26s%-12.4g%-12.4g%-12.4g%-12.4g%s%n",
        name,
        distance,
        distance / norm,
        mean,
        mean / norm,
        remark);
  }

  private static float[][] made(
      GeneratorModel generator, LatentSampler sampler, long first, int count) {
    float[] latents = sampler.draw(first, count).values();
    return points(generator.map().apply(new Rows(latents, sampler.dimension())));
  }

  private static float[][] points(Rows rows) {
    float[][] points = new float[rows.count()][];
    Arrays.setAll(points, rows::row);
    return points;
  }

  private static double norm(float[] point) {
    return new Rows(point, point.length).norm(0);
  }
}
