package org.robustnessgap.onnx.integer;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.adjoint.Steps;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.ConstantFolding;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.KnownValues;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.RandomRows;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * Computes integers that are made of an image, and become real numbers again, as real numbers: so
 * that a gradient can flow through. Casts and divisions become steps ({@link Steps}), overflow a
 * remainder. The numbers are the same as long as none exceeds 2²⁴, and are compared once.
 */
public final class IntegerArithmetic {
  /** The numbers of which random images are made: pixels of every integer type, or real ones. */
  private static final DoubleUnaryOperator WHOLE = fraction -> Math.floor(128 * fraction);

  private static final List<DoubleUnaryOperator> REAL =
      List.of(DoubleUnaryOperator.identity(), fraction -> 255 * fraction);

  private final OnnxModel model;
  private final KnownValues known;
  private final IntegerRegion region;
  private final GraphBuilder builder;
  private final Map<String, WholeNumbers> numbers = new HashMap<>();
  private int steps;

  private IntegerArithmetic(OnnxModel model, IntegerRegion region, KnownValues known) {
    this.model = model;
    this.region = region;
    this.known = known;
    this.builder = new GraphBuilder(model.unusedPrefix("whole/"));
  }

  /**
   * A model that computes the same, if it makes such integers; else as it is.
   *
   * @param ofPixels whether the image holds whole numbers, of which the model's first nodes make
   *     integers; then these become real numbers as they are
   * @throws InvalidInputException if it computes with pixels what real numbers cannot
   */
  public static OnnxModel real(OnnxModel given, boolean ofPixels, ValueShapes.Probe probe) {
    if (given.inputs().size() != 1 || !IntegerRegion.mayExist(given)) {
      return given;
    }
    OnnxModel folded = ConstantFolding.ofConstants(given, probe);
    KnownValues known = new KnownValues(folded, probe);
    IntegerRegion region = new IntegerRegion(folded, ofPixels, known);
    if (region.isEmpty()) {
      return given;
    }
    OnnxModel real = new IntegerArithmetic(folded, region, known).rewritten();
    for (DoubleUnaryOperator numbers : ofPixels ? List.of(WHOLE) : REAL) {
      if (!agree(given, real, numbers, probe)) {
        throw new InvalidInputException(
            given.name()
                + " computes other numbers once its integers are computed as real numbers; export it without integer arithmetic.");
      }
    }
    return real;
  }

  /** On random images; what is not finite says nothing. */
  private static boolean agree(
      OnnxModel given, OnnxModel real, DoubleUnaryOperator numbers, ValueShapes.Probe probe) {
    List<Long> shape = given.input().shape();
    if (shape == null || shape.isEmpty() || shape.stream().skip(1).anyMatch(size -> size < 0)) {
      // What its input lacks is said where it is run.
      return true;
    }
    int batch = shape.get(0) < 0 ? ValueShapes.SMALL_BATCH : Math.toIntExact(shape.get(0));
    RandomRows rows = new RandomRows(shape, batch, numbers, probe);
    int[] all = IntStream.range(0, batch).toArray();
    float[] expected = rows.whole(given, all);
    return !Float.isFinite(sum(expected)) || RandomRows.close(expected, rows.whole(real, all));
  }

  private static float sum(float[] values) {
    float sum = 0;
    for (float value : values) {
      sum += Math.abs(value);
    }
    return sum;
  }

  private OnnxModel rewritten() {
    for (NodeProto node : model.nodes()) {
      boolean counts = region.has(node.getOutput(0));
      if (counts && region.isEntry(node)) {
        hold(node, region.isPixels(node) ? pixels(node) : truncated(node));
        builder.nodes().add(node);
      } else if (counts) {
        compute(node);
      } else if (IntegerRegion.isExit(node) && numbers.containsKey(node.getInput(0))) {
        add("Identity", numbers.get(node.getInput(0)).real(), node.getOutput(0));
      } else {
        builder.nodes().add(node);
      }
    }
    return model.withNodes(builder.nodes(), builder.constants()).pruned();
  }

