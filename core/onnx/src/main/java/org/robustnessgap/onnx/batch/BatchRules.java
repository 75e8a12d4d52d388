package org.robustnessgap.onnx.batch;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** By operator, how it takes any number of rows. */
final class BatchRules {
  /** On single elements, of one or more inputs that are broadcast. */
  private static final Set<String> ELEMENTWISE =
      Set.of(
          "Abs",
          "Acos",
          "Acosh",
          "Add",
          "And",
          "Asin",
          "Asinh",
          "Atan",
          "Atanh",
          "BitShift",
          "BitwiseAnd",
          "BitwiseNot",
          "BitwiseOr",
          "BitwiseXor",
          "Cast",
          "CastLike",
          "Ceil",
          "Celu",
          "Clip",
          "Cos",
          "Cosh",
          "Div",
          "Dropout",
          "Elu",
          "Equal",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "Greater",
          "GreaterOrEqual",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "IsInf",
          "IsNaN",
          "LeakyRelu",
          "Less",
          "LessOrEqual",
          "Log",
          "Max",
          "Mean",
          "Min",
          "Mish",
          "Mod",
          "Mul",
          "Neg",
          "Not",
          "Or",
          "PRelu",
          "Pow",
          "Reciprocal",
          "Relu",
          "Round",
          "Selu",
          "Shrink",
          "Sigmoid",
          "Sign",
          "Sin",
          "Sinh",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Sub",
          "Sum",
          "Swish",
          "Tan",
          "Tanh",
          "ThresholdedRelu",
          "Where",
          "Xor",
          "FastGelu",
          "QuickGelu",
          "BiasGelu");

  /** Of images, or of what stands first for each image. */
  private static final Set<String> FIRST_AXIS =
      Set.of(
          "AveragePool",
          "BatchNormalization",
          "Conv",
          "ConvInteger",
          "ConvTranspose",
          "DepthToSpace",
          "FusedConv",
          "GlobalAveragePool",
          "GlobalLpPool",
          "GlobalMaxPool",
          "GroupNormalization",
          "InstanceNormalization",
          "LRN",
          "LpPool",
          "MaxPool",
          "QLinearConv",
          "SpaceToDepth");

  /** The same, and each input has its own for each image. */
  private static final Set<String> ALL_BY_IMAGE =
      Set.of("Attention", "GridSample", "MultiHeadAttention", "RotaryEmbedding");

  private static final Map<String, BatchRule> RULES = rules();

  private BatchRules() {}

  static BatchRule of(String operator) {
    return RULES.getOrDefault(
        operator,
        operator.startsWith("Reduce")
            ? BatchAxes::reduction
            : node -> {
              throw node.lost("it is not known where this operator puts the images of a batch");
            });
  }

  private static Map<String, BatchRule> rules() {
    Map<String, BatchRule> rules = new HashMap<>();
    ELEMENTWISE.forEach(operator -> rules.put(operator, BatchAxes::elementwise));
    FIRST_AXIS.forEach(operator -> rules.put(operator, BatchAxes::firstAxis));
    ALL_BY_IMAGE.forEach(operator -> rules.put(operator, BatchAxes::allByImage));
    for (String operator : Set.of("Softmax", "LogSoftmax", "Hardmax", "LpNormalization", "TopK")) {
      rules.put(operator, node -> BatchAxes.along(node, node.attributes().integer("axis", -1)));
    }
    for (String operator :
        Set.of("LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization")) {
      rules.put(operator, BatchAxes::fromAxis);
    }
    rules.put("ArgMax", BatchAxes::arg);
    rules.put("ArgMin", BatchAxes::arg);
    rules.put("CumSum", node -> BatchAxes.along(node, node.integers(1, "axis")[0]));
    rules.put("Trilu", BatchAxes::matrices);
    rules.put("QuantizeLinear", BatchAxes::quantization);
    rules.put("DequantizeLinear", BatchAxes::quantization);
    rules.put("Reshape", BatchMoves::reshape);
    rules.put("Flatten", BatchMoves::reshape);
    rules.put("Squeeze", BatchMoves::squeeze);
    rules.put("Unsqueeze", BatchMoves::unsqueeze);
    rules.put("Transpose", BatchMoves::transpose);
    rules.put("Expand", BatchMoves::expand);
    rules.put("Tile", BatchMoves::tile);
    rules.put("Pad", BatchMoves::pad);
    rules.put("Resize", BatchMoves::resize);
    rules.put("Concat", BatchParts::concat);
    rules.put("Split", BatchParts::split);
    rules.put("Slice", BatchParts::slice);
    rules.put("Gather", BatchParts::gather);
    rules.put("GatherElements", BatchParts::elements);
    rules.put("ScatterElements", BatchParts::elements);
    rules.put("GatherND", BatchParts::gatherNd);
    rules.put("MatMul", BatchProducts::matMul);
    rules.put("Gemm", BatchProducts::gemm);
    rules.put("Einsum", BatchProducts::einsum);
    return Map.copyOf(rules);
  }
}
