package org.robustnessgap.onnx.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.robustnessgap.onnx.graph.Attributes;

/** Operators that bring whole values into another shape, or repeat them. */
final class BatchMoves {
  private BatchMoves() {}

  static void reshape(BatchNode node) {
    List<BatchPlace> places = places(node);
    node.reshape(node.choose(places), node.output());
  }

  private static List<BatchPlace> places(BatchNode node) {
    int first = node.first();
    if (first != 0) {
      throw node.lost("its shape depends on the image");
    }
    List<BatchPlace> places = node.place(0).reshaped(node.shape(0), node.output(), node.batch());
    if (places.isEmpty()) {
      throw node.lost(
          String.format(
              "it reshapes %s to %s, which lays the images of a batch across each other",
              Arrays.toString(node.shape(0)), Arrays.toString(node.output())));
    }
    return places;
  }

  static void unsqueeze(BatchNode node) {
    moved(node, true);
  }

  static void squeeze(BatchNode node) {
    moved(node, false);
  }

  /** The axis of the rows moves; where it is dropped, or there are other places, a reshape. */
  private static void moved(BatchNode node, boolean more) {
    List<BatchPlace> places = places(node);
    BatchPlace place = node.place(0);
    int rank = Math.max(node.shape(0).length, node.output().length);
    if (node.hasInput(1)) {
      int to = place.axis();
      long[] axes = node.integers(1, "list of axes");
      for (int i = 0; i < axes.length; i++) {
        axes[i] = BatchNode.axis(axes[i], rank);
      }
      Arrays.sort(axes);
      boolean dropped = false;
      for (long axis : axes) {
        dropped |= !more && axis == place.axis();
        to += more && axis <= to ? 1 : !more && axis < place.axis() ? -1 : 0;
      }
      BatchPlace natural = place.at(to);
      if (!dropped && (places.get(0).equals(natural) || places.size() == 1)) {
        node.emit(natural);
        return;
      }
      if (!dropped && place.extent(node.shape(0), node.batch()) == 1) {
        places = new ArrayList<>(places);
        places.remove(natural);
        places.add(0, natural);
      }
    }
    node.reshape(node.choose(places), node.output());
  }

  static void transpose(BatchNode node) {
    int rank = node.shape(0).length;
    int axis = node.place(0).axis();
    long[] permutation = node.attributes().integers("perm", 0, 0);
    int to = rank - 1 - axis;
    for (int i = 0; i < permutation.length; i++) {
      to = permutation[i] == axis ? i : to;
    }
    node.emit(node.place(0).at(to));
  }

  static void expand(BatchNode node) {
    long[] in = node.shape(0);
    long[] out = node.output();
    node.integers(1, "shape");
    BatchPlace place = node.place(0);
    int to = place.axis() + out.length - in.length;
    if (in[place.axis()] != out[to]) {
      throw node.lost("it repeats the image of a batch of one");
    }
    // A size of 1 leaves the axis as it is.
    long[] shape = out.clone();
    shape[to] = 1;
    node.emit(node.node().toBuilder().setInput(1, node.longs(shape)).build(), place.at(to));
  }

  static void tile(BatchNode node) {
    if (node.integers(1, "list of repeats")[node.place(0).axis()] != 1) {
      throw node.lost("it adds images to a batch");
    }
    node.emit(node.place(0));
  }

  static void pad(BatchNode node) {
    long[] pads = node.integers(1, "list of pads");
    int rank = node.shape(0).length;
    long[] axes = new long[rank];
    Arrays.setAll(axes, axis -> axis);
    if (node.hasInput(3)) {
      axes = node.integers(3, "list of axes");
    }
    for (int i = 0; i < axes.length; i++) {
      boolean isOfRows = BatchNode.axis(axes[i], rank) == node.place(0).axis();
      if (isOfRows && (pads[i] != 0 || pads[i + axes.length] != 0)) {
        throw node.lost("it adds images to a batch");
      }
    }
    node.emit(node.place(0));
  }

  /** Sizes are stated of the other axes only. */
  static void resize(BatchNode node) {
    long[] out = node.output();
    int axis = node.place(0).axis();
    if (out[axis] != node.shape(0)[axis]) {
      throw node.lost("it takes the images of a batch for pixels of one");
    }
    if (!node.hasInput(3) || node.attributes().has("axes")) {
      node.emit(node.place(0));
      return;
    }
    node.integers(3, "list of sizes");
    long[] axes = new long[out.length - 1];
    long[] sizes = new long[out.length - 1];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i < axis ? i : i + 1L;
      sizes[i] = out[(int) axes[i]];
    }
    node.emit(
        node.node().toBuilder()
            .setInput(3, node.longs(sizes))
            .addAttribute(Attributes.of("axes", axes))
            .build(),
        node.place(0));
  }
}
