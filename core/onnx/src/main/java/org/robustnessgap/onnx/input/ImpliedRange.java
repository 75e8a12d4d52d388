package org.robustnessgap.onnx.input;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.integer.WholeNumbers;

/**
 * The values between which pixels must lie if a classifier is to be of use.
 *
 * @param range black and white
 * @param because what says so, for people
 * @param remedy options that tell what the classifier wants; empty if it is told already
 */
public record ImpliedRange(PixelRange range, String because, String remedy) {
  public ImpliedRange {
    Objects.requireNonNull(range, "range is null");
    Objects.requireNonNull(because, "because is null");
    Objects.requireNonNull(remedy, "remedy is null");
  }

  private static final PixelRange UNIT = new PixelRange(0, 1);
  private static final PixelRange SIGNED = new PixelRange(-1, 1);
  private static final PixelRange LEVELS = new PixelRange(0, PixelSpace.LEVELS);

  /** What pixels usually are. */
  static final List<PixelRange> USUAL = List.of(UNIT, SIGNED, LEVELS);

  private static final MathContext DIGITS = new MathContext(4);

  /** Relative to a range's width: 255 and 256 are the same. */
  private static final double TOLERANCE = 0.01;

  /** Of a mean, where it may lie between black and white; data are neither. */
  private static final PixelRange MIDDLE = new PixelRange(0.04, 0.8);

  /**
   * Of a standard deviation, relative to the range's width. ImageNet has 0.23, MNIST 0.31; the same
   * images in [−1, 1] have twice as much, and must not be taken for images in [0, 1].
   */
  private static final PixelRange SPREAD = new PixelRange(0.1, 0.36);

  /**
   * What usual first nodes make of usual pixels. Half of the pixels in [−1, 1] are not among them:
   * halving says nothing of where pixels begin.
   */
  private static final List<Conversion> CONVERSIONS =
      List.of(
          new Conversion(LEVELS, UNIT),
          new Conversion(LEVELS, SIGNED),
          new Conversion(LEVELS, new PixelRange(-0.5, 0.5)),
          new Conversion(LEVELS, new PixelRange(-127.5, 127.5)),
          new Conversion(UNIT, SIGNED),
          new Conversion(UNIT, new PixelRange(-0.5, 0.5)),
          new Conversion(UNIT, LEVELS),
          new Conversion(UNIT, new PixelRange(-127.5, 127.5)),
          new Conversion(SIGNED, UNIT),
          new Conversion(SIGNED, LEVELS));

  private record Conversion(PixelRange from, PixelRange to) {}

  /**
   * The range that the first nodes of a model imply; empty if they do not say, or contradict each
   * other.
   */
  public static Optional<ImpliedRange> of(FirstNodes first) {
    int type = first.input().elementType();
    if (WholeNumbers.isInteger(type)) {
      List<Long> shape = first.input().shape();
      boolean ofPixels =
          type == DataType.UINT8_VALUE
              || type != DataType.INT8_VALUE && shape != null && shape.size() == 4;
      return ofPixels
          ? Optional.of(implied(LEVELS, "its input takes whole numbers"))
          : Optional.empty();
    }
    Reading reading = new Reading();
    for (FirstNode node : first.nodes()) {
      if (!node.tell(reading)) {
        break;
      }
    }
    return reading.contradictory ? Optional.empty() : Optional.ofNullable(reading.implied);
  }

  /**
   * What pixels must be: by the input contract, and by the first nodes behind it.
   *
   * @param stated as the file states it
   * @param contract null for none
   * @param size what the user says of images; null for nothing
   * @param image shape of one image in pixel space; empty if unknown
   */
  public static List<ImpliedRange> of(
      OnnxModel stated,
      @Nullable InputContract contract,
      @Nullable List<Integer> size,
      List<Long> image) {
    Optional<ImpliedRange> byNodes = of(FirstNodes.of(stated));
    if (contract == null) {
      return byNodes.stream().toList();
    }
    SettledContract settled =
        SettledContract.of(stated.name(), contract, stated.inputs().get(0), size, image);
    ImpliedRange declared =
        new ImpliedRange(contract.pixels().range(), "the input contract says so", "");
    return byNodes.map(range -> List.of(declared, range.behind(settled))).orElse(List.of(declared));
  }

  private static ImpliedRange implied(PixelRange range, String because) {
    return new ImpliedRange(range, because, "--model-range=" + option(range));
  }

  /** The same behind an input contract: what pixels must be for the model to get what it wants. */
  ImpliedRange behind(SettledContract contract) {
    return new ImpliedRange(
        contract.pixelsFor(range),
        because + ", and the input contract converts",
        remedy + ", without a mean and a deviation that the model applies itself");
  }

  /** As options are written, for instance {@code -1,1}. */
  public static String option(PixelRange range) {
    return number(range.lower()) + "," + number(range.upper());
  }

  /** For people, for instance {@code [0, 255]}. */
  public static String text(PixelRange range) {
    return "[" + number(range.lower()) + ", " + number(range.upper()) + "]";
  }

