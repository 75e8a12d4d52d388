package org.robustnessgap.onnx.lowering;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.Tensors;

/** Columns put back where blocks of an image were taken from. */
final class LoweredBlocks {
  private LoweredBlocks() {}

  /**
   * A transposed convolution whose kernels are 1 at one place of the block each, and 0 elsewhere:
   * it moves each column there, and adds where blocks overlap.
   */
  static boolean columnsToImage(LoweringContext node) {
    long[] image = Tensors.integers(node.constant(1, "size of the image"));
    long[] block = Tensors.integers(node.constant(2, "size of a block"));
    int axes = image.length;
    if (axes != 2) {
      throw node.refused("its images have " + axes + " axes, not two");
    }
    long[] strides = node.attributes().integers("strides", axes, 1);
    long[] dilations = node.attributes().integers("dilations", axes, 1);
    long[] pads = node.attributes().integers("pads", 2 * axes, 0);
    long[] counts = new long[axes];
    long[] rest = new long[axes];
    for (int axis = 0; axis < axes; axis++) {
      long free =
          image[axis] + pads[axis] + pads[axes + axis] - dilations[axis] * (block[axis] - 1) - 1;
      counts[axis] = Math.floorDiv(free, strides[axis]) + 1;
      rest[axis] = Math.floorMod(free, strides[axis]);
    }
    int rows = node.fixed(node.input(0), 1, "number of rows");
    int places = Math.toIntExact(block[0] * block[1]);
    int channels = rows / places;
    float[] kernels = new float[rows * places];
    for (int row = 0; row < rows; row++) {
      kernels[row * places + row % places] = 1;
    }
    String blocks =
        node.emit(
            "Reshape", List.of(node.input(0), node.builder().longs(0, rows, counts[0], counts[1])));
    // What no block reaches stays 0 at the far ends.
    long[] farPads = pads.clone();
    long[] missing = new long[axes];
    for (int axis = 0; axis < axes; axis++) {
      long cut = Math.min(rest[axis], farPads[axes + axis]);
      farPads[axes + axis] -= cut;
      missing[axis] = rest[axis] - cut;
    }
    String whole =
        node.emit(
            "ConvTranspose",
            List.of(blocks, node.builder().floats(kernels, rows, 1, block[0], block[1])),
            Attributes.of("group", (long) channels),
            Attributes.of("strides", strides),
            Attributes.of("dilations", dilations),
            Attributes.of("pads", farPads));
    node.replace(
        0,
        Arrays.stream(missing).allMatch(size -> size == 0)
            ? whole
            : node.emit(
                "Pad",
                List.of(whole, node.builder().longs(0, 0, 0, 0, 0, 0, missing[0], missing[1]))));
    return true;
  }
}
