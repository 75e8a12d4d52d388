package org.robustnessgap.worker.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.robustnessgap.messages.PixelRange;

/**
 * The bounds that a model puts on its input before it does anything else. Beyond them it sees
 * nothing, so no shortest perturbation of an image within leads there.
 */
final class FrontBounds {
  /** What changes neither the numbers nor how many there are. */
  private static final Set<String> REARRANGING =
      Set.of("Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze");

  private final OnnxModel model;
  private final Map<String, Integer> reads = new HashMap<>();
  private double lower = Double.NEGATIVE_INFINITY;
  private double upper = Double.POSITIVE_INFINITY;

  /** The value that was reached is scale · x + offset. */
  private double scale = 1;

  private double offset;

  private FrontBounds(OnnxModel model) {
    this.model = model;
    for (NodeProto node : model.nodes()) {
      Subgraphs.reads(node).forEach(value -> reads.merge(value, 1, Integer::sum));
    }
    reads.merge(model.output().name(), 1, Integer::sum);
    String value = model.input().name();
    for (NodeProto node : model.nodes()) {
      if (node.getInputList().contains(value)) {
        if (reads.get(value) > 1 || !follows(node, value)) {
          return;
        }
        value = node.getOutput(0);
      }
    }
  }

  /** Of a model with one input. */
  static FrontBounds of(OnnxModel model) {
    return new FrontBounds(model);
  }

  /** The range outside of which the model sees nothing; empty unless it is bounded both ways. */
  Optional<PixelRange> range() {
    return Double.isFinite(lower) && Double.isFinite(upper) && lower < upper
        ? Optional.of(new PixelRange(lower, upper))
        : Optional.empty();
  }

  private boolean follows(NodeProto node, String value) {
    if (REARRANGING.contains(node.getOpType())) {
      return node.getInput(0).equals(value);
    }
    if (node.getOpType().equals("Clip")) {
      return node.getInput(0).equals(value) && isClipped(node);
    }
    if (node.getInputCount() != 2) {
      return false;
    }
    boolean first = node.getInput(0).equals(value);
    Optional<Double> operand = number(node.getInput(first ? 1 : 0));
    return operand.isPresent() && isCombined(node, first, operand.get());
  }

  private boolean isClipped(NodeProto node) {
    List<String> bounds = node.getInputList().subList(1, node.getInputCount());
    for (int i = 0; i < bounds.size(); i++) {
      Optional<Double> bound = number(bounds.get(i));
      if (!bounds.get(i).isEmpty() && bound.isEmpty()) {
        return false;
      }
      if (bound.isPresent()) {
        bound(bound.get(), i == 0);
      }
    }
    return true;
  }

  private boolean isCombined(NodeProto node, boolean first, double operand) {
    switch (node.getOpType()) {
      case "Max", "Min" -> {
        bound(operand, node.getOpType().equals("Max"));
        return true;
      }
      case "Add" -> offset += operand;
      case "Sub" -> {
        offset -= operand;
        return first;
      }
      case "Mul" -> {
        scale *= operand;
        offset *= operand;
        return operand > 0;
      }
      case "Div" -> {
        scale /= operand;
        offset /= operand;
        return first && operand > 0;
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void bound(double value, boolean below) {
    double pixel = (value - offset) / scale;
    if (below) {
      lower = Math.max(lower, pixel);
    } else {
      upper = Math.min(upper, pixel);
    }
  }

  /** A constant of one element. */
  private Optional<Double> number(String value) {
    TensorProto constant = model.initializers().get(value);
    if (constant == null || constant.getDataType() != DataType.FLOAT_VALUE) {
      return Optional.empty();
    }
    float[] values = Tensors.values(constant);
    return values.length == 1 ? Optional.of((double) values[0]) : Optional.empty();
  }
}
