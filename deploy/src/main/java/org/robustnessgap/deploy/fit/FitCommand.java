package org.robustnessgap.deploy.fit;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.deploy.images.ImageOptions;
import org.robustnessgap.deploy.model.ImageSize;
import org.robustnessgap.deploy.model.ModelFile;
import org.robustnessgap.distance.SlicedWasserstein;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.fit.LinearGenerator;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.worker.EngineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code fit}. */
@Command(
    name = "fit",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a generator from images, for those who have none, and writes it as ONNX.",
      "--linear takes their mean and principal components: g(z) = μ + W z. Its images are blurred",
      "mixtures of the given ones, and how far it moves them is known exactly.",
      "docs/how-to/fit-a-generator.md says when that is enough."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap fit --linear --images train-images-idx3-ubyte.gz --out g.onnx",
      "  robustness-gap fit --linear --images photos/ --latent-dimension 50 --subtract 127.5 --divide 127.5 --out g.onnx",
      "  robustness-gap fit --linear --images cifar10.u8 --image-size 3x32x32 --out g.onnx"
    })
public final class FitCommand implements Callable<Integer> {
  private static final int COMPARED = 1000;
  private static final int DIRECTIONS = 256;

  /** Counting, mean, covariance. */
  private static final int PASSES = 3;

  /** Residuals beyond it are shown. */
  private static final double ACCURATE = 1e-8;

  @Option(
      names = "--linear",
      description = "The generator of principal components; the only kind there is.")
  private boolean linear;

  @Mixin private ImageOptions images;

  @Option(
      names = "--image-size",
      paramLabel = "CxHxW",
      description =
          "The shape of an image as the classifier takes it, which files of raw bytes do not tell"
              + " (default: that of the first image).")
  private @Nullable String size;

  @Option(
      names = "--latent-dimension",
      paramLabel = "D",
      defaultValue = "100",
      description = "How many principal components (default: ${DEFAULT-VALUE}).")
  private int dimension;

  @Option(
      names = "--hold-out",
      paramLabel = "K",
      defaultValue = "10",
      description =
          "Every K-th image is not fitted but compared with; 0 for none (default:"
              + " ${DEFAULT-VALUE}).")
  private int holdOut;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description =
          "Determines which images are compared, and with which of the generator's (default:"
              + " ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "G.onnx",
      required = true,
      description = "The file to write, weights inside.")
  private Path out;

  @Mixin private EngineOptions engineOptions;

  @Override
  public Integer call() {
    requireOptions();
    ImageForm form = form();
    ReadingProgress reading = new ReadingProgress(use -> images.forEach(form, use), PASSES);
    Division division = new Division(reading::forEach, holdOut);
    Reservoir fitted = new Reservoir(COMPARED, seed);
    Reservoir heldOut = new Reservoir(COMPARED, seed);
    division.each(fitted::offer, heldOut::offer);
    LinearGenerator generator = LinearGenerator.of(division.fitted(), dimension, seed);
    OnnxModel model = generator.model(OnnxModel.nameOf(out), form.shape());
    try (Engine engine = engineOptions.settings().open();
        Executable executable = engine.load(model)) {
      ModelFile.write(out, model, metadata(generator, form));
      System.out.print(text(generator, form));
      System.out.print(comparison(executable, fitted, heldOut));
    }
    return 0;
  }

  private void requireOptions() {
    if (!linear) {
      throw new InvalidInputException(
          "Only linear generators can be fitted; give --linear, or train a generator elsewhere and export it as ONNX.");
    }
    images.require();
    if (dimension < 1) {
      throw new InvalidInputException(
          "--latent-dimension is " + dimension + " but must be at least 1.");
    }
    if (holdOut < 0 || holdOut == 1) {
      throw new InvalidInputException(
          "--hold-out is "
              + holdOut
              + " but must be at least 2, so that images are left to fit, or 0.");
    }
  }

  private ImageForm form() {
    List<Long> shape =
        size == null ? List.of() : ImageSize.parse(size).stream().map(Integer::longValue).toList();
    return images.settled(ImageForm.of(shape, images.pixels(null)));
  }

  private Map<String, String> metadata(LinearGenerator generator, ImageForm form) {
    Map<String, String> metadata = new LinkedHashMap<>(generator.metadata());
    metadata.put("images_from", images.name());
    metadata.put("pixels", form.pixels().range().describe());
    return metadata;
  }

  private String text(LinearGenerator generator, ImageForm form) {
    double rest = generator.discardedVariance();
    String text =
        String.format(
                Locale.ROOT,
                "%nLinear generator of %d images %s of %s, pixels in %s%n%n",
                generator.images(),
                form.shape(),
                images.name(),
                form.pixels().range().describe())
            + line(
                "variance explained",
                100 * generator.retainedVariance() / generator.totalVariance(),
                "% of " + number(generator.totalVariance()))
            + line(
                "variance discarded",
                rest,
                "no generator on a plane of as many dimensions is nearer to them than its root, "
                    + number(Math.sqrt(rest))
                    + " (2-Wasserstein)")
            + line(
                "σ₁",
                generator.lipschitz(),
                "ω(t) = σ₁ t exactly: limits on images are σ₁ times those of latent vectors");
    return generator.residual() <= ACCURATE
        ? text
        : text + line("residual", generator.residual(), "components are only so accurate");
  }

  private String comparison(Executable executable, Reservoir fitted, Reservoir heldOut) {
    int n = Math.min(fitted.size(), heldOut.size());
    if (n == 0) {
      return "No image was held out, so the generator is compared with none.\n";
    }
    float[] latents = new LatentSampler(seed, dimension).draw(0, n).values();
    Tensor made = executable.run(new Tensor(latents, new long[] {n, dimension})).get(0);
    Rows rows = new Rows(made.values(), made.values().length / n);
    float[][] generated = new float[n][];
    Arrays.setAll(generated, rows::row);
    float[][] others = heldOut.first(n);
    return line(
            "mean slice",
            SlicedWasserstein.of(generated, others, DIRECTIONS, seed).mean(),
            "sliced W₁ to " + n + " held-out images over " + DIRECTIONS + " directions")
        + line(
            "  of the images",
            SlicedWasserstein.of(fitted.first(n), others, DIRECTIONS, seed).mean(),
            "the same of " + n + " fitted images: so much of it is sampling");
  }

  private static String line(String name, double value, String remark) {
    return String.format("%-20s%-10s%s%n", name, number(value), remark);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
