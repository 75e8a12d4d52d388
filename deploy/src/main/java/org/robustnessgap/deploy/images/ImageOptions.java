package org.robustnessgap.deploy.images;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.data.Images;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;
import picocli.CommandLine.Option;

/** Where images are and what their pixels are: options of every command that reads images. */
public class ImageOptions {
  /** Relative; pixels are float32. */
  private static final double ROUNDING = 1e-5;

  @Option(
      names = "--images",
      paramLabel = "PATH",
      required = true,
      description =
          "A folder, a ZIP or TAR, or a file of images: PNG, JPEG, WebP, TIFF, BMP, GIF, npy, npz, IDX"
              + " (MNIST), CIFAR's binary, SVHN's .mat; or unsigned bytes (.u8) in the order in which"
              + " the model takes them. docs/reference/images.md has the rules.")
  private Path path;

  @Option(
      names = "--subtract",
      paramLabel = "S",
      description =
          "Of levels from 0 to 255, the model takes (level − S)/D; for [−1, 1] both are 127.5"
              + " (default: 0).")
  private @Nullable Double subtract;

  @Option(names = "--divide", paramLabel = "D", description = "D, see --subtract (default: 255).")
  private @Nullable Double divide;

  /**
   * @throws InvalidInputException if a number makes no sense
   */
  public void require() {
    if (!(divisor() > 0 && Double.isFinite(divisor()) && Double.isFinite(offset()))) {
      throw new InvalidInputException(
          "--divide must be a positive number and --subtract a number, for instance 255 and 0.");
    }
  }

  private double offset() {
    return subtract == null ? 0 : subtract;
  }

  private double divisor() {
    return divide == null ? PixelSpace.LEVELS : divide;
  }

  /** The name of the file or folder. */
  public String name() {
    return path.toAbsolutePath().normalize().getFileName().toString();
  }

  /**
   * What pixels are.
   *
   * @param contract null if there is none
   * @throws InvalidInputException if it says another range than the options
   */
  public PixelSpace pixels(@Nullable InputContract contract) {
    PixelSpace declared = contract == null ? PixelSpace.STANDARD : contract.pixels();
    if (subtract == null && divide == null) {
      return declared;
    }
    PixelRange range =
        new PixelRange(-offset() / divisor(), (PixelSpace.LEVELS - offset()) / divisor());
    if (contract != null && !range.equals(declared.range())) {
      throw new InvalidInputException(
          String.format(
              "By --subtract and --divide pixels are in %s, by the input contract in %s; leave both options out, and say it with --range alone.",
              range.describe(), declared.range().describe()));
    }
    return new PixelSpace(declared.layout(), declared.type(), range, declared.colour());
  }

  /**
   * The form of the images with what is open in it as they have it.
   *
   * @throws InvalidInputException if no image tells it
   */
  public ImageForm settled(ImageForm form) {
    try (Images images = open(form)) {
      return images.form();
    }
  }

  /** They, for a classifier of this contract. */
  public ClassifierImages of(@Nullable InputContract contract) {
    return new ClassifierImages(path, contract, pixels(contract));
  }

  /** All of them, as often as one likes. */
  public ImagePasses passes(ImageForm form) {
    return new ImagePasses(this, form);
  }

  /**
   * Levels fill the range of pixels, but real numbers are taken as they are.
   *
   * @throws InvalidInputException if a value is outside the range of pixels
   */
  static void requireWithin(PixelRange range, FittedImage image) {
    double margin = ROUNDING * (range.upper() - range.lower());
    for (float value : image.values()) {
      if (value < range.lower() - margin || value > range.upper() + margin) {
        throw new InvalidInputException(
            String.format(
                "%s holds %s, but pixels are in %s; say what they are with --subtract S and --divide D: from −S/D to (255 − S)/D.",
                image.name(), value, range.describe()));
      }
    }
  }

  Images open(ImageForm form) {
    return Images.open(path, form);
  }

  Path path() {
    return path;
  }
}
