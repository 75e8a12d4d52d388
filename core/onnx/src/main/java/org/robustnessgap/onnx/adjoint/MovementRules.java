package org.robustnessgap.onnx.adjoint;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.graph.ValueShapes;

/** Rules of operators whose outputs are elements of their inputs, moved, repeated or left out. */
final class MovementRules {
  private MovementRules() {}

  /**
   * Any such operator: applied to the positions of the input's elements, it tells where each output
   * came from, and its gradient goes back there. Works whatever the attributes; operators on the
   * way of many models have faster rules.
   */
  static void byPosition(AdjointContext node) {
    List<String> inputs = new ArrayList<>();
    for (int index = 0; index < node.inputs(); index++) {
      inputs.add(node.input(index));
    }
    byPosition(node, inputs);
  }

  private static void byPosition(AdjointContext node, List<String> inputs) {
    inputs.set(0, node.reshapedLike(positions(node), node.input(0)));
    node.contribute(0, scattered(node, node.again(inputs)));
  }

  /** 0, 1, … to the number of elements of the first input. */
  private static String positions(AdjointContext node) {
    return node.emit(
        "Range",
        List.of(
            node.builder().longScalar(0),
            node.unary("Size", node.input(0)),
            node.builder().longScalar(1)));
  }

  /**
   * The gradient of the first input, when each element of the output stems from the element of the
   * input with this row-major position.
   */
  static String scattered(AdjointContext node, String positions) {
    String flat = node.builder().longs(-1);
    String size = node.emit("Reshape", List.of(node.unary("Size", node.input(0)), flat));
    String sum =
        node.emit(
            "ScatterElements",
            List.of(
                node.emit("ConstantOfShape", List.of(size)),
                node.emit("Reshape", List.of(positions, flat)),
                node.emit("Reshape", List.of(node.cotangent(), flat))),
            Attributes.of("axis", 0L),
            Attributes.of("reduction", "add"));
    return node.reshapedLike(sum, node.input(0));
  }

  /** Each input gets its part of the gradient. */
  static void concat(AdjointContext node) {
    int axis = axis(node.attributes().integer("axis", 0), node.shape(node.output()).length);
    long start = 0;
    for (int index = 0; index < node.inputs(); index++) {
      long size = node.shape(node.input(index))[axis];
      if (size == ValueShapes.BATCH) {
        throw node.refused("it joins batches");
      }
      if (node.active(index)) {
        node.contribute(index, slice(node, node.cotangent(), axis, start, start + size));
      }
      start += size;
    }
  }

  private static String slice(AdjointContext node, String value, int axis, long from, long to) {
    return node.emit(
        "Slice",
        List.of(
            value,
            node.builder().longs(from),
            node.builder().longs(to),
            node.builder().longs(axis)));
  }

  /** The parts' gradients side by side; 0 for parts that nothing reads. */
  static void split(AdjointContext node) {
    List<String> parts = new ArrayList<>();
    for (int output = 0; output < node.outputs(); output++) {
      String part = node.output(output);
      parts.add(node.cotangentIfAny(output).orElseGet(() -> node.zerosLike(part)));
    }
    long axis = node.attributes().integer("axis", 0);
    node.contribute(0, node.emit("Concat", parts, Attributes.of("axis", axis)));
  }

  /** Without strides the gradient is padded back to size; else element by element. */
  static void slice(AdjointContext node) {
    long[] in = node.shape(node.input(0));
    long[] out = node.shape(node.output());
    long[] pads = new long[2 * in.length];
    if (node.constantIfAny(1).isEmpty() || !unitSteps(node)) {
      byPosition(node);
      return;
    }
    long[] starts = Tensors.integers(node.constant(1, "start"));
    for (int i = 0; i < starts.length; i++) {
      int axis =
          node.hasInput(3)
              ? axis(Tensors.integers(node.constant(3, "list of axes"))[i], in.length)
              : i;
      if (in[axis] == ValueShapes.BATCH) {
        byPosition(node);
        return;
      }
      long start =
          Math.min(Math.max(starts[i] < 0 ? starts[i] + in[axis] : starts[i], 0), in[axis]);
      pads[axis] = start;
      pads[axis + in.length] = in[axis] - start - out[axis];
    }
    node.contribute(0, node.emit("Pad", List.of(node.cotangent(), node.builder().longs(pads))));
  }

