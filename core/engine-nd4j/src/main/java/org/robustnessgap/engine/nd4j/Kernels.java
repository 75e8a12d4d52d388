package org.robustnessgap.engine.nd4j;

import static org.robustnessgap.engine.nd4j.ElementwiseKernels.binary;
import static org.robustnessgap.engine.nd4j.ElementwiseKernels.comparison;
import static org.robustnessgap.engine.nd4j.ElementwiseKernels.fold;
import static org.robustnessgap.engine.nd4j.ElementwiseKernels.logical;
import static org.robustnessgap.engine.nd4j.ElementwiseKernels.transform;
import static org.robustnessgap.engine.nd4j.ElementwiseKernels.unary;
import static org.robustnessgap.engine.nd4j.ReductionKernels.arg;
import static org.robustnessgap.engine.nd4j.ReductionKernels.global;
import static org.robustnessgap.engine.nd4j.ReductionKernels.norm;
import static org.robustnessgap.engine.nd4j.ReductionKernels.reduction;
import static org.robustnessgap.engine.nd4j.ReductionKernels.softmax;

import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Ceil;
import org.nd4j.linalg.api.ops.impl.transforms.same.Floor;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.impl.transforms.same.Reciprocal;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ACos;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ACosh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ASin;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ASinh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ATan;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ATanh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Cos;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Cosh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sin;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sinh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tan;

/**
 * The operators that ND4J computes. To add one, write its kernel in the class of its family and
 * enter it here; {@code EngineAgreementTest} compares the two engines on the models of {@code
 * OperatorCases}.
 */
