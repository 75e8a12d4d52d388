package org.robustnessgap.onnx.adjoint;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.graph.ValueShapes;

/** Rules of operators that sum up, or pick from, the elements along some axes. */
final class ReductionRules {
  private ReductionRules() {}

  static void sum(AdjointContext node) {
    node.contribute(0, expanded(node, ReducedAxes.of(node).kept(node.cotangent())));
  }

  static void mean(AdjointContext node) {
    ReducedAxes axes = ReducedAxes.of(node);
    String share = node.div(axes.kept(node.cotangent()), node.number(axes.count()));
    node.contribute(0, expanded(node, share));
  }

  /** Of Max and Min: equal extremes share the gradient evenly. */
  static void extreme(AdjointContext node) {
    contributeToExtremes(node, ReducedAxes.of(node));
  }

  static void globalMaxPool(AdjointContext node) {
    int rank = node.shape(node.input(0)).length;
    contributeToExtremes(node, new ReducedAxes(node, LongStream.range(2, rank).toArray(), true));
  }

  private static void contributeToExtremes(AdjointContext node, ReducedAxes axes) {
    String reached = node.indicator("Equal", node.input(0), axes.kept(node.output()));
    String share = node.div(axes.kept(node.cotangent()), axes.sum(reached));
    node.contribute(0, node.mul(reached, share));
  }

  /** v · sign(x). */
  static void l1(AdjointContext node) {
    String sign = node.unary("Sign", node.input(0));
    node.contribute(0, node.mul(sign, ReducedAxes.of(node).kept(node.cotangent())));
  }

  /** v · x/y; 0 where y is. */
  static void l2(AdjointContext node) {
    ReducedAxes axes = ReducedAxes.of(node);
    String norm = axes.kept(node.output());
    // Where the norm is 0, so is x: the indicator only keeps 0/0 away.
    String divisor = node.add(norm, node.indicator("Equal", norm, node.number(0)));
    node.contribute(0, node.mul(node.input(0), node.div(axes.kept(node.cotangent()), divisor)));
  }

  static void sumOfSquares(AdjointContext node) {
    String twice = node.mul(node.number(2), node.input(0));
    node.contribute(0, node.mul(twice, ReducedAxes.of(node).kept(node.cotangent())));
  }

  /** y = log Σx: v · e⁻ʸ. */
  static void logSum(AdjointContext node) {
    ReducedAxes axes = ReducedAxes.of(node);
    String inverse = node.unary("Exp", node.unary("Neg", axes.kept(node.output())));
    node.contribute(0, expanded(node, node.mul(axes.kept(node.cotangent()), inverse)));
  }

  /** y = log Σeˣ: v · eˣ⁻ʸ. */
  static void logSumExp(AdjointContext node) {
    ReducedAxes axes = ReducedAxes.of(node);
    String share = node.unary("Exp", node.sub(node.input(0), axes.kept(node.output())));
    node.contribute(0, node.mul(share, axes.kept(node.cotangent())));
  }

  private static String expanded(AdjointContext node, String value) {
    return node.emit("Expand", List.of(value, node.unary("Shape", node.input(0))));
  }

  /** The axes of the input that a node reduces, from 0; none where it acts on each element. */
  private record ReducedAxes(AdjointContext node, long[] axes, boolean keepsThem) {
    static ReducedAxes of(AdjointContext node) {
      long[] shape = node.shape(node.input(0));
      long[] stated =
          node.hasInput(1) ? Tensors.integers(node.constant(1, "list of axes")) : new long[0];
      boolean all = stated.length == 0 && node.attributes().integer("noop_with_empty_axes", 0) == 0;
      // The runtime takes an axis that is stated twice as one.
      long[] axes =
          all
              ? LongStream.range(0, shape.length).toArray()
              : Arrays.stream(stated)
                  .map(axis -> axis < 0 ? axis + shape.length : axis)
                  .distinct()
                  .toArray();
      if (Arrays.stream(axes).anyMatch(axis -> shape[(int) axis] == ValueShapes.BATCH)) {
        throw node.refused(
            all
                ? "it states no axes and so reduces all, the batch among them; export the model with axes"
                : "it reduces the batch");
      }
      return new ReducedAxes(node, axes, node.attributes().integer("keepdims", 1) != 0);
    }

    /** A value of the output's shape, with the reduced axes back as 1. */
    String kept(String value) {
      return keepsThem || axes.length == 0
          ? value
          : node.emit("Unsqueeze", List.of(value, node.builder().longs(axes)));
    }

    /** Without axes each element is a sum of its own. */
    String sum(String value) {
      return axes.length == 0
          ? value
          : node.emit("ReduceSum", List.of(value, node.builder().longs(axes)));
    }

    /** How many elements of the input make one of the output. */
    long count() {
      long[] shape = node.shape(node.input(0));
      return Arrays.stream(axes).map(axis -> shape[(int) axis]).reduce(1, (a, b) -> a * b);
    }
  }
}
