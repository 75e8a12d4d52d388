package org.robustnessgap.worker.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.robustnessgap.messages.InvalidInputException;

/** Writes out, step by step, each Loop and Scan that takes as many steps for every image. */
final class Repetitions {
  /** Of what is written out; more would take minutes to differentiate. */
  private static final long MOST_NODES = 100_000;

  private static final int TRIPS = 0;
  private static final int CONDITION = 1;

  private static final String NO_TRIPS =
      "does so a number of times that is no constant; export the model without loops";

  private final OnnxModel model;
  private final ValueShapes shapes;
  private final Map<String, TensorProto> known;
  private final String prefix;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<String, TensorProto> initializers;

  /** By the node that goes on only while they hold. */
  private final Map<String, NodeProto> conditions = new LinkedHashMap<>();

  private int count;

  private Repetitions(OnnxModel model, ValueShapes.Probe probe) {
    this.model = model;
    this.shapes = OpenBatch.shapes(model, probe);
    this.known = new HashMap<>(model.initializers());
    known.putAll(ConstantFolding.constants(model, shapes, probe));
    this.prefix = model.unusedPrefix("repeated/");
    this.initializers = new LinkedHashMap<>(model.initializers());
  }

  /** Whether a node is one of these. */
  static boolean is(NodeProto node) {
    return Operator.of(node).isStandard()
        && (node.getOpType().equals("Loop") || node.getOpType().equals("Scan"));
  }

  /**
   * What comes out is believed only if it computes for random rows what the model does.
   *
   * @throws InvalidInputException naming a node whose steps depend on the image, or are too many
   */
  static OnnxModel unrolled(OnnxModel model, ValueShapes.Probe probe) {
    requireTrips(model);
    OnnxModel unrolled = new Repetitions(model, probe).unrolled(probe);
    Lowering.requireSame(model, unrolled, Repetitions::is, probe);
    return unrolled;
  }

  /** Before anything is run: on an image of zeros a loop may take no step at all. */
  private static void requireTrips(OnnxModel model) {
    Set<String> ofShapes = ConstantFolding.ofShapes(model);
    for (NodeProto node : model.nodes()) {
      String trips = input(node, TRIPS);
      if (is(node)
          && node.getOpType().equals("Loop")
          && !ofShapes.contains(trips)
          && !model.initializers().containsKey(trips)) {
        throw refused(model, node, NO_TRIPS);
      }
    }
  }

  private OnnxModel unrolled(ValueShapes.Probe probe) {
    for (NodeProto node : model.nodes()) {
      if (!is(node)) {
        nodes.add(node);
      } else if (node.getOpType().equals("Loop")) {
        loop(node);
      } else {
        scan(node);
      }
    }
    OnnxModel whole =
        new OnnxModel(
            model.name(), model.opset(), model.inputs(), model.outputs(), nodes, initializers);
    if (!conditions.isEmpty()) {
      Map<String, TensorProto> computed = OpenBatch.constants(whole, probe);
      conditions.forEach(
          (value, node) -> {
            TensorProto held = computed.getOrDefault(value, initializers.get(value));
            if (held == null || Tensors.isZero(held)) {
              throw refused(node, "may end early; export the model without it");
            }
          });
    }
    return ModelImport.pruned(whole);
  }

  private InvalidInputException refused(NodeProto node, String why) {
    return refused(model, node, why);
  }

  private static InvalidInputException refused(OnnxModel model, NodeProto node, String why) {
    return new InvalidInputException(
        String.format(
            "Node %s of %s repeats a graph and %s.",
            AdjointContext.describe(node), model.name(), why));
  }

  private void loop(NodeProto node) {
    TensorProto trips = known.get(input(node, TRIPS));
    if (trips == null) {
      throw refused(node, NO_TRIPS);
    }
    Body body = new Body(node, Tensors.integers(trips)[0]);
    String condition = input(node, CONDITION);
    if (condition.isEmpty()) {
      condition = constant(truth(), body.graph.getInput(CONDITION).getType().getTensorType());
    } else {
      conditions.put(condition, node);
    }
    List<String> states = node.getInputList().subList(2, node.getInputCount());
    List<List<String>> scanned = new ArrayList<>();
    for (int step = 0; step < body.steps; step++) {
      List<String> inputs = new ArrayList<>();
      inputs.add(index(step, body.graph.getInput(TRIPS).getType().getTensorType()));
      inputs.add(condition);
      inputs.addAll(states);
      List<String> outputs = body.step(inputs);
      condition = outputs.get(0);
      if (step + 1 < body.steps) {
        conditions.put(condition, node);
      }
      states = outputs.subList(1, states.size() + 1);
      scanned.add(outputs.subList(states.size() + 1, outputs.size()));
    }
    end(node, states, scanned, new long[node.getOutputCount()], new long[node.getOutputCount()]);
  }

