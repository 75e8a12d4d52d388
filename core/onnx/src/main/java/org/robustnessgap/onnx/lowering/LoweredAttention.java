package org.robustnessgap.onnx.lowering;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import org.robustnessgap.onnx.graph.Attributes;

/**
 * Attention that goes on from a past, caps or bounds its scores, or hands out more than its result:
 * Y = P V for P = softmax(c tanh(s Q Kᵀ / c) + M), each head by itself.
 */
final class LoweredAttention {
  private static final int MASK = 3;
  private static final int PAST_KEYS = 4;
  private static final int PAST_VALUES = 5;
  private static final int COUNTS = 6;

  /** What the last output holds, by the node's mode. */
  private static final int RAW = 0;

  private static final int CAPPED = 1;
  private static final int MASKED = 2;

  /** Added to what is not attended; infinity less infinity would be no number. */
  private static final float NEVER = -1e30f;

  private final LoweringContext node;
  private final boolean joined;
  private final long queryHeads;
  private final long keyHeads;

  private LoweredAttention(LoweringContext node) {
    this.node = node;
    this.joined = node.shape(node.input(0)).length == 3;
    this.queryHeads = joined ? node.attributes().integer("q_num_heads", 1) : heads(node.input(0));
    this.keyHeads = joined ? node.attributes().integer("kv_num_heads", 1) : heads(node.input(1));
  }

  private long heads(String value) {
    return node.fixed(value, 1, "number of heads");
  }

  static boolean attention(LoweringContext node) {
    if (node.hasInput(COUNTS)) {
      throw node.refused("it is told how many keys count for each sample; export it with a mask");
    }
    boolean isPlain =
        node.attributes().real("softcap", 0) == 0
            && window(node, "left") < 0
            && window(node, "right") < 0
            && !node.hasInput(PAST_KEYS)
            && !node.isUsed(1)
            && !node.isUsed(2)
            && !node.isUsed(3);
    if (isPlain) {
      return false;
    }
    new LoweredAttention(node).lower();
    return true;
  }

  private static long window(LoweringContext node, String side) {
    return node.attributes().integer(side + "_window_size", -1);
  }

  private void lower() {
    String q = apart(node.input(0), queryHeads);
    String keys = after(PAST_KEYS, apart(node.input(1), keyHeads));
    String values = after(PAST_VALUES, apart(node.input(2), keyHeads));
    node.replace(1, keys);
    node.replace(2, values);

    int last = node.shape(node.input(0)).length - 1;
    long width = node.fixed(node.input(0), last, "width") / (joined ? queryHeads : 1);
    double scale = node.attributes().real("scale", (float) (1 / Math.sqrt((double) width)));
    String turned = transposed(repeated(keys, 1), 0, 1, 3, 2);
    String raw = node.mul(node.emit("MatMul", List.of(q, turned)), node.number(scale));
    String capped = capped(raw);
    String masked = bounded(masked(capped));
    String softmax = node.unary("Softmax", masked);
    String weights = masked.equals(capped) ? softmax : attended(softmax, masked);
    String y = node.emit("MatMul", List.of(weights, repeated(values, 2)));
    node.replace(0, joined ? together(y) : y);
    long mode = node.attributes().integer("qk_matmul_output_mode", RAW);
    node.replace(
        3, mode == RAW ? raw : mode == CAPPED ? capped : mode == MASKED ? masked : weights);
  }

  /** [n, rows, heads · size] as [n, heads, rows, size]. */
  private String apart(String value, long count) {
    return joined
        ? transposed(
            node.emit("Reshape", List.of(value, node.builder().longs(0, 0, count, -1))), 0, 2, 1, 3)
        : value;
  }

  private String together(String value) {
    return node.emit(
        "Reshape", List.of(transposed(value, 0, 2, 1, 3), node.builder().longs(0, 0, -1)));
  }

  private String transposed(String value, long... axes) {
    return node.emit("Transpose", List.of(value), Attributes.of("perm", axes));
  }

  private String after(int past, String value) {
    return node.hasInput(past)
        ? node.emit("Concat", List.of(node.input(past), value), Attributes.of("axis", 2L))
        : value;
  }

  /**
   * Several heads of queries may share one of keys and values.
   *
   * @param input that has the size of a head last
   */
  private String repeated(String value, int input) {
    if (queryHeads == keyHeads) {
      return value;
    }
    String beside = node.emit("Unsqueeze", List.of(value, node.builder().longs(2)));
    String times = node.builder().longs(1, 1, queryHeads / keyHeads, 1, 1);
    String many = node.emit("Expand", List.of(beside, times));
    int last = node.shape(node.input(input)).length - 1;
    long size = node.fixed(node.input(input), last, "width") / (joined ? keyHeads : 1);
    return node.emit("Reshape", List.of(many, node.builder().longs(0, queryHeads, -1, size)));
  }

  private String capped(String scores) {
    float cap = node.attributes().real("softcap", 0);
    if (cap == 0) {
      return scores;
    }
    String part = node.mul(scores, node.number(1.0 / cap));
    return node.mul(node.unary("Tanh", part), node.number(cap));
  }

  private String masked(String scores) {
    if (!node.hasInput(MASK)) {
      return scores;
    }
    String mask = node.input(MASK);
    return node.elementType(mask) == DataType.BOOL_VALUE
        ? node.emit("Where", List.of(mask, scores, node.number(NEVER)))
        : node.add(scores, node.emit("Max", List.of(mask, node.number(NEVER))));
  }

  /** A query to which every key is masked attends to none. */
  private String attended(String weights, String masked) {
    String counts = node.emit("Greater", List.of(masked, node.number(NEVER / 2)));
    return node.emit("Where", List.of(counts, weights, node.number(0)));
  }

  /** Which keys a query may see by its place, counted from the start of the past. */
  private String bounded(String scores) {
    boolean causal = node.attributes().integer("is_causal", 0) != 0;
    long left = window(node, "left");
    long right = window(node, "right");
    if (!causal && left < 0 && right < 0) {
      return scores;
    }
    int axis = joined ? 1 : 2;
    int past = node.hasInput(PAST_KEYS) ? node.fixed(node.input(PAST_KEYS), 2, "past") : 0;
    int rows = node.fixed(node.input(0), axis, "number of queries");
    int columns = past + node.fixed(node.input(1), axis, "number of keys");
    float[] bias = new float[rows * columns];
    for (int i = 0; i < bias.length; i++) {
      int place = past + i / columns;
      int key = i % columns;
      boolean sees =
          (!causal || key <= place)
              && (left < 0 || key >= place - left)
              && (right < 0 || key <= place + right);
      bias[i] = sees ? 0 : NEVER;
    }
    return node.add(scores, node.builder().floats(bias, rows, columns));
  }
}
