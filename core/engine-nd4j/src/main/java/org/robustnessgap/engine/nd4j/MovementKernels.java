package org.robustnessgap.engine.nd4j;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Operators whose outputs are elements of their inputs. Rectangular parts are ND4J's views; the
 * rest goes by a table of positions, whatever the attributes.
 */
final class MovementKernels {
  private MovementKernels() {}

  static INDArray concat(NodeRun node) {
    INDArray[] parts =
        IntStream.range(0, node.inputs())
            .mapToObj(node::input)
            .filter(part -> !part.isEmpty())
            .toArray(INDArray[]::new);
    if (parts.length < 2) {
      return parts.length == 0 ? node.input(0) : parts[0];
    }
    int axis = Axes.of(node, node.attributes().integer("axis", 0), parts[0].rank());
    return node.exec("concat", new long[] {axis}, new double[0], parts);
  }

  static INDArray split(NodeRun node) {
    INDArray x = node.input(0);
    int axis = Axes.of(node, node.attributes().integer("axis", 0), x.rank());
    long[] sizes = new long[node.outputs()];
    if (node.hasInput(1)) {
      sizes = node.integers(1);
    } else {
      long each = -Math.floorDiv(-x.size(axis), (long) sizes.length);
      Arrays.fill(sizes, each);
      sizes[sizes.length - 1] = x.size(axis) - each * (sizes.length - 1);
    }
    if (sizes.length != node.outputs()
        || Arrays.stream(sizes).anyMatch(size -> size < 1)
        || Arrays.stream(sizes).sum() != x.size(axis)) {
      throw node.refused("its parts do not add up to " + x.size(axis));
    }
    long from = 0;
    INDArray first = part(node, x, axis, 0, sizes[0]);
    for (int part = 1; part < sizes.length; part++) {
      from += sizes[part - 1];
      node.output(part, part(node, x, axis, from, from + sizes[part]));
    }
    return first;
  }

  private static INDArray part(NodeRun node, INDArray x, int axis, long from, long to) {
    INDArrayIndex[] indices = new INDArrayIndex[x.rank()];
    Arrays.fill(indices, NDArrayIndex.all());
    indices[axis] = NDArrayIndex.interval(from, to);
    return node.own(x.get(indices).dup('c'));
  }

  static INDArray slice(NodeRun node) {
    INDArray x = node.input(0);
    long[] starts = node.integers(1);
    long[] ends = node.integers(2);
    long[] axes =
        node.hasInput(3)
            ? node.integers(3)
            : IntStream.range(0, starts.length).asLongStream().toArray();
    long[] steps = node.hasInput(4) ? node.integers(4) : new long[0];
    INDArray result = x;
    for (int i = 0; i < starts.length; i++) {
      int axis = Axes.of(node, axes[i], x.rank());
      result = sliced(node, result, axis, starts[i], ends[i], i < steps.length ? steps[i] : 1);
    }
    return result;
  }

