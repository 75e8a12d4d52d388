package org.robustnessgap.engine.nd4j;

import java.util.Arrays;

/**
 * A window of taps that moves over an image: the geometry of convolutions and pooling, an entry for
 * each spatial axis.
 *
 * @param pads at the beginning of each axis, then at the end of each
 * @param output number of windows
 */
record Window(
    long[] input, long[] kernel, long[] strides, long[] dilations, long[] pads, long[] output) {

  /** Of a node whose windows move over its input. */
  static Window over(NodeRun node, long[] input, long[] kernel) {
    Window stated = stated(node, input, kernel, new long[input.length]);
    String auto = node.attributes().text("auto_pad", "NOTSET");
    boolean ceil = node.attributes().integer("ceil_mode", 0) != 0;
    for (int axis = 0; axis < input.length; axis++) {
      if (auto.startsWith("SAME")) {
        stated.output[axis] = ceilDiv(input[axis], stated.strides[axis]);
        long reach =
            (stated.output[axis] - 1) * stated.strides[axis] + stated.extent(axis) - input[axis];
        stated.pad(axis, Math.max(0, reach), auto.equals("SAME_UPPER"));
      } else {
        long room =
            input[axis]
                + stated.pads[axis]
                + stated.pads[axis + input.length]
                - stated.extent(axis);
        stated.output[axis] =
            (ceil ? ceilDiv(room, stated.strides[axis]) : Math.floorDiv(room, stated.strides[axis]))
                + 1;
        // A window may not begin in the padding at the end.
        if (ceil
            && (stated.output[axis] - 1) * stated.strides[axis]
                >= input[axis] + stated.pads[axis]) {
          stated.output[axis]--;
        }
      }
      if (stated.output[axis] < 1) {
        throw node.refused("its windows do not fit into an image of " + Arrays.toString(input));
      }
    }
    return stated;
  }

  /** Of a transposed convolution, whose windows move over its output. */
  static Window transposed(NodeRun node, long[] windows, long[] kernel) {
    Window stated = stated(node, new long[windows.length], kernel, windows);
    String auto = node.attributes().text("auto_pad", "NOTSET");
    long[] more = node.attributes().integers("output_padding", windows.length, 0);
    long[] wanted = node.attributes().integers("output_shape", 0, 0);
    for (int axis = 0; axis < windows.length; axis++) {
      long reach = (windows[axis] - 1) * stated.strides[axis] + stated.extent(axis) + more[axis];
      if (wanted.length > 0 || auto.startsWith("SAME")) {
        long most =
            wanted.length > 0
                ? wanted[wanted.length - windows.length + axis]
                : windows[axis] * stated.strides[axis];
        stated.pad(axis, Math.max(0, reach - most), auto.equals("SAME_UPPER"));
        stated.input[axis] = wanted.length > 0 ? most : Math.min(reach, most);
      } else {
        stated.input[axis] = reach - stated.pads[axis] - stated.pads[axis + windows.length];
      }
      if (stated.input[axis] < 1) {
        throw node.refused("nothing of its output is left");
      }
    }
    return stated;
  }

  private static Window stated(NodeRun node, long[] input, long[] kernel, long[] output) {
    int axes = kernel.length;
    boolean pads = node.attributes().text("auto_pad", "NOTSET").equals("NOTSET");
    Window window =
        new Window(
            input,
            kernel,
            node.attributes().integers("strides", axes, 1),
            node.attributes().integers("dilations", axes, 1),
            pads ? node.attributes().integers("pads", 2 * axes, 0).clone() : new long[2 * axes],
            output);
    if (window.strides.length != axes
        || window.dilations.length != axes
        || window.pads.length != 2 * axes
        || input.length != axes
        || Arrays.stream(window.strides).anyMatch(stride -> stride < 1)
        || Arrays.stream(window.dilations).anyMatch(dilation -> dilation < 1)) {
      throw node.refused("its strides, dilations or pads do not fit its kernel");
    }
    return window;
  }

  private static long ceilDiv(long a, long b) {
    return -Math.floorDiv(-a, b);
  }

  private void pad(int axis, long total, boolean largerLast) {
    pads[axis] = largerLast ? total / 2 : total - total / 2;
    pads[axis + kernel.length] = total - pads[axis];
  }

  /** From the first to the last tap along an axis. */
  long extent(int axis) {
    return dilations[axis] * (kernel[axis] - 1) + 1;
  }

  int axes() {
    return kernel.length;
  }

  int taps() {
    return Math.toIntExact(Broadcasting.size(kernel));
  }

  int windows() {
    return Math.toIntExact(Broadcasting.size(output));
  }

  int places() {
    return Math.toIntExact(Broadcasting.size(input));
  }

  boolean symmetric() {
    for (int axis = 0; axis < axes(); axis++) {
      if (pads[axis] != pads[axis + axes()]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Where each window's taps lie in the image: [windows × taps] row-major positions, −1 in the
   * padding.
   */
  int[] positions() {
    int[] positions = new int[Math.multiplyExact(windows(), taps())];
    for (int window = 0; window < windows(); window++) {
      for (int tap = 0; tap < taps(); tap++) {
        positions[window * taps() + tap] = position(window, tap);
      }
    }
    return positions;
  }

  private int position(int window, int tap) {
    long position = 0;
    long place = 1;
    for (int axis = axes() - 1; axis >= 0; axis--) {
      long at =
          window % output[axis] * strides[axis] - pads[axis] + tap % kernel[axis] * dilations[axis];
      if (at < 0 || at >= input[axis]) {
        return -1;
      }
      position += at * place;
      place *= input[axis];
      window /= (int) output[axis];
      tap /= (int) kernel[axis];
    }
    return (int) position;
  }
}
