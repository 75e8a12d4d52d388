package org.robustnessgap.onnx.integer;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.HashSet;
import java.util.List;
import java.util.ListIterator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.KnownValues;
import org.robustnessgap.onnx.graph.NodeContext;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Operator;
import org.robustnessgap.onnx.graph.Subgraphs;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * The integers between where an image becomes integers and where they become real numbers again:
 * those whose values count, not those that only choose, as an index does.
 */
final class IntegerRegion {
  /** They move the elements of their first input, or choose among them. */
  private static final Set<String> MOVING =
      Set.of(
          "DepthToSpace",
          "Expand",
          "Flatten",
          "Gather",
          "GatherElements",
          "GatherND",
          "Identity",
          "MaxPool",
          "ReduceMax",
          "ReduceMin",
          "Reshape",
          "Resize",
          "ReverseSequence",
          "Slice",
          "SpaceToDepth",
          "Split",
          "Squeeze",
          "Tile",
          "Transpose",
          "Unsqueeze");

  private static final Set<String> OF_ONE = Set.of("Abs", "Cast", "Neg", "ReduceSum", "Sign");

  private static final Set<String> OF_ALL =
      Set.of("Add", "Clip", "Concat", "Div", "Max", "Min", "Mod", "Mul", "Sub");

  /** They may read integers, and answer no number. */
  private static final Set<String> ASKING =
      Set.of("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Shape", "Size");

  private final OnnxModel model;
  private final boolean ofPixels;
  private final KnownValues known;
  private final Set<String> integers = new HashSet<>();
  private final Set<String> counting = new HashSet<>();

  /**
   * @param ofPixels whether the input of the model is a whole number, which a Cast at its begin
   *     takes for an integer
   */
  IntegerRegion(OnnxModel model, boolean ofPixels, KnownValues known) {
    this.model = model;
    this.ofPixels = ofPixels;
    this.known = known;
    findIntegers();
    findCounting();
  }

  /** Whether integers made of the image may become real numbers; cheap, says yes too often. */
  static boolean mayExist(OnnxModel model) {
    Set<String> ofImage = new HashSet<>(Set.of(model.inputs().get(0).name()));
    boolean found = false;
    for (NodeProto node : model.nodes()) {
      boolean asks = node.getOpType().equals("Shape") || node.getOpType().equals("Size");
      if (!asks && Subgraphs.reads(node).stream().anyMatch(ofImage::contains)) {
        ofImage.addAll(node.getOutputList());
        found |= isCast(node) && WholeNumbers.isInteger(type(node));
      }
    }
    return found;
  }

  private static boolean isCast(NodeProto node) {
    return node.getOpType().equals("Cast") && Operator.of(node).isStandard();
  }

  private static int type(NodeProto cast) {
    return (int) new Attributes(cast).integer("to", 0);
  }

  boolean isEmpty() {
    return counting.isEmpty();
  }

  /** Whether an integer is computed as a real number. */
  boolean has(String value) {
    return counting.contains(value);
  }

  /** Whether a node makes integers of real numbers. */
  boolean isEntry(NodeProto node) {
    return isCast(node)
        && WholeNumbers.isInteger(type(node))
        && (isPixels(node)
            || ValueShapes.FLOATING.contains(known.shapes().elementType(node.getInput(0))));
  }

  /** Whether a node makes integers of pixels that are whole numbers. */
  boolean isPixels(NodeProto node) {
    return isCast(node) && ofPixels && node.getInput(0).equals(model.inputs().get(0).name());
  }

  /** Whether a node makes real numbers of integers. */
  static boolean isExit(NodeProto node) {
    return isCast(node) && type(node) == DataType.FLOAT_VALUE;
  }

  private void findIntegers() {
    Set<String> ofImage = new HashSet<>(Set.of(model.inputs().get(0).name()));
    for (NodeProto node : model.nodes()) {
      if (Subgraphs.reads(node).stream().anyMatch(ofImage::contains)) {
        ofImage.addAll(node.getOutputList());
        if (isEntry(node) || computes(node)) {
          integers.addAll(node.getOutputList());
        } else if (ofPixels && node.getInputList().stream().anyMatch(integers::contains)) {
          requireNoArithmetic(node);
        }
      }
    }
  }

  private void requireNoArithmetic(NodeProto node) {
    if (!isCast(node) && !ASKING.contains(node.getOpType())) {
      throw new InvalidInputException(
          String.format(
              "The input %s of %s holds integers, and node %s computes with them; export the model with a float32 input.",
              model.inputs().get(0).name(), model.name(), NodeContext.describe(node)));
    }
  }

  private void findCounting() {
    ListIterator<NodeProto> backwards = model.nodes().listIterator(model.nodes().size());
    while (backwards.hasPrevious()) {
      NodeProto node = backwards.previous();
      if (isExit(node) || computes(node) && counting.contains(node.getOutput(0))) {
        for (int index : operands(node)) {
          if (index < node.getInputCount() && integers.contains(node.getInput(index))) {
            counting.add(node.getInput(index));
          }
        }
      }
    }
  }

  /** Whether a node computes integers from integers of the image, in a way that is known. */
  private boolean computes(NodeProto node) {
    boolean reads =
        operands(node).stream()
            .anyMatch(
                index -> index < node.getInputCount() && integers.contains(node.getInput(index)));
    if (!reads || !Operator.of(node).isStandard()) {
      return false;
    }
    boolean unsigned =
        WholeNumbers.isWideAndUnsigned(known.shapes().elementType(node.getOutput(0)));
    return switch (node.getOpType()) {
      case "Cast" -> WholeNumbers.isInteger(type(node));
      case "Neg", "Sub" -> !unsigned;
      case "BitShift" -> known.constant(node.getInput(1)).isPresent();
      case "BitwiseAnd" -> mask(node).isPresent();
      case "MaxPool" -> node.getOutputCount() == 1;
      case "Resize" -> new Attributes(node).text("mode", "nearest").equals("nearest");
      default -> true;
    };
  }

  /** Positions of the inputs whose elements a node computes with. */
  static List<Integer> operands(NodeProto node) {
    String operator = node.getOpType();
    if (OF_ALL.contains(operator)) {
      return IntStream.range(0, node.getInputCount()).boxed().toList();
    }
    return switch (operator) {
      case "Where" -> List.of(1, 2);
      case "Pad" -> List.of(0, 2);
      case "BitwiseAnd" -> List.of(0, 1);
      case "BitShift" -> List.of(0);
      default -> MOVING.contains(operator) || OF_ONE.contains(operator) ? List.of(0) : List.of();
    };
  }

  /** The constant of a BitwiseAnd, if it is ones in a row. */
  Optional<BitMask> mask(NodeProto node) {
    for (int index = 0; index < 2; index++) {
      Optional<TensorProto> constant = known.constant(node.getInput(index));
      if (constant.isPresent()) {
        return BitMask.of(constant.get());
      }
    }
    return Optional.empty();
  }
}
