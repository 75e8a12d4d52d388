package org.robustnessgap.engine.nd4j;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Convolutions and pooling. Images with one or two axes go through ND4J's convolutions; others, and
 * weights in many groups, through a table of positions and one product of matrices.
 */
final class WindowKernels {
  /** Above this many groups one product for all is faster than a convolution for each. */
  private static final long FEW_GROUPS = 8;

  private static final long EXPLICIT_PADS = 0;
  private static final long CHANNELS_FIRST = 0;
  private static final long WEIGHTS_AS_IN_ONNX = 1;

  private WindowKernels() {}

  static INDArray conv(NodeRun node) {
    INDArray x = node.input(0);
    INDArray w = node.input(1);
    long group = node.attributes().integer("group", 1);
    requireFloat(node, x);
    if (x.rank() != w.rank()
        || x.rank() < 3
        || group < 1
        || x.size(1) != w.size(1) * group
        || w.size(0) % group != 0) {
      throw node.refused(
          "weights " + Arrays.toString(w.shape()) + " do not fit " + Arrays.toString(x.shape()));
    }
    Window window = Window.over(node, spatial(x), spatial(w));
    node.requireSize(shape(x.size(0), w.size(0), window.output()));
    boolean image = window.axes() <= 2;
    INDArray y;
    if (image && group == 1) {
      y = convolution(node, x, w, window);
    } else if (image && group == x.size(1) && w.size(0) == group) {
      y = depthwise(node, x, w, window);
    } else if (image && group <= FEW_GROUPS) {
      y = byGroup(node, x, w, group, (part, weights) -> convolution(node, part, weights, window));
    } else {
      y = byPositions(node, x, w, window, group);
    }
    return biased(node, node.reshaped(y, shape(x.size(0), w.size(0), window.output())));
  }

  private static void requireFloat(NodeRun node, INDArray x) {
    if (x.dataType() != DataType.FLOAT) {
      throw node.refused("it convolves " + x.dataType() + " instead of float32");
    }
  }

  private interface Convolution {
    INDArray of(INDArray image, INDArray weights);
  }

  private static INDArray byGroup(
      NodeRun node, INDArray x, INDArray w, long group, Convolution convolution) {
    INDArray[] parts = new INDArray[(int) group];
    for (int g = 0; g < parts.length; g++) {
      parts[g] = convolution.of(part(node, x, 1, g, group), part(node, w, 0, g, group));
    }
    return node.exec("concat", new long[] {1}, new double[0], parts);
  }

  private static INDArray part(NodeRun node, INDArray array, int axis, long number, long of) {
    long size = array.size(axis) / of;
    INDArrayIndex[] indices = new INDArrayIndex[array.rank()];
    Arrays.fill(indices, NDArrayIndex.all());
    indices[axis] = NDArrayIndex.interval(number * size, (number + 1) * size);
    return node.own(array.get(indices).dup('c'));
  }

  private static INDArray convolution(NodeRun node, INDArray x, INDArray w, Window window) {
    boolean pads = window.symmetric();
    INDArray image = asImage(node, pads ? x : padded(node, x, window));
    INDArray weights = asImage(node, dilated(node, w, window));
    long[] arguments = arguments(window, pads ? window.pads() : new long[4]);
    arguments[0] = weights.size(2);
    arguments[1] = weights.size(3);
    arguments[6] = 1;
    arguments[7] = 1;
    return node.exec("conv2d", arguments, new double[0], image, weights);
  }

  /** With zeros between its taps: oneDNN under ND4J refuses dilations. */
  private static INDArray dilated(NodeRun node, INDArray w, Window window) {
    if (Arrays.stream(window.dilations()).allMatch(dilation -> dilation == 1)) {
      return w;
    }
    long[] shape = w.shape().clone();
    INDArrayIndex[] taps = new INDArrayIndex[shape.length];
    Arrays.fill(taps, NDArrayIndex.all());
    for (int axis = 0; axis < window.axes(); axis++) {
      shape[axis + 2] = window.extent(axis);
      node.requireSize(shape);
      if (window.kernel()[axis] > 1) {
        taps[axis + 2] = NDArrayIndex.interval(0, window.dilations()[axis], window.extent(axis));
      }
    }
    INDArray dilated = node.own(Nd4j.create(DataType.FLOAT, shape));
    dilated.get(taps).assign(w);
    return dilated;
  }

