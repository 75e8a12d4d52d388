package org.robustnessgap.deploy.model;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.deploy.json.JsonFile;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.CropRounding;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.Interpolation;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.ModelInput;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.PixelType;
import org.robustnessgap.messages.Resize;
import picocli.CommandLine.Option;

/** What is done to images before a classifier gets them, on the command line. */
public final class ContractOptions {
  private static final Pattern SIZE = Pattern.compile("\\d{1,6}(x\\d{1,6})?");

  @Option(
      names = "--contract",
      paramLabel = "FILE.json",
      description =
          "What is done to images before the classifier gets them, instead of the options from here"
              + " to --std; docs/how-to/say-what-pixels-are.md explains.")
  private @Nullable Path file;

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      description = "Axes of the images: NCHW, NHWC, NHW or flat (default: told by their shape).")
  private @Nullable String layout;

  @Option(
      names = "--pixel-type",
      paramLabel = "TYPE",
      description =
          "float, or uint8: the classifier sees pixels rounded to 256 levels (default: float).")
  private @Nullable String pixelType;

  @Option(
      names = "--range",
      paramLabel = "LOW,HIGH",
      parameterConsumer = RangeOption.class,
      description =
          "Black and white in the images (default: 0,1, or 0,255 of uint8). No bounds: see"
              + " --pixel-range.")
  private @Nullable PixelRange range;

  @Option(
      names = "--colour",
      paramLabel = "ORDER",
      description = "Channels of the images: RGB, BGR or grey (default: by their number).")
  private @Nullable String colour;

  @Option(
      names = "--resize",
      paramLabel = "SIZE",
      description = "Resize to HxW, or the shorter side to a length, for instance 256.")
  private @Nullable String resize;

  @Option(
      names = "--interpolation",
      paramLabel = "KIND",
      description =
          "How to resize: bilinear, bicubic, catmull-rom or nearest (default: bilinear); what Keras calls"
              + " bicubic is catmull-rom.")
  private @Nullable String interpolation;

  @Option(
      names = "--no-antialias",
      description = "Resize without antialiasing, as Keras and OpenCV do; PIL and torchvision do.")
  private boolean noAntialias;

  @Option(
      names = "--crop",
      paramLabel = "SIZE",
      description = "Then cut HxW out of the middle, or a square of a side, for instance 224.")
  private @Nullable String crop;

  @Option(
      names = "--crop-rounding",
      paramLabel = "WAY",
      description =
          "Where the middle lies between pixels: even, as torchvision does, or down, as Keras does"
              + " (default: even).")
  private @Nullable String cropRounding;

  @Option(
      names = "--model-layout",
      paramLabel = "LAYOUT",
      description = "Axes of the classifier's input (default: told by its shape).")
  private @Nullable String modelLayout;

  @Option(
      names = "--model-type",
      paramLabel = "TYPE",
      description =
          "float, or uint8: the classifier takes whole numbers only (default: that of its input).")
  private @Nullable String modelType;

  @Option(
      names = "--model-range",
      paramLabel = "LOW,HIGH",
      parameterConsumer = RangeOption.class,
      description =
          "What black and white become (default: 0,255 for a classifier of integers, else as the"
              + " images have it).")
  private @Nullable PixelRange modelRange;

  @Option(
      names = "--model-colour",
      paramLabel = "ORDER",
      description = "Channels of the classifier's input (default: by their number, RGB).")
  private @Nullable String modelColour;

  @Option(
      names = "--mean",
      paramLabel = "M",
      parameterConsumer = NumbersOption.class,
      description =
          "Then subtracted: a number, or one for each of the classifier's channels, in their order.")
  private @Nullable List<Double> mean;

  @Option(
      names = "--std",
      paramLabel = "S",
      parameterConsumer = NumbersOption.class,
      description = "Then divided by, likewise.")
  private @Nullable List<Double> std;

  /**
   * What the command line says; null if nothing.
   *
   * @throws InvalidInputException if an option cannot be read, or the file holds no contract
   */
  public @Nullable InputContract contract() {
    boolean stated =
        noAntialias
            || Stream.of(
                    layout, pixelType, range, colour, resize, interpolation, crop, cropRounding)
                .anyMatch(Objects::nonNull)
            || Stream.of(modelLayout, modelType, modelRange, modelColour, mean, std)
                .anyMatch(Objects::nonNull);
    if (file != null) {
      if (stated) {
        throw new InvalidInputException(
            "--contract says all that is done to images; leave out the other options about them.");
      }
      return JsonFile.read(file, InputContract.class, "input contract");
    }
    return stated ? ofOptions() : null;
  }

  private InputContract ofOptions() {
    if (resize == null && (noAntialias || interpolation != null)) {
      throw new InvalidInputException(
          "--interpolation and --no-antialias say how to resize; give --resize too.");
    }
    return new InputContract(
        new PixelSpace(layout(layout), type(pixelType), range, colour(colour)),
        resize == null
            ? null
            : new Resize(
                size("--resize", resize),
                interpolation == null ? null : Interpolation.ofLabel(interpolation),
                !noAntialias),
        crop == null ? null : size("--crop", crop),
        cropRounding == null ? null : CropRounding.ofLabel(cropRounding),
        new ModelInput(
            layout(modelLayout), type(modelType), modelRange, mean, std, colour(modelColour)));
  }

  private static @Nullable Layout layout(@Nullable String label) {
    return label == null ? null : Layout.ofLabel(label);
  }

  private static @Nullable PixelType type(@Nullable String label) {
    return label == null ? null : PixelType.ofLabel(label);
  }

  private static @Nullable Colour colour(@Nullable String label) {
    return label == null ? null : Colour.ofLabel(label);
  }

  private static List<Integer> size(String option, String text) {
    if (!SIZE.matcher(text.strip()).matches()) {
      throw new InvalidInputException(
          option + " '" + text + "' is no size; write HxW, for instance 224x224, or one number.");
    }
    return Arrays.stream(text.strip().split("x")).map(Integer::valueOf).toList();
  }
}
