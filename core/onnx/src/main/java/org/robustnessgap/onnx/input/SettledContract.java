package org.robustnessgap.onnx.input;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.ImageShape;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.ModelInput;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.PixelType;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.integer.WholeNumbers;

/**
 * An input contract for one model and one size of images: what it leaves to the shapes of both is
 * filled in, and they are known to fit.
 */
public final class SettledContract {
  private static final int COLOURS = 3;
  private static final PixelRange BYTES = new PixelRange(0, PixelSpace.LEVELS);

  private final String model;
  private final InputContract contract;
  private final OnnxModel.Value input;
  private final Layout from;
  private final Layout to;
  private final ImageShape pixels;
  private final ImageShape resized;
  private final ImageShape wanted;

  private SettledContract(
      String model,
      InputContract contract,
      OnnxModel.Value input,
      ImageShape plane,
      List<Long> image) {
    this.model = model;
    this.contract = contract;
    this.input = input;
    List<Long> stated =
        input.shape() == null ? List.of() : input.shape().subList(1, input.shape().size());
    from = layout(contract.pixels().layout(), image, Layout.NCHW);
    to = layout(contract.model().layout(), stated, from);
    ImageShape given = given(plane, image);
    ImageShape takes = shape(stated, to, "The input " + input.describe() + " of " + model);
    if (from == Layout.FLAT) {
      requirePlain();
    }
    // A flattened image tells no size.
    ImageShape shown = to == Layout.FLAT && from != to ? ImageShape.UNKNOWN : takes;
    long channels = channels(contract.pixels().colour(), given.channels(), shown.channels());
    boolean keepsSize = contract.resize() == null && contract.crop() == null;
    pixels =
        new ImageShape(channels, given.height(), given.width())
            .or(keepsSize ? shown : ImageShape.UNKNOWN);
    resized = afterResize();
    wanted = afterCrop(channels(contract.model().colour(), shown.channels(), channels));
    requireFit(takes);
  }

  /**
   * Settles a contract.
   *
   * @param model what messages call it
   * @param input of the model, as its file states it
   * @param size what the user says of images before anything is done to them: height and width, or
   *     their whole shape; null for nothing
   * @param image shape of one image in pixel space; empty if unknown
   * @throws InvalidInputException if the contract fits no such image or model
   */
  public static SettledContract of(
      String model,
      InputContract contract,
      OnnxModel.Value input,
      @Nullable List<Integer> size,
      List<Long> image) {
    if (size != null && size.size() == 2) {
      ImageShape plane = new ImageShape(-1, size.get(0), size.get(1));
      return new SettledContract(model, contract, input, plane, image);
    }
    List<Long> whole = size == null ? image : size.stream().map(Integer::longValue).toList();
    return new SettledContract(model, contract, input, ImageShape.UNKNOWN, whole);
  }

  private ImageShape given(ImageShape plane, List<Long> image) {
    ImageShape shown = shape(image, from, "Images of shape " + image);
    if (!shown.fits(plane)) {
      throw new InvalidInputException(
          String.format(
              "Images are %d×%d pixels, not %d×%d (--image-size); with an input contract that is their size before they are resized.",
              shown.height(), shown.width(), plane.height(), plane.width()));
    }
    return shown.or(plane);
  }

  private static Layout layout(@Nullable Layout stated, List<Long> shape, Layout otherwise) {
    return stated != null
        ? stated
        : shape.isEmpty() ? otherwise : ImageShape.layout(shape, otherwise);
  }

  private static ImageShape shape(List<Long> shape, Layout layout, String what) {
    if (shape.isEmpty()) {
      return ImageShape.UNKNOWN;
    }
    if (shape.size() != ImageShape.axes(layout)) {
      throw new InvalidInputException(
          String.format(
              "%s cannot be %s; state the right layout in the input contract.", what, layout));
    }
    return ImageShape.of(shape, layout);
  }

  private static long channels(@Nullable Colour stated, long known, long otherwise) {
    return known > 0 ? known : stated == null ? otherwise : channels(stated);
  }

  private static long channels(Colour colour) {
    return colour == Colour.GREY ? 1 : COLOURS;
  }

  private void requirePlain() {
    if (to != Layout.FLAT
        || contract.resize() != null
        || contract.crop() != null
        || contract.pixels().colour() != null
        || contract.model().colour() != null) {
      throw new InvalidInputException(
          model
              + " gets vectors, which have no rows, columns or colours; state the layout of the pixels, or only range, mean and standard deviation.");
    }
  }

  private ImageShape afterResize() {
    boolean known = pixels.height() > 0 && pixels.width() > 0;
    if (!known && (contract.resize() != null || contract.crop() != null)) {
      throw new InvalidInputException(
          "The size of images before they are resized or cropped for "
              + model
              + " is unknown; give it with --image-size HxW.");
    }
    if (contract.resize() == null) {
      return pixels;
    }
    List<Integer> size =
        contract.resize().of(Math.toIntExact(pixels.height()), Math.toIntExact(pixels.width()));
    return new ImageShape(pixels.channels(), size.get(0), size.get(1));
  }

