package org.robustnessgap.onnx.adjoint;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * Rules of quantization. Its true gradient is 0 wherever it exists; these pass it straight through
 * the rounding, and stop it where values saturate (the straight-through estimator of Bengio,
 * Léonard and Courville 2013).
 */
final class QuantizationRules {
  /** Operators that take quantized numbers as they take others. */
  private static final Set<String> PASSING =
      Set.of(
          "Concat",
          "DepthToSpace",
          "Expand",
          "Flatten",
          "Gather",
          "Identity",
          "MaxPool",
          "Pad",
          "Reshape",
          "Slice",
          "SpaceToDepth",
          "Split",
          "Squeeze",
          "Transpose",
          "Unsqueeze");

  private record QuantizedRange(double low, double high) {}

  private static final Map<Integer, QuantizedRange> RANGES =
      Map.of(
          DataType.UINT8_VALUE, new QuantizedRange(0, 255),
          DataType.INT8_VALUE, new QuantizedRange(-128, 127),
          DataType.UINT16_VALUE, new QuantizedRange(0, 65535),
          DataType.INT16_VALUE, new QuantizedRange(-32768, 32767),
          DataType.UINT4_VALUE, new QuantizedRange(0, 15),
          DataType.INT4_VALUE, new QuantizedRange(-8, 7));

  private QuantizationRules() {}

  /** Whether the gradient of a node is an estimate by these rules. */
  static boolean isStraightThrough(NodeProto node) {
    return node.getOpType().equals("QuantizeLinear");
  }

  /** Whether a node may read or write quantized numbers. */
  static boolean takes(NodeProto node) {
    return PASSING.contains(node.getOpType())
        || node.getOpType().equals("Shape")
        || node.getOpType().equals("QuantizeLinear")
        || node.getOpType().equals("DequantizeLinear");
  }

  /** Integers that stand for real numbers. */
  static Set<String> quantizedValues(OnnxModel model) {
    Set<String> quantized = new HashSet<>();
    for (NodeProto node : model.nodes()) {
      if (isStraightThrough(node)
          || PASSING.contains(node.getOpType())
              && node.getInputList().stream().anyMatch(quantized::contains)) {
        quantized.addAll(
            node.getOpType().equals("MaxPool")
                ? node.getOutputList().subList(0, 1)
                : node.getOutputList());
      }
    }
    return quantized;
  }

  /** q = saturate(round(x/s) + z): v/s where it does not saturate. */
  static void quantize(AdjointContext node) {
    QuantizedRange range = RANGES.get(node.elementType(node.output()));
    if (range == null) {
      throw node.refused("it quantizes to floating-point numbers");
    }
    String scale = perAxis(node, node.input(1));
    String level = node.unary("Round", node.div(node.input(0), scale));
    if (node.hasInput(2)) {
      level = node.add(level, perAxis(node, node.asFloat(node.input(2))));
    }
    String inside =
        node.mul(
            node.indicator("GreaterOrEqual", level, node.number(range.low)),
            node.indicator("LessOrEqual", level, node.number(range.high)));
    node.contribute(0, node.mul(node.div(node.cotangent(), scale), inside));
  }

  /** x = (q − z) s: v s. */
  static void dequantize(AdjointContext node) {
    node.contribute(0, node.mul(node.cotangent(), perAxis(node, node.input(1))));
  }

  /** A single number, or one for each place along the axis. */
  private static String perAxis(AdjointContext node, String value) {
    if (node.attributes().integer("block_size", 0) != 0) {
      throw node.refused("it has a scale for each block; export it with one a channel");
    }
    int rank = node.shape(node.input(0)).length;
    if (Arrays.stream(node.shape(node.input(1))).reduce(1, (a, b) -> a * b) == 1) {
      return value;
    }
    long axis = node.attributes().integer("axis", 1);
    long[] shape = new long[rank];
    Arrays.fill(shape, 1);
    shape[(int) (axis < 0 ? axis + rank : axis)] = -1;
    return node.emit("Reshape", List.of(value, node.builder().longs(shape)));
  }
}
