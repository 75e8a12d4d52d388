package org.robustnessgap.onnx.adjoint;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import org.robustnessgap.onnx.graph.Attributes;

/**
 * The rule of Attention: Y = P V for P = softmax(s Q Kᵀ + M). With cotangent v: dV = Pᵀ v, and for
 * A = v Vᵀ and D = P ⊙ (A − ⟨A, P⟩ along rows): dQ = s D K, dK = s Dᵀ Q. Each head by itself.
 */
final class AttentionRules {
  /** Where a key is masked; infinity would leave no number in a row that is masked throughout. */
  private static final float MASKED = -1e30f;

  private final AdjointContext node;
  private final long queryHeads;
  private final long keyHeads;

  private AttentionRules(AdjointContext node) {
    this.node = node;
    boolean joined = node.shape(node.input(0)).length == 3;
    this.queryHeads =
        joined ? node.attributes().integer("q_num_heads", 1) : node.shape(node.input(0))[1];
    this.keyHeads =
        joined ? node.attributes().integer("kv_num_heads", 1) : node.shape(node.input(1))[1];
  }

  static void attention(AdjointContext node) {
    if (node.attributes().real("softcap", 0) != 0 || node.hasInput(4) || node.hasInput(5)) {
      throw node.refused("it caps its scores or goes on from a past, and was not rewritten");
    }
    if (node.hasInput(6)) {
      throw node.refused(
          "it is told how many keys count (nonpad_kv_seqlen); export it with a mask");
    }
    new AttentionRules(node).differentiate();
  }

  private void differentiate() {
    String q = heads(node.input(0), queryHeads);
    String k = repeated(heads(node.input(1), keyHeads));
    String v = repeated(heads(node.input(2), keyHeads));
    String cotangent = heads(node.cotangent(), queryHeads);
    long[] query = node.shape(node.input(0));
    long size = query.length == 3 ? query[2] / queryHeads : query[3];
    String scale =
        node.number(node.attributes().real("scale", (float) (1 / Math.sqrt((double) size))));
    String scores = node.mul(scale, product(q, turned(k)));
    String masked = masked(scores, query);
    String softmax = node.unary("Softmax", masked);
    String weights = masked.equals(scores) ? softmax : unmasked(softmax, masked);

    String ofWeights = product(cotangent, turned(v));
    String along =
        node.emit("ReduceSum", List.of(node.mul(ofWeights, weights), node.builder().longs(-1)));
    String ofScores = node.mul(node.mul(weights, node.sub(ofWeights, along)), scale);
    if (node.active(0)) {
      node.contribute(0, joined(product(ofScores, k), 0));
    }
    if (node.active(1)) {
      node.contribute(1, joined(summed(product(turned(ofScores), q)), 1));
    }
    if (node.active(2)) {
      node.contribute(2, joined(summed(product(turned(weights), cotangent)), 2));
    }
  }

  private String masked(String scores, long[] query) {
    String masked = scores;
    if (node.hasInput(3)) {
      String mask = node.input(3);
      masked =
          node.elementType(mask) == DataType.BOOL_VALUE
              ? node.where(mask, masked, node.number(MASKED))
              : node.add(masked, mask);
    }
    if (node.attributes().integer("is_causal", 0) != 0) {
      long[] key = node.shape(node.input(1));
      int rows = node.side(query[query.length - 2]);
      int columns = node.side(key[key.length - 2]);
      float[] past = new float[rows * columns];
      for (int i = 0; i < past.length; i++) {
        past[i] = i % columns <= i / columns ? 0 : MASKED;
      }
      masked = node.add(masked, node.builder().floats(past, rows, columns));
    }
    return masked;
  }

  /** A query to which every key is masked attends to none: its weights are 0. */
  private String unmasked(String weights, String masked) {
    String counts = node.compare("Greater", masked, node.number(MASKED / 2));
    return node.where(counts, weights, node.number(0));
  }

  private String product(String a, String b) {
    return node.emit("MatMul", List.of(a, b));
  }

  private String turned(String matrices) {
    return node.emit(
        "Transpose", List.of(matrices), Attributes.of("perm", new long[] {0, 1, 3, 2}));
  }

  /** [n, rows, heads · size] as [n, heads, rows, size]; what has its heads apart as it is. */
  private String heads(String value, long count) {
    if (node.shape(node.input(0)).length == 4) {
      return value;
    }
    String apart = node.emit("Reshape", List.of(value, node.builder().longs(0, 0, count, -1)));
    return swapped(apart);
  }

  private String swapped(String value) {
    return node.emit("Transpose", List.of(value), Attributes.of("perm", new long[] {0, 2, 1, 3}));
  }

  private String joined(String gradient, int input) {
    return node.shape(node.input(0)).length == 4
        ? gradient
        : node.reshapedLike(swapped(gradient), node.input(input));
  }

  /** Several heads of queries may share one of keys and values. */
  private String repeated(String value) {
    if (queryHeads == keyHeads) {
      return value;
    }
    String apart = node.emit("Unsqueeze", List.of(value, node.builder().longs(2)));
    String times = node.builder().longs(1, 1, queryHeads / keyHeads, 1, 1);
    return merged(node.emit("Expand", List.of(apart, times)), queryHeads);
  }

  private String merged(String value, long count) {
    // The first axis is taken over, the two of the heads become one.
    String size = node.emit("Shape", List.of(value), Attributes.of("start", 3L));
    String shape =
        node.emit(
            "Concat", List.of(node.builder().longs(0, count), size), Attributes.of("axis", 0L));
    return node.emit("Reshape", List.of(value, shape));
  }

  private String summed(String gradient) {
    if (queryHeads == keyHeads) {
      return gradient;
    }
    String size = node.emit("Shape", List.of(gradient), Attributes.of("start", 2L));
    String shape =
        node.emit(
            "Concat",
            List.of(node.builder().longs(0, keyHeads, queryHeads / keyHeads), size),
            Attributes.of("axis", 0L));
    String apart = node.emit("Reshape", List.of(gradient, shape));
    return node.emit(
        "ReduceSum", List.of(apart, node.builder().longs(2)), Attributes.of("keepdims", 0L));
  }
}