  private void scan(NodeProto node) {
    Attributes attributes = new Attributes(node);
    int read = (int) attributes.integer("num_scan_inputs", 1);
    int kept = node.getInputCount() - read;
    long[] axes = attributes.integers("scan_input_axes", read, 0);
    long[] backwards = attributes.integers("scan_input_directions", read, 0);
    long[] shape = shapes.shape(node.getInput(kept));
    long steps = shape[(int) (axes[0] < 0 ? axes[0] + shape.length : axes[0])];
    if (steps == ValueShapes.BATCH) {
      throw refused(node, "does so for one image after the other; export the model without it");
    }
    Body body = new Body(node, steps);
    List<String> states = node.getInputList().subList(0, kept);
    List<List<String>> scanned = new ArrayList<>();
    for (int step = 0; step < body.steps; step++) {
      List<String> inputs = new ArrayList<>(states);
      for (int i = 0; i < read; i++) {
        int at = backwards[i] == 0 ? step : body.steps - 1 - step;
        String index = index(at, null);
        inputs.add(
            emit(
                "Gather", List.of(node.getInput(kept + i), index), Attributes.of("axis", axes[i])));
      }
      List<String> outputs = body.step(inputs);
      states = outputs.subList(0, kept);
      scanned.add(outputs.subList(kept, outputs.size()));
    }
    int written = node.getOutputCount() - kept;
    end(
        node,
        states,
        scanned,
        attributes.integers("scan_output_axes", written, 0),
        attributes.integers("scan_output_directions", written, 0));
  }

  /** The last states, then what each step wrote. */
  private void end(
      NodeProto node,
      List<String> states,
      List<List<String>> scanned,
      long[] axes,
      long[] backwards) {
    for (int i = 0; i < node.getOutputCount(); i++) {
      if (node.getOutput(i).isEmpty()) {
        continue;
      }
      int which = i - states.size();
      nodes.add(
          NodeProto.newBuilder()
              .setOpType("Identity")
              .addInput(
                  which < 0
                      ? states.get(i)
                      : stacked(
                          scanned.stream().map(step -> step.get(which)).toList(),
                          axes[which],
                          backwards[which] != 0))
              .addOutput(node.getOutput(i))
              .build());
    }
  }

  private String stacked(List<String> values, long axis, boolean backwards) {
    List<String> parts = new ArrayList<>();
    for (String value : values) {
      parts.add(unsqueezed(value, axis));
    }
    if (backwards) {
      Collections.reverse(parts);
    }
    return emit("Concat", parts, Attributes.of("axis", axis));
  }

  /** Axes were an attribute before version 13. */
  private String unsqueezed(String value, long axis) {
    if (model.opset().version() < 13) {
      return emit("Unsqueeze", List.of(value), Attributes.of("axes", new long[] {axis}));
    }
    String axes = fresh("axes");
    initializers.put(axes, Tensors.longs(axes, axis));
    return emit("Unsqueeze", List.of(value, axes));
  }

  private String emit(String operator, List<String> inputs, AttributeProto... attributes) {
    String output = fresh(operator);
    nodes.add(
        NodeProto.newBuilder()
            .setOpType(operator)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(List.of(attributes))
            .build());
    return output;
  }

  private String fresh(String what) {
    return prefix + what + "_" + count++;
  }

  private static String input(NodeProto node, int index) {
    return index < node.getInputCount() ? node.getInput(index) : "";
  }

  private String index(long step, TypeProto.Tensor as) {
    return constant(Tensors.longs("", step), as);
  }

  private static TensorProto truth() {
    return TensorProto.newBuilder()
        .setDataType(DataType.BOOL_VALUE)
        .addDims(1)
        .addInt32Data(1)
        .build();
  }

  /** One number: of rank 1 where the graph says so, else a scalar, as the standard has it. */
  private String constant(TensorProto one, TypeProto.Tensor as) {
    String name = fresh("constant");
    TensorProto.Builder named = one.toBuilder().setName(name);
    if (as == null || as.getShape().getDimCount() != 1) {
      named.clearDims();
    }
    initializers.put(name, named.build());
    return name;
  }

  /** The graph that a node repeats. */
  private final class Body {
    final GraphProto graph;
    final int steps;
    private final List<NodeProto> computed = new ArrayList<>();

    /** Its own constants, the same in all steps. */
    private final Map<String, String> constants = new HashMap<>();

    Body(NodeProto node, long steps) {
      this.graph =
          Subgraphs.of(node)
              .findFirst()
              .orElseThrow(() -> refused(node, "has none; export the model anew"));
      if (steps < 1 || steps > MOST_NODES / Math.max(1, graph.getNodeCount())) {
        throw refused(
            node, "does so " + steps + " times; it can be written out for 1 to some thousand");
      }
      this.steps = (int) steps;
      graph.getInitializerList().forEach(tensor -> share(tensor.getName(), tensor));
      for (NodeProto inner : graph.getNodeList()) {
        if (inner.getOpType().equals("Constant")
            && inner.getAttributeCount() == 1
            && inner.getAttribute(0).hasT()) {
          share(inner.getOutput(0), inner.getAttribute(0).getT());
        } else {
          computed.add(inner);
        }
      }
    }

    private void share(String name, TensorProto tensor) {
      String shared = fresh(name);
      constants.put(name, shared);
      initializers.put(shared, tensor.toBuilder().setName(shared).build());
    }

    /** Adds one step and returns what it computes. */
    List<String> step(List<String> inputs) {
      Map<String, String> own = new HashMap<>(constants);
      for (int i = 0; i < inputs.size(); i++) {
        own.put(graph.getInput(i).getName(), inputs.get(i));
      }
      for (NodeProto inner : computed) {
        inner.getOutputList().forEach(value -> own.put(value, fresh(value)));
      }
      for (NodeProto inner : computed) {
        NodeProto unnamed = inner.toBuilder().clearName().build();
        nodes.add(Subgraphs.renamed(unnamed, name -> own.getOrDefault(name, name)));
      }
      return graph.getOutputList().stream()
          .map(output -> own.getOrDefault(output.getName(), output.getName()))
          .toList();
    }
  }
}