final class Kernels {
  private static final Map<String, Kernel> KERNELS =
      Map.ofEntries(
          Map.entry("Abs", transform(Abs::new)),
          Map.entry("Acos", transform(ACos::new)),
          Map.entry("Acosh", transform(ACosh::new)),
          Map.entry("Add", binary("add")),
          Map.entry("And", logical("minimum")),
          Map.entry("ArgMax", arg(1)),
          Map.entry("ArgMin", arg(-1)),
          Map.entry("Asin", transform(ASin::new)),
          Map.entry("Asinh", transform(ASinh::new)),
          Map.entry("Atan", transform(ATan::new)),
          Map.entry("Atanh", transform(ATanh::new)),
          Map.entry("Attention", AttentionKernel::attention),
          Map.entry("AveragePool", WindowKernels::averagePool),
          Map.entry("BatchNormalization", NormalizationKernels::batch),
          Map.entry("Cast", ElementwiseKernels::cast),
          Map.entry("CastLike", ElementwiseKernels::castLike),
          Map.entry("Ceil", transform(Ceil::new)),
          Map.entry("Celu", ElementwiseKernels::celu),
          Map.entry("Clip", ElementwiseKernels::clip),
          Map.entry("Compress", MovementKernels::compress),
          Map.entry("Concat", MovementKernels::concat),
          Map.entry("Constant", ShapeKernels::constant),
          Map.entry("ConstantOfShape", ShapeKernels::constantOfShape),
          Map.entry("Conv", WindowKernels::conv),
          Map.entry("ConvTranspose", WindowKernels::convTranspose),
          Map.entry("Cos", transform(Cos::new)),
          Map.entry("Cosh", transform(Cosh::new)),
          Map.entry("CumSum", ReductionKernels::cumulativeSum),
          Map.entry("DepthToSpace", ShapeKernels::depthToSpace),
          Map.entry("DequantizeLinear", QuantizationKernels::dequantize),
          Map.entry("Div", ElementwiseKernels::divide),
          Map.entry("Dropout", ShapeKernels::dropout),
          Map.entry("Einsum", LinearKernels::einsum),
          Map.entry("Elu", ElementwiseKernels::elu),
          Map.entry("Equal", comparison("equals")),
          Map.entry("Erf", transform(Erf::new)),
          Map.entry("Exp", transform(Exp::new)),
          Map.entry("Expand", ShapeKernels::expand),
          Map.entry("Flatten", ShapeKernels::flatten),
          Map.entry("Floor", transform(Floor::new)),
          Map.entry("Gather", MovementKernels::gather),
          Map.entry("GatherElements", MovementKernels::gatherElements),
          Map.entry("GatherND", MovementKernels::gatherNd),
          Map.entry("Gelu", ElementwiseKernels::gelu),
          Map.entry("Gemm", LinearKernels::gemm),
          Map.entry("GlobalAveragePool", global((x, axes) -> x.mean(true, axes))),
          Map.entry("GlobalMaxPool", global((x, axes) -> x.max(true, axes))),
          Map.entry("Greater", comparison("greater")),
          Map.entry("GreaterOrEqual", comparison("greater_equal")),
          Map.entry("GroupNormalization", NormalizationKernels::group),
          Map.entry("HardSigmoid", ElementwiseKernels::hardSigmoid),
          Map.entry("HardSwish", ElementwiseKernels::hardSwish),
          Map.entry("Identity", ShapeKernels::identity),
          Map.entry("InstanceNormalization", NormalizationKernels::instance),
          Map.entry("IsNaN", ElementwiseKernels::isNaN),
          Map.entry("LRN", NormalizationKernels::localResponse),
          Map.entry("LayerNormalization", NormalizationKernels::layer),
          Map.entry("LeakyRelu", unary("lrelu", "alpha", 0.01)),
          Map.entry("Less", comparison("less")),
          Map.entry("LessOrEqual", comparison("less_equal")),
          Map.entry("Log", transform(Log::new)),
          Map.entry("LogSoftmax", softmax("log_softmax")),
          Map.entry("LpNormalization", NormalizationKernels::lp),
          Map.entry("LpPool", WindowKernels::lpPool),
          Map.entry("MatMul", LinearKernels::matMul),
          Map.entry("Max", fold("maximum")),
          Map.entry("MaxPool", WindowKernels::maxPool),
          Map.entry("Mean", ElementwiseKernels::mean),
          Map.entry("Min", fold("minimum")),
          Map.entry("Mish", ElementwiseKernels::mish),
          Map.entry("Mod", ElementwiseKernels::mod),
          Map.entry("Mul", binary("multiply")),
          Map.entry("Neg", transform(Negative::new)),
          Map.entry("Not", ElementwiseKernels::not),
          Map.entry("Or", logical("maximum")),
          Map.entry("PRelu", ElementwiseKernels::prelu),
          Map.entry("Pad", MovementKernels::pad),
          Map.entry("Pow", ElementwiseKernels::pow),
          Map.entry("QuantizeLinear", QuantizationKernels::quantize),
          Map.entry("RMSNormalization", NormalizationKernels::rms),
          Map.entry("Range", ShapeKernels::range),
          Map.entry("Reciprocal", transform(Reciprocal::new)),
          Map.entry("ReduceL1", norm((x, axes) -> x.norm1(true, axes))),
          Map.entry("ReduceL2", norm((x, axes) -> x.norm2(true, axes))),
          Map.entry("ReduceLogSum", ReductionKernels::logSum),
          Map.entry("ReduceLogSumExp", ReductionKernels::logSumExp),
          Map.entry("ReduceMax", reduction((x, axes) -> x.max(true, axes))),
          Map.entry("ReduceMean", reduction((x, axes) -> x.mean(true, axes))),
          Map.entry("ReduceMin", reduction((x, axes) -> x.min(true, axes))),
          Map.entry("ReduceProd", reduction((x, axes) -> x.prod(true, axes))),
          Map.entry("ReduceSum", reduction((x, axes) -> x.sum(true, axes))),
          Map.entry("ReduceSumSquare", ReductionKernels::sumOfSquares),
          Map.entry("Relu", ElementwiseKernels::relu),
          Map.entry("Reshape", ShapeKernels::reshape),
          Map.entry("Resize", ResizeKernel::resize),
          Map.entry("ReverseSequence", MovementKernels::reverseSequence),
          Map.entry("Round", ElementwiseKernels::round),
          Map.entry("ScatterElements", MovementKernels::scatterElements),
          Map.entry("ScatterND", MovementKernels::scatterNd),
          Map.entry("Selu", ElementwiseKernels::selu),
          Map.entry("Shape", ShapeKernels::shape),
          Map.entry("Shrink", ElementwiseKernels::shrink),
          Map.entry("Sigmoid", unary("sigmoid")),
          Map.entry("Sign", transform(Sign::new)),
          Map.entry("Sin", transform(Sin::new)),
          Map.entry("Sinh", transform(Sinh::new)),
          Map.entry("Size", ShapeKernels::size),
          Map.entry("Slice", MovementKernels::slice),
          Map.entry("Softmax", softmax("softmax")),
          Map.entry("Softplus", ElementwiseKernels::softplus),
          Map.entry("Softsign", unary("softsign")),
          Map.entry("SpaceToDepth", ShapeKernels::spaceToDepth),
          Map.entry("Split", MovementKernels::split),
          Map.entry("Sqrt", transform(Sqrt::new)),
          Map.entry("Squeeze", ShapeKernels::squeeze),
          Map.entry("Sub", binary("subtract")),
          Map.entry("Sum", fold("add")),
          Map.entry("Swish", ElementwiseKernels::swish),
          Map.entry("Tan", transform(Tan::new)),
          Map.entry("Tanh", unary("tanh")),
          Map.entry("ThresholdedRelu", ElementwiseKernels::thresholdedRelu),
          Map.entry("Tile", MovementKernels::tile),
          Map.entry("TopK", ReductionKernels::topK),
          Map.entry("Transpose", ShapeKernels::transpose),
          Map.entry("Trilu", MovementKernels::triangle),
          Map.entry("Unsqueeze", ShapeKernels::unsqueeze),
          Map.entry("Where", ElementwiseKernels::where),
          Map.entry("Xor", logical("not_equals")));

  private Kernels() {}

  static Optional<Kernel> of(String operator) {
    return Optional.ofNullable(KERNELS.get(operator));
  }
}
