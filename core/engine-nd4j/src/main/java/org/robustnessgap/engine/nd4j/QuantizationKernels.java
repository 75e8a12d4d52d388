package org.robustnessgap.engine.nd4j;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** To small integers and back, by one scale and zero point for all, or one along an axis. */
final class QuantizationKernels {
  private QuantizationKernels() {}

  /** round(x/scale) + zero point, within the range of the integers. */
  static INDArray quantize(NodeRun node) {
    INDArray x = node.input(0);
    DataType type = node.hasInput(2) ? node.input(2).dataType() : DataType.UINT8;
    if (node.attributes().integer("output_dtype", 0) != 0 && !node.hasInput(2)) {
      type =
          TensorProtos.typeOf((int) node.attributes().integer("output_dtype", 0))
              .orElseThrow(() -> node.refused("it quantises to a type that ND4J does not hold"));
    }
    INDArray quotient = ElementwiseKernels.broadcast(node, "divide", x, along(node, node.input(1)));
    INDArray zero =
        node.hasInput(2)
            ? Broadcasting.expanded(
                node, along(node, node.castTo(node.input(2), DataType.INT32)), x)
            : null;
    float[] values = HostMemory.floats(quotient);
    long[] zeros = zero == null ? new long[values.length] : HostMemory.longs(zero);
    boolean signed = type == DataType.INT8 || type == DataType.INT16;
    long levels = 1L << 8 * type.width();
    if (!signed && type != DataType.UINT8) {
      throw node.refused("it quantises to " + type);
    }
    long lowest = signed ? -levels / 2 : 0;
    long[] quantized = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      long level = (long) Math.rint(values[i]) + zeros[i];
      quantized[i] = Math.min(Math.max(level, lowest), lowest + levels - 1);
    }
    return node.own(HostMemory.of(quantized, type, x.shape()));
  }

  /** (x − zero point) · scale. */
  static INDArray dequantize(NodeRun node) {
    INDArray scale = node.input(1);
    INDArray x = node.castTo(node.input(0), scale.dataType());
    if (node.hasInput(2)) {
      INDArray zero = along(node, node.castTo(node.input(2), scale.dataType()));
      x = ElementwiseKernels.broadcast(node, "subtract", x, zero);
    }
    return ElementwiseKernels.broadcast(node, "multiply", x, along(node, scale));
  }

  private static INDArray along(NodeRun node, INDArray values) {
    if (node.attributes().integer("block_size", 0) != 0) {
      throw node.refused("it has a scale for each block");
    }
    if (values.length() == 1) {
      return node.reshaped(values);
    }
    int rank = node.input(0).rank();
    long[] shape = new long[rank];
    Arrays.fill(shape, 1);
    shape[Axes.of(node, node.attributes().integer("axis", 1), rank)] = values.length();
    return node.reshaped(values, shape);
  }
}
