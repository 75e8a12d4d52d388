package org.robustnessgap.worker.onnx;

import java.util.List;
import java.util.stream.LongStream;

/** Rules of operators that sum up, or pick from, the elements along some axes. */
final class ReductionRules {
  private ReductionRules() {}

  static void sum(AdjointContext node) {
    node.contribute(0, expanded(node, Axes.of(node).kept(node.cotangent())));
  }

  static void mean(AdjointContext node) {
    Axes axes = Axes.of(node);
    String share = node.div(axes.kept(node.cotangent()), node.number(axes.count()));
    node.contribute(0, expanded(node, share));
  }

  /** Of Max and Min: equal extremes share the gradient evenly. */
  static void extreme(AdjointContext node) {
    contributeToExtremes(node, Axes.of(node));
  }

  static void globalMaxPool(AdjointContext node) {
    int rank = node.shape(node.input(0)).length;
    contributeToExtremes(node, new Axes(node, LongStream.range(2, rank).toArray(), true));
  }

  private static void contributeToExtremes(AdjointContext node, Axes axes) {
    String reached = node.indicator("Equal", node.input(0), axes.kept(node.output()));
    String share = node.div(axes.kept(node.cotangent()), axes.sum(reached));
    node.contribute(0, node.mul(reached, share));
  }

  /** v · sign(x). */
  static void l1(AdjointContext node) {
    String sign = node.unary("Sign", node.input(0));
    node.contribute(0, node.mul(sign, Axes.of(node).kept(node.cotangent())));
  }

  /** v · x/y; 0 where y is. */
  static void l2(AdjointContext node) {
    Axes axes = Axes.of(node);
    String norm = axes.kept(node.output());
    // Where the norm is 0, so is x: the indicator only keeps 0/0 away.
    String divisor = node.add(norm, node.indicator("Equal", norm, node.number(0)));
    node.contribute(0, node.mul(node.input(0), node.div(axes.kept(node.cotangent()), divisor)));
  }

  static void sumOfSquares(AdjointContext node) {
    String twice = node.mul(node.number(2), node.input(0));
    node.contribute(0, node.mul(twice, Axes.of(node).kept(node.cotangent())));
  }

  /** y = log Σx: v · e⁻ʸ. */
  static void logSum(AdjointContext node) {
    Axes axes = Axes.of(node);
    String inverse = node.unary("Exp", node.unary("Neg", axes.kept(node.output())));
    node.contribute(0, expanded(node, node.mul(axes.kept(node.cotangent()), inverse)));
  }

  /** y = log Σeˣ: v · eˣ⁻ʸ. */
  static void logSumExp(AdjointContext node) {
    Axes axes = Axes.of(node);
    String share = node.unary("Exp", node.sub(node.input(0), axes.kept(node.output())));
    node.contribute(0, node.mul(share, axes.kept(node.cotangent())));
  }

  private static String expanded(AdjointContext node, String value) {
    return node.emit("Expand", List.of(value, node.unary("Shape", node.input(0))));
  }

  /** The axes of the input that a node reduces. */
  private record Axes(AdjointContext node, long[] axes, boolean keepsThem) {
    static Axes of(AdjointContext node) {
      long[] axes = LongStream.range(0, node.shape(node.input(0)).length).toArray();
      if (node.hasInput(1)) {
        axes = Tensors.integers(node.constant(1, "list of axes"));
      } else if (node.attributes().integer("noop_with_empty_axes", 0) != 0) {
        throw node.refused("it reduces no axis; export the model without it");
      }
      return new Axes(node, axes, node.attributes().integer("keepdims", 1) != 0);
    }

    /** A value of the output's shape, with the reduced axes back as 1. */
    String kept(String value) {
      return keepsThem || axes.length == 0
          ? value
          : node.emit("Unsqueeze", List.of(value, node.builder().longs(axes)));
    }

    String sum(String value) {
      return node.emit("ReduceSum", List.of(value, node.builder().longs(axes)));
    }

    /** How many elements of the input make one of the output. */
    long count() {
      long[] shape = node.shape(node.input(0));
      long count = 1;
      for (long axis : axes) {
        long size = shape[(int) (axis < 0 ? axis + shape.length : axis)];
        if (size == ValueShapes.BATCH) {
          throw node.refused("it takes a mean over the batch");
        }
        count *= size;
      }
      return count;
    }
  }
}
