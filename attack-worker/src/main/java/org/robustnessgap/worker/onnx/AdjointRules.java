package org.robustnessgap.worker.onnx;

import java.util.Map;
import java.util.Set;

/**
 * The differentiable operators. To add one, write its rule in the class of its family, enter it
 * here, and add a case to {@code AdjointRulesTest}, which compares it with central differences.
 */
final class AdjointRules {
  private static final Map<String, AdjointRule> RULES =
      Map.ofEntries(
          Map.entry("Add", ElementwiseRules::add),
          Map.entry("AveragePool", PoolingRules::averagePool),
          Map.entry("BatchNormalization", ElementwiseRules::batchNormalization),
          Map.entry("Conv", ConvolutionRules::conv),
          Map.entry("ConvTranspose", ConvolutionRules::convTranspose),
          Map.entry("Div", ElementwiseRules::div),
          Map.entry("Dropout", ElementwiseRules::dropout),
          Map.entry("Flatten", ShapeRules::reshape),
          Map.entry("Gemm", LinearRules::gemm),
          Map.entry("GlobalAveragePool", PoolingRules::globalAveragePool),
          Map.entry("Identity", ElementwiseRules::identity),
          Map.entry("LeakyRelu", ElementwiseRules::leakyRelu),
          Map.entry("MatMul", LinearRules::matMul),
          Map.entry("MaxPool", PoolingRules::maxPool),
          Map.entry("Mul", ElementwiseRules::mul),
          Map.entry("Neg", ElementwiseRules::neg),
          Map.entry("Relu", ElementwiseRules::relu),
          Map.entry("Reshape", ShapeRules::reshape),
          Map.entry("Sigmoid", ElementwiseRules::sigmoid),
          Map.entry("Squeeze", ShapeRules::reshape),
          Map.entry("Sub", ElementwiseRules::sub),
          Map.entry("Tanh", ElementwiseRules::tanh),
          Map.entry("Transpose", ShapeRules::transpose),
          Map.entry("Unsqueeze", ShapeRules::reshape));

  private AdjointRules() {}

  static Set<String> operators() {
    return RULES.keySet();
  }

  static boolean covers(String operator) {
    return RULES.containsKey(operator);
  }

  static AdjointRule of(String operator) {
    return RULES.get(operator);
  }
}
