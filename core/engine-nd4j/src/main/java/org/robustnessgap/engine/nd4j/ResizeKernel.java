package org.robustnessgap.engine.nd4j;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Resize, one axis after the other: each is a choice of elements, or a product with a matrix of
 * interpolation weights.
 */
final class ResizeKernel {
  private ResizeKernel() {}

  /** How one axis is resized. */
  private record Axis(NodeRun node, int in, int out, float scale) {

    static Axis of(NodeRun node, long in, long out, float scale) {
      if (out < 1) {
        throw node.refused("nothing of its output is left");
      }
      node.requireSize(in, out);
      return new Axis(node, (int) in, (int) out, scale);
    }

    /** Where an element of the output lies in the input. */
    private float original(int x) {
      String mode = node.attributes().text("coordinate_transformation_mode", "half_pixel");
      return switch (mode) {
        case "half_pixel" -> (x + 0.5f) / scale - 0.5f;
        case "pytorch_half_pixel" -> out > 1 ? (x + 0.5f) / scale - 0.5f : 0;
        case "half_pixel_symmetric" -> {
          float adjustment = out / (scale * in);
          yield in / 2f * (1 - adjustment) + (x + 0.5f) / scale - 0.5f;
        }
        case "align_corners" -> out > 1 ? x * (float) (in - 1) / (out - 1) : 0;
        case "asymmetric" -> x / scale;
        default -> throw node.refused("it transforms coordinates by " + mode);
      };
    }

    int nearest(int x) {
      float at = original(x);
      String mode = node.attributes().text("nearest_mode", "round_prefer_floor");
      double chosen =
          switch (mode) {
            case "round_prefer_floor" -> Math.ceil(at - 0.5f);
            case "round_prefer_ceil" -> Math.floor(at + 0.5f);
            case "floor" -> Math.floor(at);
            case "ceil" -> Math.ceil(at);
            default -> throw node.refused("it rounds by " + mode);
          };
      return (int) Math.min(Math.max(chosen, 0), in - 1);
    }

    /** [in, out]: how much of each element of the input is in each of the output. */
    float[] weights(boolean cubic) {
      boolean smooths = node.attributes().integer("antialias", 0) != 0 && scale < 1;
      // Shrinking without smoothing looks at the nearest elements only.
      float stretch = smooths ? scale : 1;
      float reach = (cubic ? 2 : 1) / stretch;
      float a = node.attributes().real("cubic_coeff_a", -0.75f);
      boolean excludes = node.attributes().integer("exclude_outside", 0) != 0;
      float[] weights = new float[in * out];
      for (int x = 0; x < out; x++) {
        float at = original(x);
        if (!cubic && !smooths) {
          at = Math.min(Math.max(at, 0), in - 1);
        }
        float sum = 0;
        for (int tap = (int) Math.ceil(at - reach); tap <= at + reach; tap++) {
          float distance = Math.abs(at - tap) * stretch;
          boolean counts = !excludes || tap >= 0 && tap < in;
          float weight = counts ? cubic ? cubic(distance, a) : Math.max(0, 1 - distance) : 0;
          weights[Math.min(Math.max(tap, 0), in - 1) * out + x] += weight;
          sum += weight;
        }
        for (int row = 0; row < in; row++) {
          weights[row * out + x] /= sum;
        }
      }
      return weights;
    }

    /** Keys's convolution kernel. */
    private static float cubic(float s, float a) {
      return s <= 1
          ? ((a + 2) * s - (a + 3)) * s * s + 1
          : s < 2 ? ((a * s - 5 * a) * s + 8 * a) * s - 4 * a : 0;
    }
  }

  static INDArray resize(NodeRun node) {
    INDArray x = node.input(0);
    boolean sized = node.hasInput(3) && !node.input(3).isEmpty();
    double[] stated = HostMemory.doubles(node.input(sized ? 3 : 2));
    long[] axes = node.attributes().integers("axes", 0, 0);
    if (axes.length == 0) {
      axes = IntStream.range(0, x.rank()).asLongStream().toArray();
    }
    if (stated.length != axes.length) {
      throw node.refused("it states " + stated.length + " sizes for " + axes.length + " axes");
    }
    float common = sized ? commonScale(node, x, axes, stated) : Float.NaN;
    INDArray result = x;
    for (int i = 0; i < axes.length; i++) {
      int axis = Axes.of(node, axes[i], x.rank());
      long in = x.size(axis);
      long out = (long) Math.floor((float) stated[i] * in);
      float scale = (float) stated[i];
      if (sized) {
        out = Float.isNaN(common) ? (long) stated[i] : Math.round(common * in);
        scale = Float.isNaN(common) ? (float) out / in : common;
      }
      if (out != in || scale != 1) {
        result = resized(node, result, axis, Axis.of(node, in, out, scale));
      }
    }
    return result;
  }

  /** The scale of all axes, where the node keeps the aspect ratio within, or around, its sizes. */
  private static float commonScale(NodeRun node, INDArray x, long[] axes, double[] sizes) {
    DoubleStream scales =
        IntStream.range(0, axes.length)
            .mapToDouble(i -> (float) sizes[i] / x.size(Axes.of(node, axes[i], x.rank())));
    String policy = node.attributes().text("keep_aspect_ratio_policy", "stretch");
    return switch (policy) {
      case "not_larger" -> (float) scales.min().orElse(1);
      case "not_smaller" -> (float) scales.max().orElse(1);
      default -> Float.NaN;
    };
  }

  private static INDArray resized(NodeRun node, INDArray x, int axis, Axis along) {
    String mode = node.attributes().text("mode", "nearest");
    return switch (mode) {
      case "nearest" ->
          MovementKernels.taken(
              node, x, axis, IntStream.range(0, along.out()).map(along::nearest).toArray());
      case "linear" -> product(node, x, axis, along, along.weights(false));
      case "cubic" -> product(node, x, axis, along, along.weights(true));
      default -> throw node.refused("it interpolates by " + mode);
    };
  }

  private static INDArray product(NodeRun node, INDArray x, int axis, Axis along, float[] weights) {
    int last = x.rank() - 1;
    int[] swap = IntStream.rangeClosed(0, last).toArray();
    swap[axis] = last;
    swap[last] = axis;
    INDArray matrix = node.own(HostMemory.of(weights, along.in(), along.out()));
    INDArray rows = node.dense(x.permute(swap));
    return node.dense(LinearKernels.product(node, rows, matrix).permute(swap));
  }
}