  private static INDArray depthwise(NodeRun node, INDArray x, INDArray w, Window window) {
    INDArray padded = window.symmetric() ? x : padded(node, x, window);
    INDArray weights = asImage(node, w);
    return node.exec(
        "depthwise_conv2d",
        arguments(window, window.symmetric() ? window.pads() : new long[4]),
        new double[0],
        asImage(node, padded),
        node.reshaped(weights, 1, w.size(0), weights.size(2), weights.size(3)));
  }

  private static INDArray padded(NodeRun node, INDArray x, Window window) {
    long[] shape = x.shape().clone();
    INDArrayIndex[] inside = new INDArrayIndex[shape.length];
    Arrays.fill(inside, NDArrayIndex.all());
    for (int axis = 0; axis < window.axes(); axis++) {
      long begin = window.pads()[axis];
      inside[axis + 2] = NDArrayIndex.interval(begin, begin + shape[axis + 2]);
      shape[axis + 2] += begin + window.pads()[axis + window.axes()];
    }
    node.requireSize(shape);
    INDArray padded = node.own(Nd4j.create(DataType.FLOAT, shape));
    padded.get(inside).assign(x);
    return padded;
  }

  /** [n, c, l] with an axis of 1 before the last; [n, c, h, w] as it is. */
  private static INDArray asImage(NodeRun node, INDArray x) {
    return x.rank() == 4 ? x : node.reshaped(x, x.size(0), x.size(1), 1, x.size(2));
  }

  private static long[] arguments(Window window, long[] pads) {
    boolean line = window.axes() == 1;
    return new long[] {
      line ? 1 : window.kernel()[0],
      window.kernel()[window.axes() - 1],
      line ? 1 : window.strides()[0],
      window.strides()[window.axes() - 1],
      line ? 0 : pads[0],
      pads[window.axes() - 1],
      line ? 1 : window.dilations()[0],
      window.dilations()[window.axes() - 1],
      EXPLICIT_PADS,
      CHANNELS_FIRST,
      WEIGHTS_AS_IN_ONNX
    };
  }

  /** Any number of axes: what each window sees as a column, times the weights as a matrix. */
  private static INDArray byPositions(
      NodeRun node, INDArray x, INDArray w, Window window, long group) {
    long n = x.size(0);
    long in = w.size(1);
    long out = w.size(0) / group;
    // [n·g, in, windows·taps] becomes [n·g, in·taps, windows].
    INDArray seen =
        node.reshaped(
            gathered(node, x, window.positions()), n * group, in, window.windows(), window.taps());
    INDArray columns =
        node.reshaped(
            node.dense(seen.permute(0, 1, 3, 2)), n, group, in * window.taps(), window.windows());
    return LinearKernels.product(
        node, node.reshaped(w, 1, group, out, in * window.taps()), columns);
  }

  /** [n, c, image] by positions in the image: [n, c, positions], 0 at −1. */
  private static INDArray gathered(NodeRun node, INDArray x, int[] positions) {
    int planes = (int) (x.size(0) * x.size(1));
    int places = (int) (x.length() / planes);
    float[] from = HostMemory.floats(x);
    float[] to = new float[Math.multiplyExact(planes, positions.length)];
    for (int plane = 0; plane < planes; plane++) {
      for (int i = 0; i < positions.length; i++) {
        to[plane * positions.length + i] =
            positions[i] < 0 ? 0 : from[plane * places + positions[i]];
      }
    }
    return node.own(HostMemory.of(to, x.size(0), x.size(1), positions.length));
  }

  static INDArray convTranspose(NodeRun node) {
    INDArray x = node.input(0);
    INDArray w = node.input(1);
    long group = node.attributes().integer("group", 1);
    requireFloat(node, x);
    if (x.rank() != w.rank()
        || x.rank() < 3
        || group < 1
        || x.size(1) != w.size(0)
        || w.size(0) % group != 0) {
      throw node.refused(
          "weights " + Arrays.toString(w.shape()) + " do not fit " + Arrays.toString(x.shape()));
    }
    Window window = Window.transposed(node, spatial(x), spatial(w));
    node.requireSize(shape(x.size(0), w.size(1) * group, window.input()));
    INDArray y =
        window.axes() > 2 || group > FEW_GROUPS
            ? scattered(node, x, w, window, group)
            : group == 1
                ? deconvolution(node, x, w, window)
                : byGroup(
                    node,
                    x,
                    w,
                    group,
                    (part, weights) -> deconvolution(node, part, weights, window));
    return biased(node, node.reshaped(y, shape(x.size(0), w.size(1) * group, window.input())));
  }