  private void hold(NodeProto node, WholeNumbers whole) {
    numbers.put(node.getOutput(0), whole);
  }

  private void add(String operator, String input, String output) {
    builder
        .nodes()
        .add(
            NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addInput(input)
                .addOutput(output)
                .build());
  }

  /** A pixel beyond what its type holds does not exist. */
  private WholeNumbers pixels(NodeProto node) {
    WholeNumbers.IntegerRange range = WholeNumbers.range(type(node));
    String pixels = node.getInput(0);
    String held =
        WholeNumbers.wraps(type(node))
            ? builder.emit("Clip", List.of(pixels, number(range.low()), number(range.high())))
            : pixels;
    return WholeNumbers.ofType(held, type(node));
  }

  private int type(NodeProto node) {
    return known.shapes().elementType(node.getOutput(0));
  }

  /** Towards 0, and what a narrow type cannot hold by its lowest bits, as processors do. */
  private WholeNumbers truncated(NodeProto node) {
    WholeNumbers.IntegerRange any = WholeNumbers.IntegerRange.UNKNOWN;
    WholeNumbers given = new WholeNumbers(node.getInput(0), type(node), any.low(), any.high());
    return wrapped(node, towardsZero(node, given));
  }

  /** The real numbers of a node, and integers of them for others that want integers. */
  private void compute(NodeProto node) {
    List<WholeNumbers> results =
        switch (node.getOpType()) {
          case "Add", "Sub", "Mul" -> List.of(wrapped(node, arithmetic(node)));
          case "Neg", "Abs", "Cast" -> List.of(wrapped(node, ofOne(node)));
          case "Div" -> List.of(wrapped(node, quotient(node)));
          case "Mod" -> List.of(remainder(node));
          case "BitShift" -> List.of(wrapped(node, shifted(node)));
          case "BitwiseAnd" -> List.of(masked(node));
          default -> again(node);
        };
    for (int index = 0; index < results.size(); index++) {
      String integers = node.getOutput(index);
      WholeNumbers whole = results.get(index);
      numbers.put(integers, whole);
      builder
          .nodes()
          .add(
              NodeProto.newBuilder()
                  .setOpType("Cast")
                  .setName(builder.fresh("integers"))
                  .addInput(whole.real())
                  .addOutput(integers)
                  .addAttribute(Attributes.of("to", (long) whole.elementType()))
                  .build());
    }
  }

  /** An operand as real numbers. */
  private WholeNumbers operand(NodeProto node, int index) {
    String value = node.getInput(index);
    if (numbers.containsKey(value)) {
      return numbers.get(value);
    }
    int type = known.shapes().elementType(value);
    String real =
        builder.emit("Cast", List.of(value), Attributes.of("to", (long) DataType.FLOAT_VALUE));
    Optional<TensorProto> constant = known.constant(value);
    if (constant.isEmpty()) {
      return WholeNumbers.ofType(real, type);
    }
    long[] values = Tensors.integers(constant.get());
    return new WholeNumbers(
        real, type, Arrays.stream(values).min().orElse(0), Arrays.stream(values).max().orElse(0));
  }

