package org.robustnessgap.engine.nd4j;

import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** softmax(s Q Kᵀ + M) V, each head by itself. */
final class AttentionKernel {
  /** Where a key is masked; infinity would leave no number in a row that is masked throughout. */
  private static final float MASKED = -1e30f;

  private AttentionKernel() {}

  static INDArray attention(NodeRun node) {
    if (node.attributes().real("softcap", 0) != 0
        || IntStream.of(4, 5, 6).anyMatch(node::hasInput)) {
      throw node.refused("it caps its scores or goes on from a past");
    }
    INDArray x = node.input(0);
    boolean joined = x.rank() == 3;
    long queryHeads = joined ? node.attributes().integer("q_num_heads", 1) : x.size(1);
    long keyHeads = joined ? node.attributes().integer("kv_num_heads", 1) : node.input(1).size(1);
    INDArray q = heads(node, x, queryHeads);
    INDArray k = repeated(node, heads(node, node.input(1), keyHeads), queryHeads);
    INDArray v = repeated(node, heads(node, node.input(2), keyHeads), queryHeads);
    float scale = node.attributes().real("scale", (float) (1 / Math.sqrt(q.size(3))));
    INDArray turned = node.dense(k.permute(0, 1, 3, 2));
    INDArray scores = masked(node, LinearKernels.product(node, q, turned).muli(scale));
    INDArray rows = node.reshaped(scores, scores.length() / scores.size(3), scores.size(3));
    INDArray weights =
        node.reshaped(node.exec("softmax", new long[] {1}, new double[0], rows), scores.shape());
    if (node.hasInput(3)) {
      // A query to which every key is masked attends to none.
      weights.muli(node.castTo(node.own(scores.gt(MASKED / 2)), DataType.FLOAT));
    }
    INDArray y = LinearKernels.product(node, weights, v);
    return joined
        ? node.reshaped(
            node.dense(y.permute(0, 2, 1, 3)), x.size(0), x.size(1), queryHeads * y.size(3))
        : y;
  }

  private static INDArray masked(NodeRun node, INDArray scores) {
    INDArray masked = scores;
    if (node.hasInput(3)) {
      INDArray mask = node.input(3);
      if (mask.dataType() == DataType.BOOL) {
        mask = node.own(node.castTo(mask, DataType.FLOAT).rsub(1)).muli(MASKED);
      } else {
        mask =
            ElementwiseKernels.broadcast(
                node, "maximum", mask, node.number(DataType.FLOAT, MASKED));
      }
      masked = ElementwiseKernels.broadcast(node, "add", masked, mask);
    }
    if (node.attributes().integer("is_causal", 0) != 0) {
      int columns = (int) scores.size(3);
      float[] past = new float[(int) scores.size(2) * columns];
      for (int i = 0; i < past.length; i++) {
        past[i] = i % columns <= i / columns ? 0 : MASKED;
      }
      INDArray future = node.own(HostMemory.of(past, scores.size(2), columns));
      masked = ElementwiseKernels.broadcast(node, "add", masked, future);
    }
    return masked;
  }

  /** [n, rows, heads · size] as [n, heads, rows, size]; what has its heads apart as it is. */
  private static INDArray heads(NodeRun node, INDArray x, long count) {
    if (x.rank() == 4) {
      return x;
    }
    if (count < 1 || x.rank() != 3 || x.size(2) % count != 0) {
      throw node.refused(count + " heads do not divide it");
    }
    INDArray apart = node.reshaped(x, x.size(0), x.size(1), count, x.size(2) / count);
    return node.dense(apart.permute(0, 2, 1, 3));
  }

  /** Several heads of queries may share one of keys and values. */
  private static INDArray repeated(NodeRun node, INDArray x, long heads) {
    if (x.size(1) == heads) {
      return x;
    }
    if (heads % x.size(1) != 0) {
      throw node.refused(heads + " heads do not share " + x.size(1));
    }
    int share = (int) (heads / x.size(1));
    return MovementKernels.taken(
        node, x, 1, IntStream.range(0, (int) heads).map(head -> head / share).toArray());
  }
}
