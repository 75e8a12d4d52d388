package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around one operator each of those that are rewritten into others. */
final class LoweringCases {
  private LoweringCases() {}

  /** By the name of the operator, with its domain. */
  static final Map<String, List<Maker>> MAKERS = new TreeMap<>();

  static {
    MAKERS.putAll(FusionCases.MAKERS);
    MAKERS.putAll(GridCases.MAKERS);
    MAKERS.putAll(RecurrenceCases.MAKERS);
    MAKERS.put("CastLike", List.of(LoweringCases::castLike, LoweringCases::constantCastLikeImage));
    MAKERS.put("ReduceProd", List.of(ReductionCases.reduction("ReduceProd", Points.QUADRATIC)));
    MAKERS.put("MeanVarianceNormalization", List.of(LoweringCases::meanVariance));
    MAKERS.putAll(ClassicalCases.MAKERS);
    MAKERS.putAll(BlockCases.MAKERS);
    MAKERS.putAll(ConvolutionCases.MAKERS);
    MAKERS.putAll(AttentionCases.REWRITTEN);
    MAKERS.putAll(RotationCases.MAKERS);
    MAKERS.putAll(FourierCases.MAKERS);
  }

  private static Case castLike(SplittableRandom random) {
    TestGraph graph = new TestGraph(random.nextInt(1, 4), 2).opset(19);
    String wide =
        graph.node("Cast", List.of(graph.floats(new float[] {1})), Attributes.of("to", 11L));
    String there = graph.node("CastLike", List.of(X, wide));
    String back = graph.node("Cast", List.of(there), Attributes.of("to", (long) TestGraph.FLOAT));
    return new Case(graph.model("CastLike", back), Points.QUADRATIC);
  }

  /** As the bodies of ONNX's own functions make their constants; no gradient leads to the type. */
  private static Case constantCastLikeImage(SplittableRandom random) {
    long width = random.nextLong(1, 4);
    TestGraph graph = new TestGraph(width).opset(19);
    String bent = graph.node("Mul", List.of(X, X));
    String cast = graph.node("CastLike", List.of(graph.gaussian(random, width), bent));
    return new Case(
        graph.model("CastLike", graph.node("Mul", List.of(cast, bent))), Points.QUADRATIC);
  }

  private static Case meanVariance(SplittableRandom random) {
    TestGraph graph = new TestGraph(random.nextInt(1, 4), random.nextInt(2, 4), 4);
    long[][] choices = {{2, 3}, {3}, {1, 2, 3}, {-1, 1}};
    String y =
        graph.node(
            "MeanVarianceNormalization",
            List.of(X),
            Attributes.of("axes", choices[random.nextInt(choices.length)]));
    return new Case(graph.model("MeanVarianceNormalization", y), Points.SMOOTH_GRID);
  }
}