  private static INDArray sliced(
      NodeRun node, INDArray x, int axis, long start, long end, long step) {
    long size = x.size(axis);
    if (step == 0) {
      throw node.refused("its step is 0");
    }
    long first = clamp(start < 0 ? start + size : start, 0, step > 0 ? size : size - 1);
    long last = clamp(end < 0 ? end + size : end, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
    int count = (int) Math.max(0, Math.floorDiv(last - first + step - Long.signum(step), step));
    if (count == size && step == 1) {
      return x;
    }
    if (step == 1 && count > 0 && x.length() > x.rank()) {
      return part(node, x, axis, first, first + count);
    }
    int[] indices = IntStream.range(0, count).map(k -> (int) (first + k * step)).toArray();
    return taken(node, x, axis, indices);
  }

  private static long clamp(long value, long low, long high) {
    return Math.min(Math.max(value, low), high);
  }

  /** Along one axis, the elements with these indices. */
  static INDArray taken(NodeRun node, INDArray x, int axis, int... indices) {
    return taken(node, x, axis, 0, indices);
  }

  private static INDArray taken(NodeRun node, INDArray x, int axis, double fill, int... indices) {
    int inner = (int) Axes.inner(x, axis);
    int size = (int) x.size(axis);
    int outer = (int) (x.length() / inner / Math.max(size, 1));
    long[] shape = x.shape().clone();
    shape[axis] = indices.length;
    node.requireSize(shape);
    return node.own(HostMemory.take(x, outer, size, inner, indices, fill, shape));
  }

  private static long index(NodeRun node, long index, long size) {
    long counted = index < 0 ? index + size : index;
    if (counted < 0 || counted >= size) {
      throw node.refused("there is no index " + index + " among " + size);
    }
    return counted;
  }

  static INDArray gather(NodeRun node) {
    INDArray x = node.input(0);
    int axis = Axes.of(node, node.attributes().integer("axis", 0), x.rank());
    long size = x.size(axis);
    int[] indices =
        Arrays.stream(node.integers(1)).mapToInt(index -> (int) index(node, index, size)).toArray();
    long[] at = node.input(1).shape();
    long[] shape = new long[x.rank() - 1 + at.length];
    for (int i = 0; i < shape.length; i++) {
      shape[i] =
          i < axis ? x.size(i) : i < axis + at.length ? at[i - axis] : x.size(i - at.length + 1);
    }
    return node.reshaped(taken(node, x, axis, indices), shape);
  }

  static INDArray gatherElements(NodeRun node) {
    INDArray x = node.input(0);
    int[] positions = elements(node, x, node.input(1), node.integers(1));
    return node.own(HostMemory.take(x, positions, 0, node.input(1).shape()));
  }

  /**
   * Where an index along the node's axis points to in x, for each place of the array of indices.
   */
  private static int[] elements(NodeRun node, INDArray x, INDArray at, long[] indices) {
    int axis = Axes.of(node, node.attributes().integer("axis", 0), x.rank());
    if (at.rank() != x.rank()) {
      throw node.refused("its indices have " + at.rank() + " axes instead of " + x.rank());
    }
    int[] positions = new int[indices.length];
    for (int i = 0; i < positions.length; i++) {
      int rest = i;
      long position = 0;
      long place = 1;
      for (int k = x.rank() - 1; k >= 0; k--) {
        long coordinate = rest % at.size(k);
        rest /= (int) at.size(k);
        position += place * index(node, k == axis ? indices[i] : coordinate, x.size(k));
        place *= x.size(k);
      }
      positions[i] = (int) position;
    }
    return positions;
  }

  static INDArray gatherNd(NodeRun node) {
    INDArray x = node.input(0);
    INDArray at = node.input(1);
    int batch = (int) node.attributes().integer("batch_dims", 0);
    int depth = (int) at.size(-1);
    long[] indices = node.integers(1);
    int count = indices.length / depth;
    int perBatch = (int) (count / Broadcasting.size(Arrays.copyOf(at.shape(), batch)));
    int block = (int) Axes.inner(x, batch + depth - 1);
    int[] positions = new int[count];
    for (int i = 0; i < count; i++) {
      long position = i / perBatch;
      for (int k = 0; k < depth; k++) {
        long size = x.size(batch + k);
        position = position * size + index(node, indices[i * depth + k], size);
      }
      positions[i] = (int) position;
    }
    long[] shape = Arrays.copyOf(at.shape(), at.rank() - 1 + x.rank() - batch - depth);
    System.arraycopy(x.shape(), batch + depth, shape, at.rank() - 1, x.rank() - batch - depth);
    int blocks = (int) (x.length() / block);
    return node.own(HostMemory.take(x, 1, blocks, block, positions, 0, shape));
  }

  static INDArray tile(NodeRun node) {
    INDArray result = node.input(0);
    long[] repeats = node.integers(1);
    for (int axis = 0; axis < repeats.length; axis++) {
      int size = (int) result.size(axis);
      if (repeats[axis] != 1) {
        node.requireSize(size, repeats[axis]);
        int length = (int) (size * repeats[axis]);
        result = taken(node, result, axis, IntStream.range(0, length).map(i -> i % size).toArray());
      }
    }
    return result;
  }

  /** Elements along an axis where a condition holds; without an axis, of all in a row. */
  static INDArray compress(NodeRun node) {
    INDArray x = node.input(0);
    boolean flat = !node.attributes().has("axis");
    INDArray source = flat ? node.reshaped(x, x.length()) : x;
    int axis = flat ? 0 : Axes.of(node, node.attributes().integer("axis", 0), x.rank());
    long[] condition = node.integers(1);
    int[] chosen =
        IntStream.range(0, (int) Math.min(condition.length, source.size(axis)))
            .filter(i -> condition[i] != 0)
            .toArray();
    return taken(node, source, axis, chosen);
  }

  /** The upper or lower triangle of matrices in the last two axes, 0 elsewhere. */
  static INDArray triangle(NodeRun node) {
    INDArray x = node.input(0);
    boolean upper = node.attributes().integer("upper", 1) != 0;
    long shift = node.hasInput(1) ? node.integers(1)[0] : 0;
    int rows = (int) x.size(-2);
    int columns = (int) x.size(-1);
    int[] positions = new int[Math.toIntExact(x.length())];
    for (int i = 0; i < positions.length; i++) {
      long above = i % columns - i / columns % rows - shift;
      positions[i] = (upper ? above >= 0 : above <= 0) ? i : -1;
    }
    return node.own(HostMemory.take(x, positions, 0, x.shape()));
  }

  /** The first elements along one axis in reverse, as many as an entry for each place says. */
  static INDArray reverseSequence(NodeRun node) {
    INDArray x = node.input(0);
    int batch = (int) node.attributes().integer("batch_axis", 1);
    int time = (int) node.attributes().integer("time_axis", 0);
    long[] lengths = node.integers(1);
    int innerBatch = (int) Axes.inner(x, batch);
    int innerTime = (int) Axes.inner(x, time);
    int[] positions = new int[Math.toIntExact(x.length())];
    for (int i = 0; i < positions.length; i++) {
      int length = (int) lengths[i / innerBatch % (int) x.size(batch)];
      int at = i / innerTime % (int) x.size(time);
      positions[i] = at < length ? i + (length - 1 - 2 * at) * innerTime : i;
    }
    return node.own(HostMemory.take(x, positions, 0, x.shape()));
  }

  static INDArray pad(NodeRun node) {
    INDArray result = node.input(0);
    long[] pads = node.integers(1);
    long[] axes =
        node.hasInput(3)
            ? node.integers(3)
            : IntStream.range(0, result.rank()).asLongStream().toArray();
    double fill = node.hasInput(2) ? HostMemory.doubles(node.input(2))[0] : 0;
    String mode = node.attributes().text("mode", "constant");
    for (int i = 0; i < axes.length; i++) {
      int axis = Axes.of(node, axes[i], result.rank());
      long before = pads[i];
      long after = pads[i + axes.length];
      if (before != 0 || after != 0) {
        result = padded(node, result, axis, before, after, mode, fill);
      }
    }
    return result;
  }

  private static INDArray padded(
      NodeRun node, INDArray x, int axis, long before, long after, String mode, double fill) {
    long size = x.size(axis);
    node.requireSize(size + before + after);
    int length = (int) (size + before + after);
    int[] indices =
        IntStream.range(0, length).map(i -> source(node, i - before, size, mode)).toArray();
    return taken(node, x, axis, fill, indices);
  }

  /** The index that a place in or beyond an axis shows; −1 for the constant. */
  private static int source(NodeRun node, long at, long size, String mode) {
    if (at >= 0 && at < size) {
      return (int) at;
    }
    return switch (mode) {
      case "constant" -> -1;
      case "edge" -> (int) clamp(at, 0, size - 1);
      case "wrap" -> (int) Math.floorMod(at, size);
      case "reflect" -> {
        long period = Math.max(1, 2 * (size - 1));
        long phase = Math.floorMod(at, period);
        yield (int) Math.min(phase, period - phase);
      }
      default -> throw node.refused("it pads by " + mode);
    };
  }

  static INDArray scatterElements(NodeRun node) {
    INDArray x = node.input(0);
    return scattered(node, x, elements(node, x, node.input(1), node.integers(1)));
  }

  /** Here, in the order of the indices: sums of native code would vary from run to run. */
  private static INDArray scattered(NodeRun node, INDArray x, int[] positions) {
    String reduction = node.attributes().text("reduction", "none");
    if (x.dataType() == DataType.FLOAT) {
      float[] to = HostMemory.floats(x);
      float[] updates = HostMemory.floats(node.input(2));
      for (int i = 0; i < positions.length; i++) {
        float old = to[positions[i]];
        to[positions[i]] =
            reduction.equals("add")
                ? old + updates[i]
                : (float) combined(node, reduction, old, updates[i]);
      }
      return node.own(HostMemory.of(to, x.shape()));
    }
    double[] to = HostMemory.doubles(x);
    double[] updates = HostMemory.doubles(node.input(2));
    for (int i = 0; i < positions.length; i++) {
      to[positions[i]] = combined(node, reduction, to[positions[i]], updates[i]);
    }
    return node.castTo(node.own(HostMemory.of(to, x.shape())), x.dataType());
  }

  static INDArray scatterNd(NodeRun node) {
    INDArray x = node.input(0);
    INDArray at = node.input(1);
    int depth = (int) at.size(-1);
    int block = (int) Axes.inner(x, depth - 1);
    long[] indices = node.integers(1);
    int[] positions = new int[indices.length / depth * block];
    for (int i = 0; i < positions.length; i++) {
      long position = 0;
      for (int k = 0; k < depth; k++) {
        position = position * x.size(k) + index(node, indices[i / block * depth + k], x.size(k));
      }
      positions[i] = (int) (position * block + i % block);
    }
    return scattered(node, x, positions);
  }

  private static double combined(NodeRun node, String reduction, double old, double update) {
    return switch (reduction) {
      case "none" -> update;
      case "add" -> old + update;
      case "mul" -> old * update;
      case "max" -> Math.max(old, update);
      case "min" -> Math.min(old, update);
      default -> throw node.refused("it reduces by " + reduction);
    };
  }
}
