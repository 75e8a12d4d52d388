package org.robustnessgap.onnx.lowering;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.robustnessgap.onnx.graph.Operator;

/**
 * The operators that are rewritten into others before a model is differentiated. To add one, write
 * its rule in the class of its family, enter it here and in docs/reference/operators.md, and add
 * random models around it to the cases of {@code LoweringTest}.
 */
public final class LoweringRules {
  private static final Map<Operator, LoweringRule> RULES =
      Map.ofEntries(
          Map.entry(Operator.microsoft("BiasGelu"), LoweredFusions::biasGelu),
          Map.entry(Operator.microsoft("FastGelu"), LoweredFusions::fastGelu),
          Map.entry(Operator.microsoft("FusedConv"), LoweredFusions::conv),
          Map.entry(Operator.microsoft("FusedGemm"), LoweredFusions::gemm),
          Map.entry(Operator.microsoft("FusedMatMul"), LoweredFusions::matMul),
          Map.entry(Operator.microsoft("Gelu"), LoweredFusions::gelu),
          Map.entry(Operator.microsoft("QuickGelu"), LoweredFusions::quickGelu),
          Map.entry(Operator.microsoft("RotaryEmbedding"), LoweredRotation::microsoft),
          Map.entry(
              Operator.microsoft("SkipLayerNormalization"), LoweredFusions::skipLayerNormalization),
          Map.entry(Operator.standard("AffineGrid"), LoweredGrids::affine),
          Map.entry(Operator.standard("DFT"), LoweredFourier::dft),
          Map.entry(Operator.standard("GridSample"), LoweredGrids::sample),
          Map.entry(Operator.standard("CastLike"), LoweredCasts::castLike),
          Map.entry(Operator.standard("GRU"), LoweredRecurrence::gru),
          Map.entry(Operator.standard("LSTM"), LoweredRecurrence::lstm),
          Map.entry(Operator.standard("RNN"), LoweredRecurrence::rnn),
          Map.entry(Operator.standard("Attention"), LoweredAttention::attention),
          Map.entry(Operator.standard("Col2Im"), LoweredBlocks::columnsToImage),
          Map.entry(Operator.standard("Conv"), LoweredConvolutions::conv),
          Map.entry(Operator.standard("ConvTranspose"), LoweredConvolutions::convTranspose),
          Map.entry(ml("ArrayFeatureExtractor"), LoweredClassical::columnsChosen),
          Map.entry(ml("Imputer"), LoweredClassical::imputer),
          Map.entry(ml("LinearClassifier"), LoweredClassical::classifier),
          Map.entry(ml("LinearRegressor"), LoweredClassical::regressor),
          Map.entry(ml("Normalizer"), LoweredClassical::normalizer),
          Map.entry(ml("Scaler"), LoweredClassical::scaler),
          Map.entry(
              Operator.standard("MeanVarianceNormalization"), LoweredNormalizations::meanVariance),
          Map.entry(Operator.standard("ReduceProd"), LoweredReductions::product),
          Map.entry(Operator.standard("RotaryEmbedding"), LoweredRotation::standard),
          Map.entry(Operator.standard("STFT"), LoweredFourier::shortTime));

  /** Operators with a gradient of their own, unless this input depends on the image. */
  private static final Map<Operator, Integer> UNLESS =
      Map.of(Operator.standard("Conv"), 1, Operator.standard("ConvTranspose"), 1);

  private LoweringRules() {}

  private static Operator ml(String type) {
    return new Operator(Operator.CLASSICAL, type);
  }

  public static Set<Operator> operators() {
    return RULES.keySet();
  }

  static boolean covers(Operator operator) {
    return RULES.containsKey(operator);
  }

  /**
   * Whether a node is rewritten.
   *
   * @param depends says of a value whether it depends on the image
   */
  static boolean isFor(NodeProto node, Predicate<String> depends) {
    Operator operator = Operator.of(node);
    return covers(operator)
        && (UNLESS.containsKey(operator)
            ? UNLESS.get(operator) < node.getInputCount()
                && depends.test(node.getInput(UNLESS.get(operator)))
            : node.getOutputList().stream().anyMatch(depends));
  }

  /** The rule of an operator that is covered. */
  static LoweringRule of(Operator operator) {
    return Objects.requireNonNull(RULES.get(operator), operator::toString);
  }
}
