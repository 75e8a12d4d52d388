package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.Refusals.assertRefused;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Tensors;

/** Vector–Jacobian products with respect to weights. */
class WeightGradientTest {
  private static final Engine ENGINE = new OnnxRuntimeEngine(1);
  private static final int ROWS = 3;

  private final SplittableRandom random = new SplittableRandom(41);
  private final TestGraph graph = new TestGraph(5);
  private final List<String> weights = new ArrayList<>();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** A weight with random values, scaled so that sums over its inputs stay near 1. */
  private String weight(long... shape) {
    String name = constant(shape);
    weights.add(name);
    return name;
  }

  private String constant(long... shape) {
    int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return graph.floats(gaussian(size, Math.sqrt(shape[0] / (double) size)), shape);
  }

  private float[] gaussian(int size, double scale) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  private String node(String operator, String... inputs) {
    return graph.node(operator, List.of(inputs));
  }

  /** A decoder as generators are built: dense, transposed convolutions, convolutions. */
  @Test
  void ofADecoderAreCentralDifferences() {
    String dense = node("Gemm", TestGraph.X, weight(5, 36), weight(36));
    String image = node("Reshape", node("Softplus", dense), graph.longs(-1, 4, 3, 3));
    String larger =
        graph.node(
            "ConvTranspose",
            List.of(image, weight(4, 3, 4, 4), weight(3)),
            Attributes.of("strides", new long[] {2, 2}),
            Attributes.of("pads", new long[] {1, 1, 1, 1}));
    String filtered =
        graph.node(
            "Conv",
            List.of(node("Tanh", larger), weight(6, 3, 3, 3), weight(6)),
            Attributes.of("pads", new long[] {1, 1, 1, 1}));
    String y = graph.node("Conv", List.of(node("Softplus", filtered), weight(2, 6, 1, 1)));
    check(graph.model("network", y));
  }

  /**
   * Windows that leave a rest, differ by axis, or are wider than their step; and units so far from
   * their kink that no step crosses it, half of them dead.
   */
  @Test
  void ofStridesDilationsAndRestsAreCentralDifferences() {
    float[] far = new float[112];
    for (int i = 0; i < far.length; i++) {
      far[i] = i % 2 == 0 ? 9 : -9;
    }
    String dense = node("Gemm", TestGraph.X, weight(5, 112), graph.floats(far, 112));
    String image = node("Reshape", node("Relu", dense), graph.longs(-1, 2, 8, 7));
    String strided =
        graph.node(
            "Conv",
            List.of(image, weight(3, 2, 3, 2), weight(3)),
            Attributes.of("strides", new long[] {3, 2}),
            Attributes.of("dilations", new long[] {1, 2}),
            Attributes.of("pads", new long[] {0, 1, 2, 0}));
    String y =
        graph.node(
            "ConvTranspose",
            List.of(node("Softplus", strided), weight(3, 2, 2, 3)),
            Attributes.of("strides", new long[] {2, 3}),
            Attributes.of("output_padding", new long[] {1, 2}));
    check(graph.model("network", y));
  }

  /** One weight in two layers, and one layer whose weight stays a constant. */
  @Test
  void ofASharedWeightAddUp() {
    String shared = weight(5, 5);
    String once = node("Tanh", node("MatMul", TestGraph.X, shared));
    String again = node("Tanh", node("MatMul", once, shared));
    String scaled = node("Mul", again, weight(5));
    check(graph.model("network", node("Gemm", scaled, constant(5, 2))));
  }