  /** The same operator on real numbers. */
  private List<WholeNumbers> again(NodeProto node) {
    NodeProto.Builder copy = node.toBuilder().clearOutput().clearName();
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int index : IntegerRegion.operands(node)) {
      if (index < node.getInputCount() && !node.getInput(index).isEmpty()) {
        WholeNumbers operand = operand(node, index);
        copy.setInput(index, operand.real());
        low = Math.min(low, operand.low());
        high = Math.max(high, operand.high());
      }
    }
    WholeNumbers.IntegerRange bounds =
        switch (node.getOpType()) {
          case "ReduceSum" -> WholeNumbers.range(type(node));
          // What is put beside the elements, or is found of their signs.
          case "Pad", "Sign" -> new WholeNumbers.IntegerRange(Math.min(low, -1), Math.max(high, 1));
          default -> new WholeNumbers.IntegerRange(low, high);
        };
    List<WholeNumbers> results =
        node.getOutputList().stream()
            .map(
                output ->
                    new WholeNumbers(
                        builder.fresh(node.getOpType()), type(node), bounds.low(), bounds.high()))
            .toList();
    results.forEach(result -> copy.addOutput(result.real()));
    builder.nodes().add(copy.setName(results.get(0).real()).build());
    return results;
  }

  private WholeNumbers arithmetic(NodeProto node) {
    WholeNumbers a = operand(node, 0);
    WholeNumbers b = operand(node, 1);
    double[] ends =
        switch (node.getOpType()) {
          case "Add" -> new double[] {a.low() + b.low(), a.high() + b.high()};
          case "Sub" -> new double[] {a.low() - b.high(), a.high() - b.low()};
          default ->
              new double[] {
                a.low() * b.low(), a.low() * b.high(), a.high() * b.low(), a.high() * b.high()
              };
        };
    return between(builder.emit(node.getOpType(), List.of(a.real(), b.real())), type(node), ends);
  }

  /** No end is known where one is no number. */
  private static WholeNumbers between(String real, int type, double... ends) {
    double low = Arrays.stream(ends).min().orElse(Double.NaN);
    double high = Arrays.stream(ends).max().orElse(Double.NaN);
    return Double.isNaN(low)
        ? new WholeNumbers(
            real,
            type,
            WholeNumbers.IntegerRange.UNKNOWN.low(),
            WholeNumbers.IntegerRange.UNKNOWN.high())
        : new WholeNumbers(real, type, low, high);
  }

  private WholeNumbers ofOne(NodeProto node) {
    WholeNumbers x = operand(node, 0);
    double most = Math.max(-x.low(), x.high());
    return switch (node.getOpType()) {
      case "Neg" ->
          between(builder.emit("Neg", List.of(x.real())), type(node), -x.high(), -x.low());
      case "Abs" -> between(builder.emit("Abs", List.of(x.real())), type(node), 0, most);
      default -> between(x.real(), type(node), x.low(), x.high());
    };
  }

  /** Of integers, towards 0: of less than 2²⁴, the quotient of real numbers rounds to no other. */
  private WholeNumbers quotient(NodeProto node) {
    WholeNumbers a = operand(node, 0);
    WholeNumbers b = operand(node, 1);
    String ratio = builder.emit("Div", List.of(a.real(), b.real()));
    double most = Math.max(-a.low(), a.high());
    double[] ends =
        b.low() > 0 || b.high() < 0
            ? new double[] {
              a.low() / b.low(), a.low() / b.high(), a.high() / b.low(), a.high() / b.high()
            }
            : new double[] {-most, most};
    return towardsZero(node, between(ratio, type(node), ends));
  }

  /** With the sign of the divisor, or with fmod of the dividend. */
  private WholeNumbers remainder(NodeProto node) {
    WholeNumbers a = operand(node, 0);
    WholeNumbers b = operand(node, 1);
    boolean negative = a.low() < 0 || b.low() < 0;
    String quotient = builder.emit("Div", List.of(a.real(), b.real()));
    WholeNumbers ratio = between(quotient, type(node), negative ? -1 : 0);
    boolean truncates = new Attributes(node).integer("fmod", 0) != 0;
    String whole = truncates ? towardsZero(node, ratio).real() : step(node, ratio.real());
    String rest =
        builder.emit("Sub", List.of(a.real(), builder.emit("Mul", List.of(whole, b.real()))));
    double most = Math.max(Math.abs(b.low()), Math.abs(b.high()));
    return between(rest, type(node), negative ? -most : 0, most);
  }

  /** Bits are constants. */
  private WholeNumbers shifted(NodeProto node) {
    WholeNumbers x = operand(node, 0);
    TensorProto bits = known.constant(node.getInput(1)).orElseThrow();
    boolean right = new Attributes(node).text("direction", "RIGHT").equals("RIGHT");
    long[] places = Tensors.integers(bits);
    float[] factors = new float[places.length];
    double largest = 0;
    for (int i = 0; i < factors.length; i++) {
      factors[i] = Math.scalb(1f, (int) (right ? -places[i] : places[i]));
      largest = Math.max(largest, factors[i]);
    }
    String factor = builder.floats(factors, Tensors.shape(bits));
    WholeNumbers scaled =
        between(builder.emit("Mul", List.of(x.real(), factor)), type(node), 0, x.high() * largest);
    return right ? towardsZero(node, scaled) : scaled;
  }

  /** x mod 2ᵗᵒ, less what is below 2ᶠʳᵒᵐ. */
  private WholeNumbers masked(NodeProto node) {
    BitMask mask = region.mask(node).orElseThrow();
    WholeNumbers x = operand(node, known.constant(node.getInput(0)).isPresent() ? 1 : 0);
    double span = Math.scalb(1.0, mask.to());
    WholeNumbers below =
        mask.to() >= BitMask.ALL || x.low() >= 0 && x.high() < span
            ? x
            : new WholeNumbers(modulo(node, x.real(), 0, span), type(node), 0, span - 1);
    if (mask.from() == 0) {
      return below;
    }
    double unit = Math.scalb(1.0, mask.from());
    String whole = step(node, builder.emit("Mul", List.of(below.real(), number(1 / unit))));
    return between(
        builder.emit("Mul", List.of(whole, number(unit))),
        type(node),
        below.low() < 0 ? below.low() - unit : 0,
        below.high());
  }

  /** The largest whole number that is not larger, named after the node it stands for. */
  private String step(NodeProto node, String value) {
    String of = node.getName().isEmpty() ? node.getOutput(0) : node.getName();
    String floor = builder.fresh("Floor");
    builder
        .nodes()
        .add(
            NodeProto.newBuilder()
                .setOpType("Floor")
                .setName(of + "/floor_" + steps++)
                .addInput(value)
                .addOutput(floor)
                .build());
    return floor;
  }

  /** By one step: a negative number that is not whole is one more than its floor. */
  private WholeNumbers towardsZero(NodeProto node, WholeNumbers x) {
    String floor = step(node, x.real());
    if (x.low() >= 0) {
      return new WholeNumbers(floor, x.elementType(), x.low(), x.high());
    }
    String negative = builder.emit("Less", List.of(x.real(), number(0)));
    String broken = builder.emit("Less", List.of(floor, x.real()));
    String both = builder.emit("And", List.of(negative, broken));
    String one =
        builder.emit("Cast", List.of(both), Attributes.of("to", (long) DataType.FLOAT_VALUE));
    return new WholeNumbers(
        builder.emit("Add", List.of(floor, one)), x.elementType(), x.low(), x.high());
  }

  /** What a narrow type keeps of a number. */
  private WholeNumbers wrapped(NodeProto node, WholeNumbers x) {
    WholeNumbers.IntegerRange range = WholeNumbers.range(x.elementType());
    return !WholeNumbers.wraps(x.elementType()) || x.isWithin(range)
        ? x
        : WholeNumbers.ofType(modulo(node, x.real(), range.low(), range.size()), x.elementType());
  }

  /** The number from low on, below low + span, that differs by a multiple of span, a power of 2. */
  private String modulo(NodeProto node, String value, double low, double span) {
    String above = builder.emit("Sub", List.of(value, number(low)));
    String turns = step(node, builder.emit("Mul", List.of(above, number(1 / span))));
    return builder.emit("Sub", List.of(value, builder.emit("Mul", List.of(turns, number(span)))));
  }

  private String number(double value) {
    return builder.scalar((float) value);
  }
}
