package org.robustnessgap.onnx.batch;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;

/** Products of matrices and tensors: sums over the batch are none of them. */
final class BatchProducts {
  private static final String SUMS = "it sums over the images of a batch";

  private BatchProducts() {}

  static void matMul(BatchNode node) {
    long[] a = node.shape(0);
    long[] b = node.shape(1);
    long[] out = node.output();
    if (a.length == 1 && node.isBatched(0) && !node.isBatched(1) && b.length == 2) {
      rowsOfOneVector(node, a, b);
      return;
    }
    int left = node.isBatched(0) ? node.place(0).axis() - a.length : 0;
    int right = node.isBatched(1) ? node.place(1).axis() - b.length : 0;
    if (left == -1 || right == (b.length == 1 ? -1 : -2)) {
      throw node.lost(SUMS);
    }
    if (left == -2 && right == 0) {
      node.emit(node.place(0).at(out.length - (b.length == 1 ? 1 : 2)));
    } else if (right == -1 && left == 0) {
      node.emit(node.place(1).at(out.length - 1));
    } else if (left == -2 || right == -1) {
      throw node.lost("it multiplies each image of a batch with each other one");
    } else {
      ofEachRow(node, a, b, out);
    }
  }

  /** Rows lie along axes before those of the matrices. */
  private static void ofEachRow(BatchNode node, long[] a, long[] b, long[] out) {
    if (a.length == 1 || b.length == 1) {
      int matrices = a.length == 1 ? 1 : 0;
      BatchPlace place = node.place(matrices);
      node.emit(place);
      return;
    }
    NodeProto.Builder changed = node.node().toBuilder();
    BatchPlace place = BatchAxes.broadcast(node, changed, out, out.length - 2);
    node.emit(changed.build(), place);
  }

  /** A batch of one without its axis. */
  private static void rowsOfOneVector(BatchNode node, long[] a, long[] b) {
    if (node.place(0).outer() != 1 || node.batch() != 1) {
      throw node.lost(SUMS);
    }
    String rows = node.emit("Reshape", List.of(node.input(0), node.longs(-1, a[0])));
    String product = node.emit("MatMul", List.of(rows, node.input(1)));
    node.emit(
        node.node().toBuilder()
            .setOpType("Reshape")
            .clearAttribute()
            .clearInput()
            .addInput(product)
            .addInput(node.longs(-1))
            .build(),
        BatchPlace.FIRST);
  }

  static void gemm(BatchNode node) {
    boolean transA = node.attributes().integer("transA", 0) != 0;
    boolean transB = node.attributes().integer("transB", 0) != 0;
    boolean left = node.isBatched(0);
    if (left && node.isBatched(1)) {
      throw node.lost("it multiplies each image of a batch with each other one");
    }
    if (!left && !node.isBatched(1)) {
      throw node.lost("only what it adds depends on the image");
    }
    BatchPlace place = node.place(left ? 0 : 1);
    if (place.axis() == (left ? (transA ? 0 : 1) : (transB ? 1 : 0))) {
      throw node.lost(SUMS);
    }
    BatchPlace to = place.at(left ? 0 : 1);
    NodeProto.Builder changed = node.node().toBuilder();
    if (node.hasInput(2)) {
      long[] out = node.output();
      long inner = out[to.axis()] / node.batch() / to.outer();
      int axis = to.axis() - out.length + node.shape(2).length;
      changed.setInput(2, node.beside(2, axis, to.outer(), inner, true));
    }
    node.emit(changed.build(), to);
  }

  /** The letter of the rows is in every operand that holds them, and in the output. */
  static void einsum(BatchNode node) {
    String equation = node.attributes().text("equation", "").replace(" ", "");
    String[] sides = equation.split("->", -1);
    if (sides.length != 2 || equation.contains(".")) {
      throw node.lost("its equation " + equation + " leaves out what becomes of each axis");
    }
    String[] operands = sides[0].split(",", -1);
    int first = node.first();
    BatchPlace place = node.place(first);
    char rows = operands[first].charAt(place.axis());
    int to = sides[1].indexOf(rows);
    if (to < 0) {
      throw node.lost(SUMS);
    }
    long extent = place.extent(node.shape(first), node.batch());
    List<String> inputs = new ArrayList<>();
    for (int index = 0; index < node.inputs(); index++) {
      int axis = operands[index].indexOf(rows);
      if (node.isBatched(index) && axis != node.place(index).axis()) {
        throw node.lost("it multiplies each image of a batch with each other one");
      }
      inputs.add(
          axis < 0
              ? node.input(index)
              : node.beside(index, axis, place.outer(), extent / place.outer(), false));
    }
    node.emit(node.node().toBuilder().clearInput().addAllInput(inputs).build(), place.at(to));
  }
}
