package org.robustnessgap.onnx.lowering;

import java.util.List;
import java.util.stream.LongStream;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.Tensors;

/**
 * Rotary position embedding: pairs of the features of each head are turned by angles that depend on
 * the token's position.
 */
final class LoweredRotation {
  private final LoweringContext node;
  private final boolean joined;

  private LoweredRotation(LoweringContext node) {
    this.node = node;
    this.joined = node.shape(node.input(0)).length == 3;
  }

  /** Inputs x, cos, sin and positions; without those the angles are each token's own. */
  static boolean standard(LoweringContext node) {
    String cos = node.input(1);
    String sin = node.input(2);
    LoweredRotation rotation = new LoweredRotation(node);
    if (node.hasInput(3)) {
      rotation.rotate(
          rotation.chosen(cos, node.input(3)), rotation.chosen(sin, node.input(3)), cos);
    } else {
      rotation.rotate(cos, sin, cos);
    }
    return true;
  }

  /** Inputs x, positions, cos and sin. One position is that of the first token. */
  static boolean microsoft(LoweringContext node) {
    if (node.attributes().integer("is_packed_batching", 0) != 0
        || node.attributes().real("scale", 1) != 1) {
      throw node.refused("it packs its batch or scales what it turns; export it without");
    }
    LoweredRotation rotation = new LoweredRotation(node);
    String positions = node.input(1);
    if (node.shape(positions).length == 1) {
      long first = Tensors.integers(node.constant(1, "position"))[0];
      int tokens = node.fixed(node.input(0), rotation.joined ? 1 : 2, "number of tokens");
      long[] all = LongStream.range(first, first + tokens).toArray();
      // One row of them, for all samples.
      positions =
          node.emit("Unsqueeze", List.of(node.builder().longs(all), node.builder().longs(0)));
    }
    String cos = node.input(2);
    rotation.rotate(
        rotation.chosen(cos, positions), rotation.chosen(node.input(3), positions), cos);
    return true;
  }

  private String chosen(String table, String positions) {
    return node.emit("Gather", List.of(table, positions), Attributes.of("axis", 0L));
  }

  /**
   * @param cos [n or 1, tokens, pairs], as sin
   * @param table has as many columns as there are pairs
   */
  private void rotate(String cos, String sin, String table) {
    String x = node.input(0);
    long pairs = node.fixed(table, -1, "number of pairs");
    long width = node.fixed(x, -1, "width");
    long stated = node.attributes().integer("num_heads", 0);
    long heads = !joined ? 1 : stated > 0 ? stated : width / (2 * pairs);
    long size = width / heads;
    String apart = joined ? reshaped(x, 0, 0, heads, size) : x;
    String turned = size > 2 * pairs ? part(apart, 3, 0, 2 * pairs) : apart;
    String all = turned(turned, cos, sin, pairs);
    if (size > 2 * pairs) {
      all =
          node.emit(
              "Concat", List.of(all, part(apart, 3, 2 * pairs, size)), Attributes.of("axis", 3L));
    }
    node.replace(0, joined ? reshaped(all, 0, 0, width) : all);
  }

  /** (a, b) becomes (a cos − b sin, b cos + a sin); pairs are neighbours, or halves apart. */
  private String turned(String x, String cos, String sin, long pairs) {
    boolean neighbours = node.attributes().integer("interleaved", 0) != 0;
    int axis = neighbours ? 4 : 3;
    String paired = neighbours ? reshaped(x, 0, 0, 0, pairs, 2) : reshaped(x, 0, 0, 0, 2, pairs);
    String beside = node.builder().longs(joined ? 2 : 1, axis);
    String c = node.emit("Unsqueeze", List.of(cos, beside));
    String s = node.emit("Unsqueeze", List.of(sin, beside));
    String a = part(paired, axis, 0, 1);
    String b = part(paired, axis, 1, 2);
    String first = node.sub(node.mul(a, c), node.mul(b, s));
    String second = node.add(node.mul(b, c), node.mul(a, s));
    String both = node.emit("Concat", List.of(first, second), Attributes.of("axis", (long) axis));
    return reshaped(both, 0, 0, 0, 2 * pairs);
  }

  private String reshaped(String value, long... shape) {
    return node.emit("Reshape", List.of(value, node.builder().longs(shape)));
  }

  private String part(String value, long axis, long from, long to) {
    return node.emit(
        "Slice",
        List.of(
            value,
            node.builder().longs(from),
            node.builder().longs(to),
            node.builder().longs(axis)));
  }
}
