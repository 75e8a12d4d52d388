package org.robustnessgap.onnx.batch;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Operators that join values or take parts of them. */
final class BatchParts {
  private BatchParts() {}

  /** Constants beside the rows, as tokens of a class, are repeated for each. */
  static void concat(BatchNode node) {
    BatchPlace place = node.place(node.first());
    if (BatchNode.axis(node.attributes().integer("axis", 0), node.output().length)
        == place.axis()) {
      throw node.lost("it adds images to a batch");
    }
    node.emit(allBeside(node, place), place);
  }

  /** With each input as many times as there are rows. */
  private static NodeProto allBeside(BatchNode node, BatchPlace place) {
    long inner = place.extent(node.shape(node.first()), node.batch()) / place.outer();
    NodeProto.Builder changed = node.node().toBuilder();
    for (int index = 0; index < node.inputs(); index++) {
      changed.setInput(index, node.beside(index, place.axis(), place.outer(), inner, false));
    }
    return changed.build();
  }

  static void split(BatchNode node) {
    int rank = node.shape(0).length;
    if (BatchNode.axis(node.attributes().integer("axis", 0), rank) == node.place(0).axis()) {
      throw node.lost("it takes the images of a batch apart");
    }
    node.emit(node.place(0));
  }

  /** Of the axis of the rows nothing is said. */
  static void slice(BatchNode node) {
    if (node.batched().length > 1 || !node.isBatched(0)) {
      throw node.lost("what it takes depends on the image");
    }
    BatchPlace place = node.place(0);
    long[] shape = node.shape(0);
    long[] starts = node.integers(1, "list of starts");
    long[] ends = node.integers(2, "list of ends");
    long[] axes =
        node.hasInput(3)
            ? node.integers(3, "list of axes")
            : LongStream.range(0, starts.length).toArray();
    long[] ones = new long[starts.length];
    Arrays.fill(ones, 1);
    long[] steps = node.hasInput(4) ? node.integers(4, "list of steps") : ones;
    int[] others =
        IntStream.range(0, axes.length)
            .filter(i -> BatchNode.axis(axes[i], shape.length) != place.axis())
            .toArray();
    if (node.output()[place.axis()] != shape[place.axis()]
        || IntStream.range(0, axes.length)
            .anyMatch(i -> BatchNode.axis(axes[i], shape.length) == place.axis() && steps[i] < 0)) {
      throw node.lost("it takes some images of a batch only");
    }
    if (others.length == axes.length) {
      node.emit(place);
      return;
    }
    NodeProto.Builder changed = node.node().toBuilder().clearInput().addInput(node.input(0));
    if (others.length == 0) {
      node.emit(changed.setOpType("Identity").build(), place);
      return;
    }
    for (long[] all : List.of(starts, ends, axes, steps)) {
      changed.addInput(node.longs(IntStream.of(others).mapToLong(i -> all[i]).toArray()));
    }
    node.emit(changed.build(), place);
  }

  static void gather(BatchNode node) {
    if (node.batched().length > 1) {
      throw node.lost("which of the images it takes depends on them");
    }
    long along = node.attributes().integer("axis", 0);
    int rank = node.shape(0).length;
    int axis = BatchNode.axis(along, rank);
    if (node.isBatched(1)) {
      node.emit(node.place(1).at(node.place(1).axis() + axis));
      return;
    }
    BatchPlace place = node.place(0);
    if (axis != place.axis()) {
      int more = node.shape(1).length - 1;
      node.emit(axis < place.axis() ? place.at(place.axis() + more) : place);
      return;
    }
    // Some exporters write a reshape as a choice of every element.
    long[] indices = node.integers(1, "choice");
    for (int i = 0; i < indices.length; i++) {
      indices[i] = BatchNode.axis(indices[i], (int) node.shape(0)[axis]);
    }
    if (!Arrays.equals(indices, LongStream.range(0, node.shape(0)[axis]).toArray())) {
      throw node.lost("it takes some images of a batch only");
    }
    BatchMoves.reshape(node);
  }

  /** Indices, and what is put there, have an element for each of the output. */
  static void elements(BatchNode node) {
    BatchPlace place = node.place(node.first());
    int rank = node.output().length;
    if (BatchNode.axis(node.attributes().integer("axis", 0), rank) == place.axis()) {
      throw node.lost("it takes elements of one image for another");
    }
    node.emit(allBeside(node, place), place);
  }

  static void gatherNd(BatchNode node) {
    long[] indices = node.shape(1);
    int indexed = (int) indices[indices.length - 1];
    BatchPlace place = node.isBatched(0) ? node.place(0) : null;
    BatchPlace first = node.place(node.first());
    if (first.axis() < node.attributes().integer("batch_dims", 0)) {
      node.emit(allBeside(node, first), first);
      return;
    }
    if (place == null
        || node.batched().length > 1
        || node.attributes().integer("batch_dims", 0) != 0
        || place.axis() < indexed) {
      throw node.lost("it takes elements of one image for another");
    }
    node.emit(place.at(place.axis() - indexed + indices.length - 1));
  }
}
