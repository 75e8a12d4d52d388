package org.robustnessgap.onnx.adjoint;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.robustnessgap.messages.InternalApi;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;
import org.robustnessgap.onnx.graph.ConstantFolding;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.RowReshapes;
import org.robustnessgap.onnx.graph.Subgraphs;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * Reverse-mode differentiation of a model into a model: y = f(x) becomes (x, v) ↦ (y, vᵀ ∂f/∂x).
 * Weights are constants and get no gradient, but for those that are named: y = f(x; w) becomes (x,
 * v, w) ↦ (y, vᵀ ∂f/∂x, vᵀ ∂f/∂w).
 */
@StableApi
public final class Differentiator {
  private final OnnxModel model;

  /** Initializers that are differentiated with respect to, in order. */
  private final Set<String> weights;

  private final ValueShapes shapes;
  private final ActiveValues active;
  private final Obstacles obstacles;

  private Differentiator(OnnxModel model, Set<String> weights, ValueShapes shapes) {
    this.model = model;
    this.weights = weights;
    this.shapes = shapes;
    this.active = new ActiveValues(model, weights, shapes);
    this.obstacles = new Obstacles(model, active, shapes);
  }

  /**
   * The model that computes the output and one vector–Jacobian product.
   *
   * @param model with one float32 input [n, …] and one float32 output [n, …]
   * @param probe runs models, to learn shapes
   * @return inputs (x, v), v of the shape of the output; outputs (y, vᵀ ∂f/∂x)
   * @throws InvalidInputException naming the nodes that stand in the way
   */
  public static OnnxModel differentiate(OnnxModel model, ValueShapes.Probe probe) {
    return of(model, probe).differentiated();
  }

  /**
   * The model that computes the output and one vector–Jacobian product, also with respect to
   * weights, which become inputs.
   *
   * @param model with one float32 input [n, …] and one float32 output [n, …]
   * @param weights names of float32 initializers, each once
   * @param probe runs models, to learn shapes
   * @return inputs (x, v, w …), outputs (y, vᵀ ∂f/∂x, vᵀ ∂f/∂w …), weights in the given order; the
   *     product with respect to a weight is summed over the rows
   * @throws InvalidInputException naming the nodes that stand in the way, or the weight that is
   *     none or does not reach the output
   */
  public static OnnxModel differentiate(
      OnnxModel model, List<String> weights, ValueShapes.Probe probe) {
    return of(model, new LinkedHashSet<>(weights), probe).differentiated();
  }

  /**
   * Looks at a model.
   *
   * @param probe runs models, to learn shapes and which values are numbers a gradient can flow
   *     through
   */
  @InternalApi
  public static Differentiator of(OnnxModel given, ValueShapes.Probe probe) {
    return of(given, Set.of(), probe);
  }

  private static Differentiator of(OnnxModel given, Set<String> weights, ValueShapes.Probe probe) {
    ValueShapes shapes = ValueShapes.of(given, probe);
    OnnxModel folded = ConstantFolding.of(given, shapes, probe);
    weights.forEach(weight -> requireWeight(weight, given, folded));
    return new Differentiator(RowReshapes.kept(folded, shapes), weights, shapes);
  }

  /** Of a weight that was folded into others, its value would stay in them. */
  private static void requireWeight(String weight, OnnxModel given, OnnxModel folded) {
    TensorProto tensor = given.initializers().get(weight);
    if (tensor == null || tensor.getDataType() != TensorProto.DataType.FLOAT_VALUE) {
      throw new InvalidInputException(
          given.name() + " has no float32 weight " + weight + " to differentiate with respect to.");
    }
    if (readers(weight, given) != readers(weight, folded)) {
      throw new InvalidInputException(
          String.format(
              "Weight %s of %s is read by nodes that only rearrange weights; name the weight that"
                  + " those compute.",
              weight, given.name()));
    }
  }

  private static long readers(String value, OnnxModel model) {
    return model.nodes().stream().filter(node -> Subgraphs.reads(node).contains(value)).count();
  }

  /** The nodes between input and output that no rule covers, described by name and operator. */
  @InternalApi
  public List<String> obstacles() {
    return obstacles.described();
  }

  /** The nodes between input and output whose gradient is an estimate, described likewise. */
  @InternalApi
  public List<String> straightThrough() {
    return active.describedNodes(
        node ->
            QuantizationRules.isStraightThrough(node) || active.isStepPassed(node.getOutput(0)));
  }

  /**
   * @throws InvalidInputException naming the nodes that stand in the way
   */
  @InternalApi
  public OnnxModel differentiated() {
    obstacles.requireNone();
    if (!active.contains(model.output().name()) || !active.contains(model.input().name())) {
      throw LostGradient.in(model, shapes);
    }
    return written(ReversePass.through(model, weights, shapes, active));
  }

  private OnnxModel written(ReversePass pass) {
    OnnxModel.Value x = model.input();
    OnnxModel.Value y = model.output();
    List<OnnxModel.Value> inputs = new ArrayList<>();
    inputs.add(x);
    inputs.add(new OnnxModel.Value(pass.seed(), y.elementType(), y.shape()));
    List<OnnxModel.Value> outputs = new ArrayList<>();
    outputs.add(y);
    outputs.add(new OnnxModel.Value(inputGradient(pass), y.elementType(), x.shape()));
    for (String name : weights) {
      OnnxModel.Value weight = weightValue(name);
      inputs.add(weight);
      outputs.add(
          new OnnxModel.Value(weightGradient(name, pass), weight.elementType(), weight.shape()));
    }
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    initializers.keySet().removeAll(weights);
    initializers.putAll(pass.constants());
    return new OnnxModel(
        model.name() + "-gradient", model.opset(), inputs, outputs, pass.nodes(), initializers);
  }

  private String inputGradient(ReversePass pass) {
    String x = model.input().name();
    return pass.cotangentIfAny(x)
        .orElseThrow(
            () -> new IllegalStateException("no gradient reached " + x + " of " + model.name()));
  }

  private OnnxModel.Value weightValue(String weight) {
    TensorProto tensor = Objects.requireNonNull(model.initializers().get(weight));
    return new OnnxModel.Value(weight, tensor.getDataType(), tensor.getDimsList());
  }

  private String weightGradient(String weight, ReversePass pass) {
    return pass.cotangentIfAny(weight)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    String.format(
                        "The output of %s does not depend on its weight %s; leave that out.",
                        model.name(), weight)));
  }
}