  private void check(OnnxModel model) {
    OnnxModel differentiated = Differentiator.differentiate(model, weights, ENGINE);
    assertThat(differentiated.initializers().keySet()).doesNotContainAnyElementsOf(weights);
    try (Executable forward = ENGINE.load(model);
        Executable gradient = ENGINE.load(differentiated);
        Executable plain = ENGINE.load(Differentiator.differentiate(model, ENGINE))) {
      Tensor x = new Tensor(gaussian(ROWS * 5, 1), new long[] {ROWS, 5});
      Tensor y = forward.run(x).get(0);
      Tensor v = new Tensor(gaussian(y.values().length, 1), y.shape());
      List<Tensor> inputs = new ArrayList<>(List.of(x, v));
      for (String weight : weights) {
        var tensor = model.initializers().get(weight);
        inputs.add(new Tensor(Tensors.values(tensor), Tensors.shape(tensor)));
      }
      List<Tensor> outputs = gradient.run(inputs.toArray(Tensor[]::new));
      assertThat(outputs.get(0).values()).containsExactly(y.values(), within(1e-5f));
      assertThat(outputs.get(1).values())
          .containsExactly(plain.run(x, v).get(1).values(), within(1e-4f));
      for (int w = 0; w < weights.size(); w++) {
        Tensor found = outputs.get(2 + w);
        Tensor weight = inputs.get(2 + w);
        assertThat(found.shape()).isEqualTo(weight.shape());
        double largest = 0;
        double[] expected = new double[found.values().length];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = difference(gradient, inputs, 2 + w, i, v);
          largest = Math.max(largest, Math.abs(expected[i]));
        }
        assertThat(largest).isPositive();
        for (int i = 0; i < expected.length; i++) {
          assertThat((double) found.values()[i])
              .as("element %d of weight %d %s", i, w, Arrays.toString(weight.shape()))
              .isCloseTo(expected[i], within(2e-3 * largest + 1e-4));
        }
      }
    }
  }

  private static double difference(
      Executable model, List<Tensor> inputs, int which, int element, Tensor v) {
    double[] sides = new double[2];
    float step = 0x1p-7f;
    for (int side = 0; side < 2; side++) {
      Tensor[] moved = inputs.toArray(Tensor[]::new);
      float[] values = moved[which].values().clone();
      values[element] += side == 0 ? step : -step;
      moved[which] = new Tensor(values, moved[which].shape());
      float[] y = model.run(moved).get(0).values();
      for (int k = 0; k < y.length; k++) {
        sides[side] += (double) v.values()[k] * y[k];
      }
    }
    return (sides[0] - sides[1]) / (2 * step);
  }

  @Test
  void refusesWhatIsNoWeightOrHasNoDerivative() {
    String used = weight(5, 4);
    String y = node("Gemm", TestGraph.X, used);
    OnnxModel dense = graph.model("network", y);
    assertRefused(
        () -> Differentiator.differentiate(dense, List.of("nothing"), ENGINE),
        "no float32 weight nothing");

    String turned = weight(4, 5);
    String transposed =
        graph.node("Transpose", List.of(turned), Attributes.of("perm", new long[] {1, 0}));
    OnnxModel behind = graph.model("network", node("Gemm", TestGraph.X, transposed));
    assertRefused(
        () -> Differentiator.differentiate(behind, List.of(turned), ENGINE), "only rearrange");
    assertRefused(
        () -> Differentiator.differentiate(behind, List.of(used), ENGINE), "does not depend");

    String image = node("Reshape", y, graph.longs(-1, 4, 1, 1));
    String grouped = weight(4, 1, 1, 1);
    OnnxModel groups =
        graph.model(
            "network", graph.node("Conv", List.of(image, grouped), Attributes.of("group", 4L)));
    assertRefused(
        () -> Differentiator.differentiate(groups, List.of(grouped), ENGINE), "in groups");

    String scale = weight(4);
    OnnxModel normalised =
        graph.model(
            "network",
            graph.node(
                "BatchNormalization",
                List.of(
                    image,
                    scale,
                    constant(4),
                    constant(4),
                    graph.floats(new float[] {1, 2, 3, 4}, 4))));
    assertRefused(
        () -> Differentiator.differentiate(normalised, List.of(scale), ENGINE), "its scale");
  }
}
