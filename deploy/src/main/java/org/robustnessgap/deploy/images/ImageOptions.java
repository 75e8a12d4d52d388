package org.robustnessgap.deploy.images;

import java.nio.file.Path;
import org.robustnessgap.messages.InvalidInputException;
import picocli.CommandLine.Option;

/** The options of every command that reads images. */
public final class ImageOptions {
  @Option(
      names = "--images",
      paramLabel = "FILE.u8",
      required = true,
      description =
          "Images, one byte a value, in the order in which the model takes them, without header.")
  private Path file;

  @Option(
      names = "--subtract",
      paramLabel = "S",
      defaultValue = "0",
      description =
          "The model takes (byte − S)/D; for [−1, 1] both are 127.5 (default: ${DEFAULT-VALUE}).")
  private double subtract;

  @Option(
      names = "--divide",
      paramLabel = "D",
      defaultValue = "255",
      description = "D, see --subtract (default: ${DEFAULT-VALUE}).")
  private double divide;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "1000",
      description = "At most so many images, from the first (default: ${DEFAULT-VALUE}).")
  private int samples;

  /**
   * @throws InvalidInputException if a number makes no sense
   */
  public void require() {
    if (!(divide > 0 && Double.isFinite(divide) && Double.isFinite(subtract))) {
      throw new InvalidInputException(
          "--divide must be a positive number and --subtract a number, for instance 255 and 0.");
    }
    if (samples < 1) {
      throw new InvalidInputException("--samples is " + samples + " but must be at least 1.");
    }
  }

  /** The file's name. */
  public String name() {
    return file.getFileName().toString();
  }

  /** The length of one step of a byte. */
  public double divide() {
    return divide;
  }

  /** What a byte becomes. */
  public double value(int unsigned) {
    return (unsigned - subtract) / divide;
  }

  /**
   * The images, as the model takes them, one after the other.
   *
   * @param size values of one image
   * @throws InvalidInputException if there is no such file or it holds no whole number of images
   */
  public float[] read(int size) {
    return ImageFile.read(file, size, samples, this);
  }
}
