package org.robustnessgap.deploy.measure;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Inversion;
import org.robustnessgap.onnx.graph.OnnxModel;
import picocli.CommandLine.Option;

/** How images are brought back to latent vectors, on the command line. */
final class InversionOptions {
  /** What fit writes beside a generator. */
  private static final String BESIDE = ".encoder.onnx";

  private static final Path NONE = Path.of("none");

  @Option(
      names = "--encoder",
      paramLabel = "E.onnx",
      description =
          "With --images and --generator, says about which latent vector makes an image, [n, image]"
              + " to [n, d]; the search for the nearest image begins there (default: what fit wrote"
              + " beside the generator, NAME.encoder.onnx, if it is there); none for no encoder.")
  private @Nullable Path encoder;

  @Option(
      names = "--reconstruction-limit",
      paramLabel = "SHARE",
      description =
          "With --images and --generator, an image is too far from the generator's if the nearest of"
              + " those is farther from it than this share of its distance from their mean"
              + " (default: "
              + Inversion.LIMIT
              + ").")
  private @Nullable Double limit;

  /**
   * How images are brought back.
   *
   * @param generator to whose latent vectors
   * @param file of the generator
   * @throws InvalidInputException if the limit is none
   */
  Inversion of(GeneratorReference generator, Path file) {
    if (limit != null && !(limit > 0 && Double.isFinite(limit))) {
      throw new InvalidInputException(
          "--reconstruction-limit " + limit + " is no share of a distance; give one such as 0.5.");
    }
    Path named = encoder == null ? beside(file) : encoder.equals(NONE) ? null : encoder;
    return new Inversion(
        generator,
        named == null ? null : named.toAbsolutePath().toString(),
        limit == null ? Inversion.LIMIT : limit);
  }

  private static @Nullable Path beside(Path generator) {
    Path candidate = generator.resolveSibling(OnnxModel.nameOf(generator) + BESIDE);
    return Files.isRegularFile(candidate) ? candidate : null;
  }

  /**
   * @throws InvalidInputException if anything is said of it
   */
  void requireNone() {
    if (encoder != null || limit != null) {
      throw new InvalidInputException(
          (encoder == null ? "--reconstruction-limit" : "--encoder")
              + " is about images that are brought back to latent vectors of a generator; give"
              + " --images and --generator with it, or leave it out.");
    }
  }
}
