package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random RNNs, GRUs and LSTMs over the rows of an image. */
final class RecurrenceCases {
  /** Without a kink that differences could cross. */
  private static final List<String> SMOOTH =
      List.of("Tanh", "Sigmoid", "Affine", "ScaledTanh", "Softplus");

  private static final List<String> DIRECTIONS = List.of("forward", "reverse", "bidirectional");

  /** An operator, how many gates it has, activations, and outputs. */
  record Kind(String operator, int gates, int activations, int outputs) {}

  static final Kind RNN = new Kind("RNN", 1, 1, 2);
  static final Kind GRU = new Kind("GRU", 3, 2, 2);
  static final Kind LSTM = new Kind("LSTM", 4, 3, 3);

  static final Map<String, List<Maker>> MAKERS =
      Map.of("RNN", makers(RNN), "GRU", makers(GRU), "LSTM", makers(LSTM));

  private RecurrenceCases() {}

  private static List<Maker> makers(Kind kind) {
    return List.of(random -> plain(kind, random), random -> full(kind, random));
  }

  /** As most exporters write it: weights and biases alone, the last output or all of them. */
  private static Case plain(Kind kind, SplittableRandom random) {
    Sketch sketch = new Sketch(kind, random);
    sketch.inputs(sketch.biases());
    if (kind == GRU) {
      sketch.attributes.add(Attributes.of("linear_before_reset", (long) random.nextInt(2)));
    }
    return sketch.of(random.nextInt(2));
  }

  /** With all that there is. */
  private static Case full(Kind kind, SplittableRandom random) {
    Sketch sketch = new Sketch(kind, random);
    sketch.inputs(random.nextBoolean() ? sketch.biases() : "", sketch.lengths(), sketch.state());
    if (kind == LSTM) {
      sketch.inputs(sketch.state(), random.nextBoolean() ? sketch.peepholes() : "");
      sketch.attributes.add(Attributes.of("input_forget", (long) random.nextInt(2)));
    }
    if (kind == GRU) {
      sketch.attributes.add(Attributes.of("linear_before_reset", (long) random.nextInt(2)));
    }
    // Far from what is computed; nearer ones are compared without differences.
    sketch.attributes.add(Attributes.of("clip", 100f));
    sketch.activations(SMOOTH);
    return sketch.of(random.nextInt(kind.outputs));
  }

  /** A node under construction that reads the rows of x [n, steps, width]. */
  static final class Sketch {
    final TestGraph graph;
    final List<AttributeProto> attributes = new ArrayList<>();
    final int hidden;
    private final Kind kind;
    private final SplittableRandom random;
    private final int steps;
    private final int directions;
    private final List<String> inputs = new ArrayList<>();

    Sketch(Kind kind, SplittableRandom random) {
      this.kind = kind;
      this.random = random;
      this.steps = random.nextInt(1, 5);
      this.hidden = random.nextInt(1, 4);
      int width = random.nextInt(1, 4);
      String direction = DIRECTIONS.get(random.nextInt(3));
      this.directions = direction.equals("bidirectional") ? 2 : 1;
      this.graph = new TestGraph(steps, width);
      attributes.add(Attributes.of("direction", direction));
      attributes.add(Attributes.of("hidden_size", (long) hidden));
      inputs(
          graph.node("Transpose", List.of(X), Attributes.of("perm", new long[] {1, 0, 2})),
          weights(kind.gates * hidden, width),
          weights(kind.gates * hidden, hidden));
    }

    private String weights(long... shape) {
      return graph.uniform(random, -0.5, 0.5, OperatorCases.with(directions, shape));
    }

    void inputs(String... more) {
      inputs.addAll(List.of(more));
    }

    String biases() {
      return weights(2L * kind.gates * hidden);
    }

    String peepholes() {
      return weights(3L * hidden);
    }

    /** For each of the directions, the same for all images, or computed from them. */
    String state() {
      String one = graph.gaussian(random, directions, 1, hidden);
      if (random.nextBoolean()) {
        return graph.node(
            "Add",
            List.of(
                one,
                graph.node(
                    "ReduceMean", List.of(inputs.get(0), graph.longs(0, 2)), keepingAxes())));
      }
      String shape =
          graph.node(
              "Concat",
              List.of(graph.longs(directions), batch(), graph.longs(hidden)),
              Attributes.of("axis", 0L));
      return graph.node("Expand", List.of(one, shape));
    }

    private static AttributeProto keepingAxes() {
      return Attributes.of("keepdims", 1L);
    }

    private String batch() {
      return graph.node("Shape", List.of(X), Attributes.of("start", 0L), Attributes.of("end", 1L));
    }

    /** All of them whole, as a converter computes them from the batch. */
    String lengths() {
      String steps = graph.integers(DataType.INT32_VALUE, new int[] {this.steps}, 1);
      return random.nextBoolean() ? graph.node("Expand", List.of(steps, batch())) : "";
    }

    /** For each direction, with parameters for those that take some. */
    void activations(List<String> choices) {
      List<String> names = new ArrayList<>();
      List<Float> alphas = new ArrayList<>();
      List<Float> betas = new ArrayList<>();
      for (int i = 0; i < directions * kind.activations; i++) {
        String name = choices.get(random.nextInt(choices.size()));
        names.add(name);
        boolean both = List.of("Affine", "ScaledTanh", "HardSigmoid").contains(name);
        if (both || List.of("LeakyRelu", "ThresholdedRelu", "Elu").contains(name)) {
          alphas.add((float) random.nextDouble(0.2, 0.9));
        }
        if (both) {
          betas.add((float) random.nextDouble(0.2, 0.9));
        }
      }
      attributes.add(TestGraph.texts("activations", names));
      attributes.add(TestGraph.reals("activation_alpha", alphas));
      attributes.add(TestGraph.reals("activation_beta", betas));
    }

    /** The model that computes one of the outputs, the batch first. */
    Case of(int output) {
      List<String> outputs =
          graph.nodeWithOutputs(
              kind.operator, kind.outputs, inputs, attributes.toArray(AttributeProto[]::new));
      for (int i = 0; i < kind.outputs; i++) {
        if (i != output && random.nextBoolean()) {
          graph.leaveOut(i);
        }
      }
      long[] batchFirst = output == 0 ? new long[] {2, 0, 1, 3} : new long[] {1, 0, 2};
      String y =
          graph.node("Transpose", List.of(outputs.get(output)), Attributes.of("perm", batchFirst));
      return new Case(graph.model(kind.operator, y), Points.SMOOTH);
    }
  }
}
