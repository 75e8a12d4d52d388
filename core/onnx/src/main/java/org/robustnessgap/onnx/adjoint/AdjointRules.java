package org.robustnessgap.onnx.adjoint;

import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The differentiable operators. To add one, write its rule in the class of its family, enter it
 * here, and add random models around it to the cases of {@code AdjointRulesTest}, which compares it
 * with central differences.
 */
public final class AdjointRules {
  private static final Map<String, AdjointRule> RULES =
      Map.ofEntries(
          Map.entry("Abs", Derivatives.rule(Derivatives::abs)),
          Map.entry("Acos", Derivatives.rule(Derivatives::acos)),
          Map.entry("Acosh", Derivatives.rule(Derivatives::acosh)),
          Map.entry("Add", ElementwiseRules::add),
          Map.entry("Asin", Derivatives.rule(Derivatives::asin)),
          Map.entry("Asinh", Derivatives.rule(Derivatives::asinh)),
          Map.entry("Atan", Derivatives.rule(Derivatives::atan)),
          Map.entry("Atanh", Derivatives.rule(Derivatives::atanh)),
          Map.entry("Attention", AttentionRules::attention),
          Map.entry("AveragePool", PoolingRules::averagePool),
          Map.entry("BatchNormalization", ElementwiseRules::batchNormalization),
          Map.entry("Cast", ElementwiseRules::cast),
          Map.entry("Ceil", ElementwiseRules::step),
          Map.entry("Celu", Derivatives.rule(Derivatives::celu)),
          Map.entry("Clip", BoundRules::clip),
          Map.entry("Compress", MovementRules::byPosition),
          Map.entry("Concat", MovementRules::concat),
          Map.entry("Conv", ConvolutionRules::conv),
          Map.entry("ConvTranspose", ConvolutionRules::convTranspose),
          Map.entry("Cos", Derivatives.rule(Derivatives::cos)),
          Map.entry("Cosh", Derivatives.rule(Derivatives::cosh)),
          Map.entry("CumSum", MovementRules::cumulativeSum),
          Map.entry("DepthToSpace", MovementRules::depthToSpace),
          Map.entry("DequantizeLinear", QuantizationRules::dequantize),
          Map.entry("Div", ElementwiseRules::div),
          Map.entry("Dropout", ElementwiseRules::dropout),
          Map.entry("Einsum", EinsumRules::einsum),
          Map.entry("Elu", Derivatives.rule(Derivatives::elu)),
          Map.entry("Erf", Derivatives.rule(Derivatives::erf)),
          Map.entry("Exp", Derivatives.rule(Derivatives::exp)),
          Map.entry("Expand", MovementRules::expand),
          Map.entry("Flatten", ShapeRules::reshape),
          Map.entry("Floor", ElementwiseRules::step),
          Map.entry("Gather", MovementRules::byPosition),
          Map.entry("GatherElements", MovementRules::byPosition),
          Map.entry("GatherND", MovementRules::byPosition),
          Map.entry("Gelu", Derivatives.rule(Derivatives::gelu)),
          Map.entry("Gemm", LinearRules::gemm),
          Map.entry("GlobalAveragePool", PoolingRules::globalAveragePool),
          Map.entry("GlobalMaxPool", ReductionRules::globalMaxPool),
          Map.entry("GroupNormalization", NormalizationRules::group),
          Map.entry("HardSigmoid", BoundRules::hardSigmoid),
          Map.entry("HardSwish", Derivatives.rule(Derivatives::hardSwish)),
          Map.entry("Identity", ElementwiseRules::identity),
          Map.entry("InstanceNormalization", NormalizationRules::instance),
          Map.entry("LRN", NormalizationRules::localResponse),
          Map.entry("LayerNormalization", NormalizationRules::layer),
          Map.entry("LeakyRelu", ElementwiseRules::leakyRelu),
          Map.entry("Log", Derivatives.rule(Derivatives::log)),
          Map.entry("LogSoftmax", SoftmaxRules::logSoftmax),
          Map.entry("LpNormalization", NormalizationRules::lp),
          Map.entry("LpPool", PoolingRules::lpPool),
          Map.entry("MatMul", LinearRules::matMul),
          Map.entry("Max", BoundRules::max),
          Map.entry("MaxPool", PoolingRules::maxPool),
          Map.entry("Mean", ElementwiseRules::mean),
          Map.entry("Min", BoundRules::min),
          Map.entry("Mish", Derivatives.rule(Derivatives::mish)),
          Map.entry("Mod", ElementwiseRules::mod),
          Map.entry("Mul", ElementwiseRules::mul),
          Map.entry("Neg", ElementwiseRules::neg),
          Map.entry("PRelu", ElementwiseRules::prelu),
          Map.entry("Pad", MovementRules::pad),
          Map.entry("Pow", ElementwiseRules::pow),
          Map.entry("QuantizeLinear", QuantizationRules::quantize),
          Map.entry("RMSNormalization", NormalizationRules::rms),
          Map.entry("Reciprocal", Derivatives.rule(Derivatives::reciprocal)),
          Map.entry("ReduceL1", ReductionRules::l1),
          Map.entry("ReduceL2", ReductionRules::l2),
          Map.entry("ReduceLogSum", ReductionRules::logSum),
          Map.entry("ReduceLogSumExp", ReductionRules::logSumExp),
          Map.entry("ReduceMax", ReductionRules::extreme),
          Map.entry("ReduceMean", ReductionRules::mean),
          Map.entry("ReduceMin", ReductionRules::extreme),
          Map.entry("ReduceSum", ReductionRules::sum),
          Map.entry("ReduceSumSquare", ReductionRules::sumOfSquares),
          Map.entry("Relu", BoundRules::relu),
          Map.entry("Reshape", ShapeRules::reshape),
          Map.entry("Resize", ResizeRules::resize),
          Map.entry("ReverseSequence", MovementRules::byPosition),
          Map.entry("Round", ElementwiseRules::step),
          Map.entry("ScatterElements", MovementRules::scatterElements),
          Map.entry("ScatterND", MovementRules::scatterNd),
          Map.entry("Selu", Derivatives.rule(Derivatives::selu)),
          Map.entry("Shrink", Derivatives.rule(Derivatives::shrink)),
          Map.entry("Sigmoid", ElementwiseRules::sigmoid),
          Map.entry("Sign", ElementwiseRules::step),
          Map.entry("Sin", Derivatives.rule(Derivatives::sin)),
          Map.entry("Sinh", Derivatives.rule(Derivatives::sinh)),
          Map.entry("Slice", MovementRules::slice),
          Map.entry("Softmax", SoftmaxRules::softmax),
          Map.entry("Softplus", Derivatives.rule(Derivatives::softplus)),
          Map.entry("Softsign", Derivatives.rule(Derivatives::softsign)),
          Map.entry("SpaceToDepth", MovementRules::spaceToDepth),
          Map.entry("Split", MovementRules::split),
          Map.entry("Sqrt", Derivatives.rule(Derivatives::sqrt)),
          Map.entry("Squeeze", ShapeRules::reshape),
          Map.entry("Sub", ElementwiseRules::sub),
          Map.entry("Sum", ElementwiseRules::sum),
          Map.entry("Swish", Derivatives.rule(Derivatives::swish)),
          Map.entry("Tan", Derivatives.rule(Derivatives::tan)),
          Map.entry("Tanh", ElementwiseRules::tanh),
          Map.entry("ThresholdedRelu", Derivatives.rule(Derivatives::thresholdedRelu)),
          Map.entry("Tile", MovementRules::byPosition),
          Map.entry("TopK", MovementRules::topK),
          Map.entry("Transpose", ShapeRules::transpose),
          Map.entry("Trilu", MovementRules::triangle),
          Map.entry("Unsqueeze", ShapeRules::reshape),
          Map.entry("Where", BoundRules::where));

  private AdjointRules() {}

  public static Set<String> operators() {
    return RULES.keySet();
  }

  static boolean covers(String operator) {
    return RULES.containsKey(operator);
  }

  /** The rule of an operator that is covered. */
  static AdjointRule of(String operator) {
    return Objects.requireNonNull(RULES.get(operator), operator);
  }
}