  /** Without padding, then cut, or filled up with zeros, to the size of the output. */
  private static INDArray deconvolution(NodeRun node, INDArray x, INDArray w, Window window) {
    INDArray whole =
        node.exec(
            "deconv2d",
            arguments(window, new long[4]),
            new double[0],
            asImage(node, x),
            asImage(node, w));
    long[] shape = shape(x.size(0), w.size(1), window.input());
    INDArray spread = node.reshaped(whole, shape(x.size(0), w.size(1), reach(window)));
    INDArrayIndex[] inside = new INDArrayIndex[shape.length];
    INDArrayIndex[] filled = new INDArrayIndex[shape.length];
    Arrays.fill(inside, NDArrayIndex.all());
    Arrays.fill(filled, NDArrayIndex.all());
    boolean cut = false;
    boolean more = false;
    for (int axis = 0; axis < window.axes(); axis++) {
      long begin = window.pads()[axis];
      long there = Math.min(spread.size(axis + 2) - begin, shape[axis + 2]);
      if (there < 1) {
        return node.own(Nd4j.create(DataType.FLOAT, shape));
      }
      inside[axis + 2] = NDArrayIndex.interval(begin, begin + there);
      filled[axis + 2] = NDArrayIndex.interval(0, there);
      cut |= there != spread.size(axis + 2);
      more |= there != shape[axis + 2];
    }
    if (!more) {
      return cut ? node.own(spread.get(inside).dup('c')) : spread;
    }
    INDArray y = node.own(Nd4j.create(DataType.FLOAT, shape));
    y.get(filled).assign(spread.get(inside));
    return y;
  }

  private static long[] reach(Window window) {
    long[] reach = new long[window.axes()];
    Arrays.setAll(
        reach, axis -> (window.output()[axis] - 1) * window.strides()[axis] + window.extent(axis));
    return reach;
  }

  /** Any number of axes: one product of matrices, each tap of which is added where it belongs. */
  private static INDArray scattered(
      NodeRun node, INDArray x, INDArray w, Window window, long group) {
    long n = x.size(0);
    long in = w.size(0) / group;
    long out = w.size(1);
    int taps = window.taps();
    INDArray images = node.reshaped(x, n, group, in, window.windows());
    INDArray weights = node.dense(node.reshaped(w, 1, group, in, out * taps).permute(0, 1, 3, 2));
    float[] products = HostMemory.floats(LinearKernels.product(node, weights, images));
    int[] positions = window.positions();
    int planes = (int) (n * group * out);
    float[] y = new float[Math.multiplyExact(planes, window.places())];
    for (int plane = 0; plane < planes; plane++) {
      for (int tap = 0; tap < taps; tap++) {
        int from = (plane * taps + tap) * window.windows();
        for (int i = 0; i < window.windows(); i++) {
          int position = positions[i * taps + tap];
          if (position >= 0) {
            y[plane * window.places() + position] += products[from + i];
          }
        }
      }
    }
    return node.own(HostMemory.of(y, shape(n, group * out, window.input())));
  }

  private static INDArray biased(NodeRun node, INDArray y) {
    if (!node.hasInput(2)) {
      return y;
    }
    long[] shape = new long[y.rank() - 1];
    Arrays.fill(shape, 1);
    shape[0] = node.input(2).length();
    return ElementwiseKernels.broadcast(node, "add", y, node.reshaped(node.input(2), shape));
  }

