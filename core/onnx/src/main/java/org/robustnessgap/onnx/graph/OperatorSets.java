package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Brings a model to operator set {@link OnnxModel#OPSET}, so that the rest of the package knows
 * only one.
 */
public final class OperatorSets {
  private static final long OLDEST = 9;

  /** From this version on, every operator means what this package takes it for. */
  private static final long LAST_CHANGE = 21;

  /** Operators whose axes were an attribute before version 18. */
  private static final Set<String> REDUCTIONS =
      Set.of(
          "ReduceMean",
          "ReduceMax",
          "ReduceMin",
          "ReduceProd",
          "ReduceL1",
          "ReduceL2",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "ReduceSumSquare");

  private OperatorSets() {}

  public static OnnxModel upgrade(OnnxModel model) {
    if (model.opset().version() < OLDEST) {
      throw new InvalidInputException(
          String.format(
              "%s uses operator set %d; export it with opset_version=%d or newer.",
              model.name(), model.opset().version(), OLDEST));
    }
    model.nodes().stream()
        .filter(Subgraphs::has)
        .findFirst()
        .ifPresent(
            node -> {
              throw new InvalidInputException(
                  String.format(
                      "Node %s of %s holds a subgraph; export the model without control flow.",
                      NodeContext.describe(node), model.name()));
            });
    if (model.opset().version() >= LAST_CHANGE) {
      return model;
    }
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto node : model.nodes()) {
      nodes.addAll(upgrade(node, model.opset().version(), initializers));
    }
    return new OnnxModel(
        model.name(),
        model.opset().withVersion(Math.max(model.opset().version(), OnnxModel.OPSET)),
        model.inputs(),
        model.outputs(),
        nodes,
        initializers);
  }

  private static List<NodeProto> upgrade(
      NodeProto node, long opset, Map<String, TensorProto> initializers) {
    if (!Operator.of(node).isStandard()) {
      return List.of(node);
    }
    Inputs inputs = new Inputs(node, initializers);
    if (node.getOpType().equals("GroupNormalization") && node.getInputCount() == 3) {
      return groupNormalization(node, initializers);
    }
    // Where there is nothing to change, the runtime says what is missing.
    if (opset >= OnnxModel.OPSET || node.getInputCount() == 0) {
      return List.of(node);
    }
    return switch (node.getOpType()) {
      case "ReduceSum", "Squeeze", "Unsqueeze" ->
          List.of(opset < 13 ? inputs.withIntegers("axes").node() : node);
      case "Split" -> List.of(split(inputs, opset));
      case "Softmax", "LogSoftmax" -> opset < 13 ? softmax(node, initializers) : List.of(node);
      case "Dropout" -> List.of(opset < 12 ? inputs.without("ratio").node() : node);
      case "Clip" -> List.of(opset < 11 ? inputs.withReal("min").withReal("max").node() : node);
      case "Pad" ->
          List.of(opset < 11 ? inputs.withIntegers("pads").withReal("value").node() : node);
      case "Slice" ->
          List.of(
              opset < 10
                  ? inputs.withIntegers("starts").withIntegers("ends").withIntegers("axes").node()
                  : node);
      case "Upsample", "Resize" -> List.of(opset < 11 ? resize(node) : node);
      default ->
          List.of(
              REDUCTIONS.contains(node.getOpType()) ? inputs.withIntegers("axes").node() : node);
    };
  }

  private static NodeProto split(Inputs inputs, long opset) {
    NodeProto node = opset < 13 ? inputs.withIntegers("split").node() : inputs.node();
    return node.getInputCount() == 1
        ? node.toBuilder().addAttribute(Attributes.of("num_outputs", node.getOutputCount())).build()
        : node;
  }

  /** Before version 13 these took all axes from one on, by default the second, as one. */
  private static List<NodeProto> softmax(NodeProto node, Map<String, TensorProto> initializers) {
    long axis = new Attributes(node).integer("axis", 1);
    if (axis == -1) {
      return List.of(node);
    }
    String x = node.getInput(0);
    String y = node.getOutput(0);
    NodeProto flatten =
        node("Flatten", y + "/flat", x).toBuilder()
            .addAttribute(Attributes.of("axis", axis))
            .build();
    NodeProto normalize =
        node.toBuilder()
            .clearAttribute()
            .setInput(0, y + "/flat")
            .setOutput(0, y + "/normalized")
            .addAttribute(Attributes.of("axis", -1L))
            .build();
    return List.of(
        flatten,
        normalize,
        node("Shape", y + "/shape", x),
        node("Reshape", y, y + "/normalized", y + "/shape"));
  }

  /** Before version 21, scale and bias were one a group: groups normalised as channels are. */
  private static List<NodeProto> groupNormalization(
      NodeProto node, Map<String, TensorProto> initializers) {
    Attributes attributes = new Attributes(node);
    String x = node.getInput(0);
    String y = node.getOutput(0);
    TensorProto grouped = Tensors.longs(y + "/grouped", 0, attributes.integer("num_groups", 1), -1);
    initializers.put(grouped.getName(), grouped);
    return List.of(
        node("Reshape", y + "/groups", x, grouped.getName()),
        node(
                "InstanceNormalization",
                y + "/normalized",
                y + "/groups",
                node.getInput(1),
                node.getInput(2))
            .toBuilder()
            .addAttribute(Attributes.of("epsilon", attributes.real("epsilon", 1e-5f)))
            .build(),
        node("Shape", y + "/shape", x),
        node("Reshape", y, y + "/normalized", y + "/shape"));
  }

  private static NodeProto node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  /** Coordinates counted from the corner, as before version 11. */
  private static NodeProto resize(NodeProto node) {
    return node.toBuilder()
        .setOpType("Resize")
        .clearInput()
        .addInput(node.getInput(0))
        .addInput("")
        .addInput(node.getInputCount() > 1 ? node.getInput(1) : "")
        .addAttribute(Attributes.of("coordinate_transformation_mode", "asymmetric"))
        .addAttribute(Attributes.of("nearest_mode", "floor"))
        .build();
  }

  /** A node whose attributes become inputs, one after the other. */
  private record Inputs(NodeProto node, Map<String, TensorProto> initializers) {
    Inputs withIntegers(String attribute) {
      Attributes attributes = new Attributes(node);
      return with(
          attribute,
          attributes.has(attribute)
              ? Tensors.longs(nameOf(attribute), attributes.integers(attribute, 0, 0))
              : null);
    }

    Inputs withReal(String attribute) {
      Attributes attributes = new Attributes(node);
      return with(
          attribute,
          attributes.has(attribute)
              ? Tensors.floats(nameOf(attribute), new float[] {attributes.real(attribute, 0)})
              : null);
    }

    private String nameOf(String attribute) {
      return node.getOutput(0) + "/" + attribute;
    }

    private Inputs with(String attribute, @Nullable TensorProto value) {
      if (value != null) {
        initializers.put(value.getName(), value);
      }
      NodeProto.Builder moved = without(attribute).node().toBuilder();
      if (value != null || !attribute.equals("axes") && !attribute.equals("split")) {
        // An empty name stands for an input that is left out.
        moved.addInput(value == null ? "" : value.getName());
      }
      return new Inputs(moved.build(), initializers);
    }

    Inputs without(String attribute) {
      NodeProto.Builder fewer = node.toBuilder().clearAttribute();
      node.getAttributeList().stream()
          .filter(given -> !given.getName().equals(attribute))
          .forEach(fewer::addAttribute);
      return new Inputs(fewer.build(), initializers);
    }
  }
}
