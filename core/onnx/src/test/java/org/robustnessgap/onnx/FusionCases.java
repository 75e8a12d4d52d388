package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around what ONNX Runtime makes of several operators. */
final class FusionCases {
  private static final String DOMAIN = "com.microsoft";

  private static final List<String> OF_GEMM =
      List.of("Elu", "HardSigmoid", "LeakyRelu", "Relu", "Sigmoid", "Softplus", "Softsign", "Tanh");

  static final Map<String, List<Maker>> MAKERS =
      Map.ofEntries(
          entry("BiasGelu", random -> gelu("BiasGelu", true, random)),
          entry("SkipLayerNormalization", FusionCases::skip),
          entry(
              "FastGelu",
              random -> gelu("FastGelu", true, random),
              random -> gelu("FastGelu", false, random)),
          entry("FusedConv", FusionCases::conv, FusionCases::convWithSummand),
          entry("FusedGemm", FusionCases::gemm),
          entry("FusedMatMul", FusionCases::matMul, FusionCases::matMulOfRowsFirst),
          entry("Gelu", random -> gelu("Gelu", false, random)),
          entry(
              "QuickGelu",
              random -> gelu("QuickGelu", false, random),
              random -> gelu("QuickGelu", false, random, Attributes.of("alpha", 0.7f))));

  private FusionCases() {}

  private static Map.Entry<String, List<Maker>> entry(String operator, Maker... makers) {
    return Map.entry(DOMAIN + "." + operator, List.of(makers));
  }

  private static Case gelu(
      String operator, boolean biased, SplittableRandom random, AttributeProto... attributes) {
    int width = random.nextInt(1, 5);
    TestGraph graph = new TestGraph(random.nextInt(1, 4), width);
    // Where the curvature is small, central differences are exact enough.
    String x = graph.node("Mul", List.of(X, graph.floats(new float[] {0.3f}, 1)));
    List<String> inputs = biased ? List.of(x, graph.uniform(random, -1, 1, width)) : List.of(x);
    return smooth(graph, operator, inputs, attributes);
  }

  private static Case smooth(
      TestGraph graph, String operator, List<String> inputs, AttributeProto... attributes) {
    String y = graph.node(DOMAIN, 1, operator, inputs, attributes);
    return new Case(graph.model(operator, y), Points.SMOOTH);
  }

  private static Case skip(SplittableRandom random) {
    TestGraph graph = new TestGraph(2, 4);
    String skipped = graph.node("Mul", List.of(X, graph.gaussian(random, 2, 4)));
    List<String> inputs = new ArrayList<>();
    inputs.addAll(List.of(X, skipped, graph.gaussian(random, 4)));
    boolean biased = random.nextBoolean();
    inputs.add(random.nextBoolean() || biased ? graph.gaussian(random, 4) : "");
    inputs.add(biased ? graph.gaussian(random, 4) : "");
    List<String> outputs =
        graph.nodeWithOutputs("SkipLayerNormalization", 4, inputs, Attributes.of("epsilon", 1f));
    graph.leaveOut(1);
    graph.leaveOut(2);
    graph.inDomain(DOMAIN, 1);
    String both = graph.node("Add", List.of(outputs.get(0), outputs.get(3)));
    return new Case(graph.model("SkipLayerNormalization", both), Points.SMOOTH);
  }

  private static Case conv(SplittableRandom random) {
    return conv(random, false);
  }

  private static Case convWithSummand(SplittableRandom random) {
    return conv(random, true);
  }

  private static Case conv(SplittableRandom random, boolean summand) {
    TestGraph graph = new TestGraph(2, 3, 4);
    int channels = random.nextInt(1, 4);
    AttributeProto[] geometry = {
      Attributes.of("pads", new long[] {0, 1, 1, 0}),
      Attributes.of("strides", new long[] {1, random.nextInt(1, 3)})
    };
    List<AttributeProto> attributes = new ArrayList<>(List.of(geometry));
    boolean kinked = random.nextBoolean();
    attributes.addAll(kinked ? kinked(random) : smooth(random));
    List<String> inputs = new ArrayList<>();
    inputs.add(X);
    inputs.add(graph.uniform(random, -0.3, 0.3, channels, 2, 2, 3));
    if (kinked) {
      inputs.add(far(graph, channels));
    } else if (summand || random.nextBoolean()) {
      inputs.add(graph.gaussian(random, channels));
    }
    if (summand) {
      String other = graph.uniform(random, -0.3, 0.3, channels, 2, 2, 3);
      inputs.add(graph.node("Conv", List.of(X, other), geometry));
    }
    return smooth(graph, "FusedConv", inputs, attributes.toArray(AttributeProto[]::new));
  }