  /** The first of each window's largest elements, and its position in the whole input. */
  static INDArray maxPool(NodeRun node) {
    INDArray x = node.input(0);
    Window window = Window.over(node, spatial(x), kernel(node));
    node.requireSize(window.windows(), window.taps());
    if (window.axes() == 2
        && !node.wants(1)
        && window.symmetric()
        && Arrays.stream(window.dilations()).allMatch(dilation -> dilation == 1)
        && node.attributes().integer("ceil_mode", 0) == 0) {
      return node.exec("maxpool2d", poolArguments(window), new double[0], x);
    }
    if (node.attributes().integer("storage_order", 0) != 0) {
      throw node.refused("it stores indices column by column");
    }
    float[] from = HostMemory.floats(x);
    int[] positions = window.positions();
    int planes = from.length / window.places();
    float[] largest = new float[planes * window.windows()];
    long[] indices = new long[largest.length];
    int taps = window.taps();
    for (int i = 0; i < largest.length; i++) {
      int plane = i / window.windows() * window.places();
      int first = i % window.windows() * taps;
      float most = Float.NEGATIVE_INFINITY;
      int at = -1;
      for (int tap = first; tap < first + taps; tap++) {
        int position = positions[tap];
        if (position >= 0 && (at < 0 || from[plane + position] > most)) {
          at = plane + position;
          most = from[at];
        }
      }
      largest[i] = most;
      indices[i] = at;
    }
    long[] shape = shape(x.size(0), x.size(1), window.output());
    if (node.wants(1)) {
      node.output(1, node.own(HostMemory.of(indices, shape)));
    }
    return node.own(HostMemory.of(largest, shape));
  }

  private static long[] poolArguments(Window window) {
    long[] arguments = Arrays.copyOf(arguments(window, window.pads()), 11);
    arguments[9] = 0;
    arguments[10] = CHANNELS_FIRST;
    return arguments;
  }

  static INDArray averagePool(NodeRun node) {
    boolean padsCount = node.attributes().integer("count_include_pad", 0) != 0;
    INDArray x = node.input(0);
    Window window = Window.over(node, spatial(x), kernel(node));
    node.requireSize(window.windows(), window.taps());
    int[] counts = padsCount ? withinPads(window) : new int[0];
    return pooled(
        node,
        window,
        (sum, count, number) -> sum / (padsCount ? counts[number] : count),
        value -> value);
  }

  static INDArray lpPool(NodeRun node) {
    double p = node.attributes().integer("p", 2);
    Window window = Window.over(node, spatial(node.input(0)), kernel(node));
    node.requireSize(window.windows(), window.taps());
    return pooled(
        node,
        window,
        (sum, count, number) -> Math.pow(sum, 1 / p),
        value -> Math.pow(Math.abs(value), p));
  }

  /** From a window's sum, how many elements it saw, and its number. */
  private interface Finish {
    double of(double sum, int count, int number);
  }

  private static INDArray pooled(
      NodeRun node, Window window, Finish finish, DoubleUnaryOperator term) {
    INDArray x = node.input(0);
    float[] from = HostMemory.floats(x);
    int[] positions = window.positions();
    int taps = window.taps();
    float[] to = new float[from.length / window.places() * window.windows()];
    for (int i = 0; i < to.length; i++) {
      int plane = i / window.windows() * window.places();
      int number = i % window.windows();
      double sum = 0;
      int count = 0;
      for (int tap = number * taps; tap < (number + 1) * taps; tap++) {
        if (positions[tap] >= 0) {
          sum += term.applyAsDouble(from[plane + positions[tap]]);
          count++;
        }
      }
      to[i] = (float) finish.of(sum, count, number);
    }
    return node.own(HostMemory.of(to, shape(x.size(0), x.size(1), window.output())));
  }

  /** How many taps of each window lie in the image or its padding, not beyond. */
  private static int[] withinPads(Window window) {
    long[] wide = new long[window.axes()];
    Arrays.setAll(
        wide,
        axis -> window.input()[axis] + window.pads()[axis] + window.pads()[axis + window.axes()]);
    int[] positions =
        new Window(
                wide,
                window.kernel(),
                window.strides(),
                window.dilations(),
                new long[2 * window.axes()],
                window.output())
            .positions();
    int[] counts = new int[window.windows()];
    for (int i = 0; i < positions.length; i++) {
      counts[i / window.taps()] += positions[i] >= 0 ? 1 : 0;
    }
    return counts;
  }

  private static long[] kernel(NodeRun node) {
    return node.attributes().integers("kernel_shape", node.input(0).rank() - 2, 1);
  }

  private static long[] spatial(INDArray x) {
    return Arrays.copyOfRange(x.shape(), 2, Math.max(2, x.rank()));
  }

  private static long[] shape(long n, long channels, long[] spatial) {
    long[] shape = new long[spatial.length + 2];
    shape[0] = n;
    shape[1] = channels;
    System.arraycopy(spatial, 0, shape, 2, spatial.length);
    return shape;
  }
}
