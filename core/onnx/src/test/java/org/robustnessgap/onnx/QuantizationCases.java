package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.OperatorCases.of;
import static org.robustnessgap.onnx.OperatorCases.shape;
import static org.robustnessgap.onnx.OperatorCases.with;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/**
 * Random pairs of quantization and its inverse. Points and steps are multiples of the scale, so
 * nothing is rounded and central differences see the straight line, or a saturated value.
 */
final class QuantizationCases {
  private static final float SCALE = 1 / 16f;

  static final Map<String, List<Maker>> MAKERS =
      Map.of(
          "QuantizeLinear",
          List.of(QuantizationCases::perTensor, QuantizationCases::perChannel),
          "DequantizeLinear",
          List.of(QuantizationCases::perTensor, QuantizationCases::perChannel));

  private QuantizationCases() {}

  private static Case perTensor(SplittableRandom random) {
    TestGraph graph = new TestGraph(2, 6, shape(random, 1, 4)[0]);
    String scale = graph.floats(new float[] {SCALE});
    boolean signed = random.nextBoolean();
    String zero =
        signed
            ? graph.integers(DataType.INT8_VALUE, new int[] {0})
            : graph.integers(DataType.UINT8_VALUE, new int[] {128});
    String quantized = graph.node("QuantizeLinear", List.of(X, scale, zero));
    String moved =
        random.nextBoolean()
            ? quantized
            : graph.node(
                "MaxPool",
                List.of(quantized),
                Attributes.of("kernel_shape", new long[] {2, 1}),
                Attributes.of("strides", new long[] {2, 1}));
    String y = graph.node("DequantizeLinear", List.of(moved, scale, zero));
    return of("QuantizeLinear", graph, y, Points.GRID);
  }

  private static Case perChannel(SplittableRandom random) {
    long[] row = with(random.nextLong(2, 5), shape(random, 2, 4));
    TestGraph graph = new TestGraph(row);
    float[] scales = new float[(int) row[0]];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = random.nextBoolean() ? SCALE : SCALE / 2;
    }
    int[] zeros = new int[scales.length];
    Arrays.fill(zeros, 128);
    String scale = graph.floats(scales, row[0]);
    String zero = graph.integers(DataType.UINT8_VALUE, zeros, row[0]);
    String quantized =
        graph.node("QuantizeLinear", List.of(X, scale, zero), Attributes.of("axis", 1L));
    String flat =
        graph.node("Transpose", List.of(quantized), Attributes.of("perm", new long[] {0, 2, 1, 3}));
    String y =
        graph.node("DequantizeLinear", List.of(flat, scale, zero), Attributes.of("axis", 2L));
    return of("QuantizeLinear", graph, y, Points.GRID);
  }
}