  private static String number(double value) {
    BigDecimal rounded = new BigDecimal(value).round(DIGITS);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  /** Follows pixels through the nodes. */
  private static final class Reading implements FirstNode.Reader {
    private final List<String> nodes = new ArrayList<>();
    private List<Double> slopes = List.of(1.0);
    private List<Double> offsets = List.of(0.0);
    private double lower = Double.NEGATIVE_INFINITY;
    private double upper = Double.POSITIVE_INFINITY;
    private boolean over;
    private boolean contradictory;
    private @Nullable ImpliedRange implied;

    @Override
    public boolean affine(FirstNode.Affine affine) {
      nodes.add(affine.node());
      compose(affine);
      return !over;
    }

    @Override
    public boolean statistics(FirstNode.Statistics statistics) {
      nodes.add(statistics.node());
      standardised(statistics.mean(), statistics.std());
      return false;
    }

    @Override
    public boolean limits(FirstNode.Limits limits) {
      limited(limits);
      return true;
    }

    @Override
    public boolean reversal(FirstNode.Reversal node) {
      slopes = reversed(slopes);
      offsets = reversed(offsets);
      return true;
    }

    @Override
    public boolean other(FirstNode node) {
      return true;
    }

    private void compose(FirstNode.Affine affine) {
      int count = Math.max(slopes.size(), affine.slopes().size());
      if (!fit(slopes, affine.slopes())) {
        over = true;
        return;
      }
      lower = Double.NEGATIVE_INFINITY;
      upper = Double.POSITIVE_INFINITY;
      List<Double> first = slopes;
      List<Double> shift = offsets;
      slopes = each(count, i -> at(affine.slopes(), i) * at(first, i));
      offsets = each(count, i -> at(affine.slopes(), i) * at(shift, i) + at(affine.offsets(), i));
      if (slopes.stream().anyMatch(slope -> slope < 0)) {
        return;
      }
      Optional<Conversion> conversion = CONVERSIONS.stream().filter(this::isDone).findFirst();
      if (conversion.isPresent()) {
        note(
            conversion.get().from(),
            text(conversion.get().from()) + " becomes " + text(conversion.get().to()));
      } else {
        standardised(each(count, i -> 0.0), each(count, i -> 1.0));
      }
    }

    private boolean isDone(Conversion conversion) {
      double slack = TOLERANCE * width(conversion.to());
      return IntStream.range(0, slopes.size())
          .allMatch(
              i ->
                  Math.abs(value(i, conversion.from().lower()) - conversion.to().lower()) <= slack
                      && Math.abs(value(i, conversion.from().upper()) - conversion.to().upper())
                          <= slack);
    }

    /** What has this mean and standard deviation now were pixels of others. */
    private void standardised(List<Double> mean, List<Double> std) {
      int count = Math.max(slopes.size(), mean.size());
      if (!fit(slopes, mean)) {
        return;
      }
      List<Double> means = each(count, i -> (at(mean, i) - at(offsets, i)) / at(slopes, i));
      List<Double> deviations = each(count, i -> at(std, i) / Math.abs(at(slopes, i)));
      for (PixelRange range : List.of(UNIT, LEVELS)) {
        double width = width(range);
        boolean centred = means.stream().allMatch(m -> within(MIDDLE, m / width));
        boolean subtracted = deviations.stream().allMatch(s -> s == 1) && range.equals(LEVELS);
        boolean spread = deviations.stream().allMatch(s -> within(SPREAD, s / width));
        if (centred && (spread || subtracted)) {
          note(
              range,
              String.format(
                  "%s is normalised by mean %s and deviation %s%s",
                  text(range),
                  numbers(means),
                  numbers(deviations),
                  ImageNet.isOf(means, deviations, width) ? ", those of ImageNet" : ""));
        }
      }
    }

    private void limited(FirstNode.Limits limits) {
      nodes.add(limits.node());
      lower = Math.max(lower, limits.lower());
      upper = Math.min(upper, limits.upper());
      double slope = slopes.get(0);
      double offset = offsets.get(0);
      boolean sameForAll =
          slopes.stream().allMatch(other -> other == slope)
              && offsets.stream().allMatch(other -> other == offset);
      boolean known = lower < upper && Double.isFinite(lower) && Double.isFinite(upper);
      if (!known || !sameForAll || slope < 0) {
        return;
      }
      PixelRange kept = new PixelRange((lower - offset) / slope, (upper - offset) / slope);
      USUAL.stream()
          .filter(range -> isNear(range, kept))
          .findFirst()
          .ifPresent(range -> note(range, "what is outside " + text(range) + " is cut off"));
    }

    private void note(PixelRange range, String what) {
      contradictory |= implied != null && !implied.range().equals(range);
      implied = ImpliedRange.implied(range, String.join(", ", nodes) + ": " + what);
    }

    private double value(int channel, double pixel) {
      return slopes.get(channel) * pixel + offsets.get(channel);
    }
  }

  private static boolean isNear(PixelRange one, PixelRange other) {
    double slack = TOLERANCE * width(one);
    return Math.abs(one.lower() - other.lower()) <= slack
        && Math.abs(one.upper() - other.upper()) <= slack;
  }

  private static List<Double> each(int count, IntFunction<Double> number) {
    return IntStream.range(0, count).mapToObj(number).toList();
  }

  /** Whether both speak of as many channels. */
  private static boolean fit(List<Double> one, List<Double> other) {
    return one.size() == 1 || other.size() == 1 || one.size() == other.size();
  }

  private static double at(List<Double> numbers, int channel) {
    return numbers.get(numbers.size() == 1 ? 0 : channel);
  }

  private static List<Double> reversed(List<Double> numbers) {
    List<Double> reversed = new ArrayList<>(numbers);
    Collections.reverse(reversed);
    return reversed;
  }

  private static String numbers(List<Double> numbers) {
    return numbers.stream().map(ImpliedRange::number).collect(Collectors.joining(", "));
  }

  private static double width(PixelRange range) {
    return range.upper() - range.lower();
  }

  private static boolean within(PixelRange range, double value) {
    return value >= range.lower() && value <= range.upper();
  }
}
