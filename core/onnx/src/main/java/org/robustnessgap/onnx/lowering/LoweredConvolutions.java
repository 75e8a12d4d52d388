package org.robustnessgap.onnx.lowering;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * Convolutions whose weights depend on the image, as the modulated ones of StyleGAN2: products of
 * matrices. A batch of them is grouped by image, which an attribute can say of one batch size only;
 * the matrices lie along an axis that any number of images may have.
 *
 * <p>Windows are taken out and put back by a convolution whose kernels are 1 at one place each, of
 * each channel by itself, so strides, pads and dilations remain the runtime's.
 */
final class LoweredConvolutions {
  private static final String GROUP = "group";
  private static final String SIZE = "output_shape";

  private final LoweringContext node;
  private final long group;
  private final long[] kernel;
  private final long taps;

  private LoweredConvolutions(LoweringContext node) {
    this.node = node;
    if (node.shape(node.input(0))[0] != 1) {
      throw node.refused("its weights depend on the images of a batch, and act on each of them");
    }
    long[] weights = node.shape(node.input(1));
    this.group = node.attributes().integer(GROUP, 1);
    this.kernel = Arrays.copyOfRange(weights, 2, weights.length);
    this.taps = Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
  }

  /** Weights [g·m, c, k…] times the windows of an image [1, g·c, …]. */
  static boolean conv(LoweringContext node) {
    if (node.constantIfAny(1).isPresent()) {
      return false;
    }
    LoweredConvolutions convolution = new LoweredConvolutions(node);
    long channels = node.fixed(node.input(1), 1, "number of channels");
    long[] image = LongStream.of(node.shape(node.input(0))).skip(2).toArray();
    String planes = convolution.reshaped(node.input(0), shape(image, -1, 1));
    String windows = convolution.windows("Conv", planes);
    long columns = channels * convolution.taps;
    String kernels =
        convolution.reshaped(node.input(1), convolution.group, convolution.perGroup(), columns);
    String matrices = convolution.reshaped(windows, convolution.group, columns, -1);
    convolution.replace(node.emit("MatMul", List.of(kernels, matrices)));
    return true;
  }

  /** Weights [g·c, m, k…], transposed, times an image [1, g·c, …]; the windows are added up. */
  static boolean convTranspose(LoweringContext node) {
    if (node.constantIfAny(1).isPresent()) {
      return false;
    }
    LoweredConvolutions convolution = new LoweredConvolutions(node);
    long channels = node.fixed(node.input(1), 0, "number of channels") / convolution.group;
    long[] image = LongStream.of(node.shape(node.input(0))).skip(2).toArray();
    String kernels = convolution.reshaped(node.input(1), convolution.group, channels, -1);
    String turned =
        node.emit("Transpose", List.of(kernels), Attributes.of("perm", new long[] {0, 2, 1}));
    String pixels = convolution.reshaped(node.input(0), convolution.group, channels, -1);
    String columns = node.emit("MatMul", List.of(turned, pixels));
    String windows = convolution.reshaped(columns, shape(image, -1, convolution.taps));
    String planes = convolution.windows("ConvTranspose", windows);
    convolution.replace(
        convolution.reshaped(
            planes, convolution.group, convolution.perGroup(), convolution.pixels()));
    return true;
  }

  /** From planes [p, 1, …] to windows [p, taps, …], or back. */
  private String windows(String operator, String value) {
    int count = Math.toIntExact(taps);
    float[] places = new float[count * count];
    for (int tap = 0; tap < count; tap++) {
      places[tap * count + tap] = 1;
    }
    List<AttributeProto> ofWindows = new ArrayList<>(node.attributes().stated());
    ofWindows.removeIf(attribute -> attribute.getName().equals(GROUP));
    boolean isOfSameSize = node.attributes().text("auto_pad", "").startsWith("SAME");
    if (operator.equals("ConvTranspose") && isOfSameSize && !node.attributes().has(SIZE)) {
      // The size that the standard infers is not the one that the runtime computes.
      ofWindows.add(
          Attributes.of(SIZE, LongStream.of(node.shape(node.output(0))).skip(2).toArray()));
    }
    String kernels = node.builder().floats(places, shape(kernel, taps, 1));
    return node.emit(operator, List.of(value, kernels), ofWindows.toArray(AttributeProto[]::new));
  }

  /** How many channels of the output each group makes; −1 where they are as many as images. */
  private long perGroup() {
    long channels = node.shape(node.output(0))[1];
    return channels == ValueShapes.BATCH ? -1 : channels / group;
  }

  /** Of one channel of the output. */
  private long pixels() {
    return LongStream.of(node.shape(node.output(0))).skip(2).reduce(1, (a, b) -> a * b);
  }

  /**
   * States that this is the output, once the bias is added.
   *
   * @param product [g, m, pixels]
   */
  private void replace(String product) {
    String sum =
        node.hasInput(2)
            ? node.add(product, reshaped(node.input(2), group, perGroup(), 1))
            : product;
    long[] whole = node.shape(node.output(0));
    whole[1] = -1;
    node.replace(0, reshaped(sum, whole));
  }

  private String reshaped(String value, long... shape) {
    return node.emit("Reshape", List.of(value, node.builder().longs(shape)));
  }

  private static long[] shape(long[] last, long... first) {
    return LongStream.concat(LongStream.of(first), LongStream.of(last)).toArray();
  }
}
