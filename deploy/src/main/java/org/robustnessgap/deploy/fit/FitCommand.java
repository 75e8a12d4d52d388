package org.robustnessgap.deploy.fit;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.deploy.exit.ExitCodes;
import org.robustnessgap.deploy.images.ImageOptions;
import org.robustnessgap.deploy.model.ImageSize;
import org.robustnessgap.deploy.model.ModelFile;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.messages.InvalidInputException;
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
      "Trains a variational autoencoder, and a flow from z ~ N(0, I_d) to its latent vectors: together",
      "with its decoder a smooth map from z to images.",
      "Beside G.onnx it writes the encoder, the losses, and a picture of generated images.",
      "--linear takes mean and principal components instead: g(z) = μ + W z. Its images are blurred",
      "mixtures of the given ones, and how far it moves them is known exactly.",
      "docs/how-to/fit-a-generator.md says when that is enough."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap fit --images train-images-idx3-ubyte.gz --out g.onnx",
      "  robustness-gap fit --images photos/ --latent-dimension 50 --out g.onnx --resume",
      "  robustness-gap fit --linear --images train-images-idx3-ubyte.gz --out g.onnx",
      "  robustness-gap fit --linear --images photos/ --latent-dimension 50 --subtract 127.5 --divide 127.5 --out g.onnx",
      "  robustness-gap fit --linear --images cifar10.u8 --image-size 3x32x32 --out g.onnx"
    })
public final class FitCommand implements Callable<Integer> {
  @Mixin private ExitCodes exitCodes;

  @Option(
      names = "--linear",
      description = "The generator of principal components, which needs no training.")
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
      description =
          "d, of z ~ N(0, I_d); with --linear how many principal components (default:"
              + " ${DEFAULT-VALUE}).")
  private int dimension;

  @Option(
      names = "--hold-out",
      paramLabel = "K",
      defaultValue = "10",
      description =
          "Of each K images one is not fitted but compared with; 0 for none (default:"
              + " ${DEFAULT-VALUE}).")
  private int holdOut;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description =
          "Determines the training, which images are held out, and with which of the generator's they"
              + " are compared"
              + " (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "G.onnx",
      required = true,
      description = "The file to write, weights inside.")
  private Path out;

  @Mixin private DecoderOptions decoderOptions;

  @Mixin private EngineOptions engineOptions;

  @Override
  public Integer call() {
    requireOptions();
    EngineSettings settings = engineOptions.settings();
    ImageForm form = form();
    FitInput input =
        new FitInput(images.name(), form, images.passes(form), holdOut, dimension, seed, out);
    try (Engine engine = settings.open()) {
      if (linear) {
        new LinearFit(input).run(engine);
        return 0;
      }
      return new DecoderFit(input, decoderOptions, settings).run(engine) ? 0 : ExitCodes.SUSPICIOUS;
    }
  }

  private void requireOptions() {
    if (linear) {
      decoderOptions.requireNone();
    } else {
      decoderOptions.require();
    }
    images.require();
    ModelFile.requireWritable(out);
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
}