  private ImageShape afterCrop(long channels) {
    List<Integer> crop = contract.crop();
    if (crop == null) {
      return new ImageShape(channels, resized.height(), resized.width());
    }
    int height = crop.get(0);
    int width = crop.get(crop.size() - 1);
    if (height > resized.height() || width > resized.width()) {
      throw new InvalidInputException(
          String.format(
              "The contract crops %d×%d pixels out of only %d×%d; resize to at least that, or crop less.",
              height, width, resized.height(), resized.width()));
    }
    return new ImageShape(channels, height, width);
  }

  private void requireFit(ImageShape takes) {
    boolean fits =
        to == Layout.FLAT && wanted.isKnown()
            ? takes.channels() < 0
                || takes.channels() == wanted.channels() * wanted.height() * wanted.width()
            : to == Layout.FLAT || wanted.fits(takes);
    if (!fits) {
      throw new InvalidInputException(
          String.format(
              "By the input contract %s gets images of shape %s, but its input is %s; resize or crop to its size, and state layout and colours of both.",
              model, wanted.in(to), input.describe()));
    }
    Colour own = pixelColour();
    Colour other = modelColour();
    if (own != null && pixels.channels() > 0 && channels(own) != pixels.channels()
        || other != null && wanted.channels() > 0 && channels(other) != wanted.channels()
        || own != other && (own == null || other == null)) {
      throw new InvalidInputException(
          String.format(
              "Images of %d channels cannot become the %d channels of %s; state the colours (RGB, BGR or grey) of both.",
              pixels.channels(), wanted.channels(), model));
    }
    requireCount(contract.model().mean(), "mean");
    requireCount(contract.model().std(), "standard deviation");
    if (contract.model().range() == null && input.elementType() == DataType.INT8_VALUE) {
      throw new InvalidInputException(
          "The input "
              + input.describe()
              + " takes signed bytes; state the model's range in the input contract, for instance -128 to 127.");
    }
  }

  private void requireCount(@Nullable List<Double> numbers, String what) {
    if (numbers != null
        && numbers.size() > 1
        && wanted.channels() > 0
        && numbers.size() != wanted.channels()) {
      throw new InvalidInputException(
          String.format(
              "The %s has %d numbers, but %s gets %d channels; give one number, or one a channel.",
              what, numbers.size(), model, wanted.channels()));
    }
  }

  InputContract contract() {
    return contract;
  }

  /** Layout of the pixels. */
  Layout from() {
    return from;
  }

  /** Layout of the model's input; vectors come from vectors, or are flattened NCHW. */
  public Layout to() {
    return to;
  }

  /** Size of an image in pixel space. */
  ImageShape pixels() {
    return pixels;
  }

  /** Size of an image before it is cropped. */
  ImageShape resized() {
    return resized;
  }

  /** Size of an image as the model gets it. */
  public ImageShape wanted() {
    return wanted;
  }

  /** Null for channels that are no colours. */
  @Nullable Colour pixelColour() {
    return colour(contract.pixels().colour(), pixels.channels());
  }

  /** Null for channels that are no colours. */
  @Nullable Colour modelColour() {
    return colour(contract.model().colour(), wanted.channels());
  }

  private static @Nullable Colour colour(@Nullable Colour stated, long channels) {
    return stated != null
        ? stated
        : channels == 1 ? Colour.GREY : channels == COLOURS ? Colour.RGB : null;
  }

  /** The values that the model takes, before mean and standard deviation. */
  PixelRange range() {
    ModelInput takes = contract.model();
    return takes.range() != null
        ? takes.range()
        : takesIntegers() || isRounded() ? BYTES : contract.pixels().range();
  }

  /**
   * The pixels of which the contract makes these values, rounding aside: from the blackest of any
   * channel to the whitest.
   *
   * @param atModel values at the model's input
   */
  PixelRange pixelsFor(PixelRange atModel) {
    PixelRange own = contract.pixels().range();
    PixelRange other = range();
    double factor = (other.upper() - other.lower()) / (own.upper() - own.lower());
    List<Double> mean = contract.model().mean() == null ? List.of(0.0) : contract.model().mean();
    List<Double> std = contract.model().std() == null ? List.of(1.0) : contract.model().std();
    double lower = Double.POSITIVE_INFINITY;
    double upper = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < Math.max(mean.size(), std.size()); i++) {
      double divisor = std.get(std.size() == 1 ? 0 : i);
      double offset = mean.get(mean.size() == 1 ? 0 : i) - other.lower();
      lower = Math.min(lower, (atModel.lower() * divisor + offset) / factor + own.lower());
      upper = Math.max(upper, (atModel.upper() * divisor + offset) / factor + own.lower());
    }
    return new PixelRange(lower, upper);
  }

  /** Whether the model is to get whole numbers. */
  boolean isRounded() {
    return contract.model().type() == null
        ? takesIntegers()
        : contract.model().type() == PixelType.UINT8;
  }

  /** What the model's type can hold; null for any number. */
  @Nullable PixelRange held() {
    if (WholeNumbers.wraps(input.elementType())) {
      WholeNumbers.IntegerRange range = WholeNumbers.range(input.elementType());
      return new PixelRange(range.low(), range.high());
    }
    return contract.model().type() == PixelType.UINT8 ? BYTES : null;
  }

  private boolean takesIntegers() {
    return WholeNumbers.isInteger(input.elementType());
  }
}