  /** Biases that keep sums away from 0, where activations have kinks. */
  private static String far(TestGraph graph, int count) {
    float[] far = new float[count];
    Arrays.fill(far, 30);
    return graph.floats(far, count);
  }

  private static List<AttributeProto> smooth(SplittableRandom random) {
    return switch (random.nextInt(3)) {
      case 0 -> List.of(Attributes.of("activation", "Tanh"));
      case 1 -> List.of(Attributes.of("activation", "Sigmoid"));
      default -> List.of();
    };
  }

  /** Activations of a convolution that have kinks. */
  static List<AttributeProto> kinked(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> List.of(Attributes.of("activation", "Relu"));
      case 1 -> withParameters("LeakyRelu", 1.5f);
      case 2 -> withParameters("Clip", -1f, 100f);
      default -> withParameters("HardSigmoid", 0.01f, 0.2f);
    };
  }

  private static List<AttributeProto> withParameters(String activation, Float... parameters) {
    return List.of(
        Attributes.of("activation", activation),
        TestGraph.reals("activation_params", List.of(parameters)));
  }

  private static Case gemm(SplittableRandom random) {
    int width = random.nextInt(1, 5);
    int outputs = random.nextInt(1, 4);
    TestGraph graph = new TestGraph(width);
    boolean transposed = random.nextBoolean();
    String weights =
        transposed
            ? graph.uniform(random, -0.5, 0.5, outputs, width)
            : graph.uniform(random, -0.5, 0.5, width, outputs);
    List<AttributeProto> attributes = new ArrayList<>();
    attributes.add(Attributes.of("alpha", 0.5f));
    attributes.add(Attributes.of("transB", transposed ? 1L : 0));
    String activation = OF_GEMM.get(random.nextInt(OF_GEMM.size()));
    attributes.add(Attributes.of("activation", activation));
    // The runtime refuses one that has this attribute and does not state it.
    if (List.of("Elu", "HardSigmoid", "LeakyRelu").contains(activation)) {
      attributes.add(Attributes.of("activation_alpha", 0.01f));
    }
    if (activation.equals("HardSigmoid")) {
      attributes.add(Attributes.of("activation_beta", 0.1f));
    }
    boolean kinked = List.of("Elu", "HardSigmoid", "LeakyRelu", "Relu").contains(activation);
    String bias = kinked ? far(graph, outputs) : graph.gaussian(random, outputs);
    return smooth(
        graph, "FusedGemm", List.of(X, weights, bias), attributes.toArray(AttributeProto[]::new));
  }

  private static Case matMul(SplittableRandom random) {
    int inner = random.nextInt(1, 4);
    int outer = random.nextInt(1, 4);
    int other = random.nextInt(1, 4);
    boolean a = random.nextBoolean();
    boolean b = random.nextBoolean();
    TestGraph graph = a ? new TestGraph(2, inner, outer) : new TestGraph(2, outer, inner);
    String weights =
        b ? graph.gaussian(random, other, inner) : graph.gaussian(random, inner, other);
    return smooth(
        graph,
        "FusedMatMul",
        List.of(X, weights),
        Attributes.of("transA", a ? 1L : 0),
        Attributes.of("transB", b ? 1L : 0),
        Attributes.of("alpha", 0.25f));
  }

  /** The rows of both stand before the axis along which there are several matrices. */
  private static Case matMulOfRowsFirst(SplittableRandom random) {
    int several = random.nextInt(1, 4);
    int inner = random.nextInt(1, 4);
    boolean b = random.nextBoolean();
    TestGraph graph = new TestGraph(several, inner);
    String weights =
        b ? graph.gaussian(random, 2, several, inner) : graph.gaussian(random, inner, several, 2);
    String y =
        graph.node(
            DOMAIN,
            1,
            "FusedMatMul",
            List.of(X, weights),
            Attributes.of("transBatchA", 1L),
            Attributes.of("transBatchB", 1L),
            Attributes.of("transB", b ? 1L : 0));
    String rows = graph.node("Transpose", List.of(y), Attributes.of("perm", new long[] {1, 0, 2}));
    return new Case(graph.model("FusedMatMul", rows), Points.SMOOTH);
  }
}
