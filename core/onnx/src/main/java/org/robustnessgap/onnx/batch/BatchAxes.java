package org.robustnessgap.onnx.batch;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Arrays;

/** Operators on single elements, or on the elements along some axes: never along the batch. */
final class BatchAxes {
  private static final String MIXES = "it computes over the images of a batch together";

  private BatchAxes() {}

  static void elementwise(BatchNode node) {
    long[] out = node.output();
    NodeProto.Builder changed = node.node().toBuilder();
    BatchPlace place = broadcast(node, changed, out, out.length);
    node.emit(changed.build(), place);
  }

  /**
   * Brings all inputs to where their axes meet those of the output, counted from the last.
   *
   * @param axes how many leading axes are broadcast
   * @return where the output holds the rows
   */
  static BatchPlace broadcast(BatchNode node, NodeProto.Builder changed, long[] out, int axes) {
    int meet = -1;
    long extent = 0;
    long outer = 1;
    for (int index : node.batched()) {
      long[] shape = node.shape(index);
      BatchPlace place = node.place(index);
      int axis = place.axis() + out.length - shape.length;
      if (meet >= 0 && axis != meet) {
        throw node.lost("its inputs hold the images along different axes");
      }
      meet = axis;
      if (place.extent(shape, node.batch()) > extent) {
        extent = place.extent(shape, node.batch());
        outer = place.outer();
      }
    }
    if (meet < 0 || meet >= axes) {
      throw node.lost(MIXES);
    }
    // Beside a single row, a longer constant makes the axis longer.
    long inner = Math.max(extent, out[meet] / node.batch()) / outer;
    for (int index = 0; index < node.inputs(); index++) {
      if (node.hasInput(index)) {
        int axis = meet - out.length + node.shape(index).length;
        changed.setInput(index, node.beside(index, axis, outer, inner, true));
      }
    }
    return new BatchPlace(meet, outer);
  }

  /** The first axis of the first input holds the rows, and so does that of the output. */
  static void firstAxis(BatchNode node) {
    int[] batched = node.batched();
    if (batched[0] != 0 || batched.length > 1) {
      throw node.lost("its weights depend on the image");
    }
    if (node.place(0).axis() != 0) {
      throw node.lost("it takes the images of a batch for channels of one");
    }
    node.emit(node.place(0));
  }

  static void allByImage(BatchNode node) {
    int first = node.first();
    BatchPlace place = node.place(first);
    long extent = place.extent(node.shape(first), node.batch());
    NodeProto.Builder changed = node.node().toBuilder();
    int rank = node.shape(first).length;
    for (int index = 0; index < node.inputs(); index++) {
      // A mask may be the same for all, and have fewer axes.
      boolean isForAll = node.hasInput(index) && node.shape(index).length < rank;
      if (node.hasInput(index) && (node.isBatched(index) || !isForAll)) {
        boolean isRow = node.shape(index)[0] == 1 && node.batch() > 1;
        changed.setInput(
            index, node.beside(index, 0, place.outer(), extent / place.outer(), isRow));
      }
    }
    node.emit(changed.build(), place.at(0));
  }

  /** On the elements along one axis. */
  static void along(BatchNode node, long axis) {
    requireNot(node, axis);
    node.emit(node.place(0));
  }

  private static void requireNot(BatchNode node, long... axes) {
    int rank = node.shape(0).length;
    if (!node.isBatched(0) || node.batched().length > 1) {
      throw node.lost("its parameters depend on the image");
    }
    for (long axis : axes) {
      if (BatchNode.axis(axis, rank) == node.place(0).axis()) {
        throw node.lost(MIXES);
      }
    }
  }

  /** On the elements along one axis and all after it. */
  static void fromAxis(BatchNode node) {
    int rank = node.shape(0).length;
    int from = BatchNode.axis(node.attributes().integer("axis", -1), rank);
    requireNot(node);
    if (node.place(0).axis() >= from) {
      throw node.lost(MIXES);
    }
    node.emit(node.place(0));
  }

  static void reduction(BatchNode node) {
    int rank = node.shape(0).length;
    long[] axes =
        node.hasInput(1)
            ? node.integers(1, "list of axes")
            : node.attributes().integers("axes", 0, 0);
    if (axes.length == 0 && node.attributes().integer("noop_with_empty_axes", 0) == 0) {
      axes = new long[rank];
      Arrays.setAll(axes, axis -> axis);
    }
    reduced(node, axes);
  }

  static void arg(BatchNode node) {
    reduced(node, node.attributes().integer("axis", 0));
  }

  private static void reduced(BatchNode node, long... axes) {
    requireNot(node, axes);
    BatchPlace place = node.place(0);
    int rank = node.shape(0).length;
    boolean keeps = node.attributes().integer("keepdims", 1) != 0;
    long dropped =
        Arrays.stream(axes).filter(axis -> BatchNode.axis(axis, rank) < place.axis()).count();
    node.emit(keeps ? place : place.at(place.axis() - (int) dropped));
  }

  /** On matrices in the last two axes. */
  static void matrices(BatchNode node) {
    requireNot(node, -1, -2);
    node.emit(node.place(0));
  }

  /** Scales are of all elements, or of the elements along an axis. */
  static void quantization(BatchNode node) {
    boolean isByAxis = node.shape(1).length > 0 && node.output().length > 0;
    if (isByAxis && Arrays.stream(node.shape(1)).anyMatch(size -> size > 1)) {
      requireNot(node, node.attributes().integer("axis", 1));
    } else {
      requireNot(node);
    }
    node.emit(node.place(0));
  }
}