  private static boolean unitSteps(AdjointContext node) {
    if (node.hasInput(3) && node.constantIfAny(3).isEmpty()) {
      return false;
    }
    return !node.hasInput(4)
        || node.constantIfAny(4)
            .map(Tensors::integers)
            .filter(steps -> Arrays.stream(steps).allMatch(step -> step == 1))
            .isPresent();
  }

  /** Padding back undoes padding, and negative pads cut. What is reflected gets it by position. */
  static void pad(AdjointContext node) {
    List<String> inputs = new ArrayList<>(List.of(node.cotangent(), node.input(1)));
    if (node.hasInput(3)) {
      // Nothing for the value, then the axes.
      inputs.addAll(List.of("", node.input(3)));
    }
    if (node.attributes().text("mode", "constant").equals("constant")) {
      inputs.set(1, node.unary("Neg", node.input(1)));
      node.contribute(0, node.emit("Pad", inputs));
    } else {
      byPosition(node, inputs);
    }
  }

  /** Repeats along axes of length 1. */
  static void expand(AdjointContext node) {
    node.contributeBroadcast(0, node.cotangent());
  }

  static void depthToSpace(AdjointContext node) {
    long block = node.attributes().integer("blocksize", 1);
    if (node.attributes().text("mode", "DCR").equals("DCR")) {
      node.contribute(
          0,
          node.emit("SpaceToDepth", List.of(node.cotangent()), Attributes.of("blocksize", block)));
      return;
    }
    long[] in = node.shape(node.input(0));
    // SpaceToDepth knows no such order: [n, c, h, b, w, b] becomes [n, c, b, b, h, w].
    String blocks =
        node.emit(
            "Reshape",
            List.of(
                node.cotangent(),
                node.builder().longs(-1, in[1] / (block * block), in[2], block, in[3], block)));
    String moved =
        node.emit(
            "Transpose", List.of(blocks), Attributes.of("perm", new long[] {0, 1, 3, 5, 2, 4}));
    node.contribute(0, node.reshapedLike(moved, node.input(0)));
  }

  static void spaceToDepth(AdjointContext node) {
    node.contribute(
        0,
        node.emit(
            "DepthToSpace",
            List.of(node.cotangent()),
            Attributes.of("blocksize", node.attributes().integer("blocksize", 1))));
  }

  /** The largest elements get the gradient of the places they were taken to. */
  static void topK(AdjointContext node) {
    node.contribute(
        0,
        node.emit(
            "ScatterElements",
            List.of(node.zerosLike(node.input(0)), node.additionalOutput(1), node.cotangent()),
            Attributes.of("axis", node.attributes().integer("axis", -1))));
  }

  /** What was overwritten has no gradient; the updates get theirs from where they were put. */
  static void scatterElements(AdjointContext node) {
    scatter(node, "GatherElements", Attributes.of("axis", node.attributes().integer("axis", 0)));
  }

  static void scatterNd(AdjointContext node) {
    scatter(node, "GatherND");
  }

  private static void scatter(AdjointContext node, String gather, AttributeProto... attributes) {
    String reduction = node.attributes().text("reduction", "none");
    if (!reduction.equals("none") && !reduction.equals("add")) {
      throw node.refused("it combines by '" + reduction + "'; export it with none or add");
    }
    if (node.active(0)) {
      String zeros = node.zerosLike(node.input(2));
      node.contribute(
          0,
          reduction.equals("add")
              ? node.cotangent()
              : node.again(List.of(node.cotangent(), node.input(1), zeros)));
    }
    if (node.active(2)) {
      node.contribute(2, node.emit(gather, List.of(node.cotangent(), node.input(1)), attributes));
    }
  }

  /** A triangle of the gradient: of the same side, with the same offset. */
  static void triangle(AdjointContext node) {
    List<String> inputs = new ArrayList<>(List.of(node.cotangent()));
    if (node.hasInput(1)) {
      inputs.add(node.input(1));
    }
    node.contribute(0, node.again(inputs));
  }

  /** Sums from the other end. */
  static void cumulativeSum(AdjointContext node) {
    node.contribute(
        0,
        node.emit(
            "CumSum",
            List.of(node.cotangent(), node.input(1)),
            Attributes.of("exclusive", node.attributes().integer("exclusive", 0)),
            Attributes.of("reverse", 1 - node.attributes().integer("reverse", 0))));
  }

  private static int axis(long axis, int rank) {
    return (int) (axis < 0 ? axis + rank : axis);
  }
}
