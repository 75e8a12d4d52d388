package org.robustnessgap.onnx.control;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.KnownValues;
import org.robustnessgap.onnx.graph.NodeContext;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Operator;
import org.robustnessgap.onnx.graph.Subgraphs;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.graph.ValueShapes;
import org.robustnessgap.onnx.lowering.StepBudget;

/**
 * Writes out, step by step, each Loop and Scan that takes as many steps for every image. None is
 * run to learn how many those are, but for a loop's condition alone.
 */
final class Repetitions {
  private static final int TRIPS = 0;
  private static final int CONDITION = 1;

  private final OnnxModel model;
  private final PlainPart plain;
  private final StepBudget budget;
  private final ValueShapes.Probe probe;
  private final GraphBuilder builder;

  private Repetitions(OnnxModel model, StepBudget budget, ValueShapes.Probe probe) {
    this.model = model;
    this.plain = PlainPart.of(model);
    this.budget = budget;
    this.probe = probe;
    this.builder = new GraphBuilder(model.unusedPrefix("repeated/"));
  }

  /** Whether a node is one of these. */
  static boolean is(NodeProto node) {
    return Operator.of(node).isStandard()
        && (node.getOpType().equals("Loop") || node.getOpType().equals("Scan"));
  }

  /**
   * Those whose number of steps nothing within another graph decides; the others stay, and so may
   * some within their graphs.
   *
   * @throws InvalidInputException naming a node whose steps depend on the image, or are too many
   */
  static OnnxModel unrolled(OnnxModel model, StepBudget budget, ValueShapes.Probe probe) {
    return model.nodes().stream().anyMatch(Repetitions::is)
        ? new Repetitions(model, budget, probe).unrolled()
        : model;
  }

  private OnnxModel unrolled() {
    for (NodeProto node : model.nodes()) {
      boolean done =
          is(node) && (node.getOpType().equals("Loop") ? unrollLoop(node) : unrollScan(node));
      if (!done) {
        builder.nodes().add(node);
      }
    }
    return model.withNodes(builder.nodes(), builder.constants());
  }

  private InvalidInputException refused(NodeProto node, String why) {
    return new InvalidInputException(
        String.format(
            "Node %s of %s repeats a graph and %s.",
            NodeContext.describe(node), model.name(), why));
  }

  private GraphProto graph(NodeProto node) {
    GraphProto graph =
        Subgraphs.of(node)
            .findFirst()
            .orElseThrow(() -> refused(node, "has none; export the model anew"));
    boolean loops = node.getOpType().equals("Loop");
    // A loop's graph gets the number of the step in place of how many there are.
    boolean fits =
        graph.getInputCount() == node.getInputCount()
            && graph.getOutputCount() == node.getOutputCount() + (loops ? 1 : 0);
    if (!fits || loops && node.getInputCount() < 2) {
      throw refused(node, "its values do not fit that; export the model anew, or without loops");
    }
    return graph;
  }

  /** Of one step: the graph's, and at most one for each value that is read or written by steps. */
  private static long nodes(NodeProto node, GraphProto graph) {
    return Subgraphs.size(graph)
        + new Attributes(node).integer("num_scan_inputs", 0)
        + node.getOutputCount();
  }

  /** False where it must wait. */
  private boolean unrollLoop(NodeProto node) {
    GraphProto graph = graph(node);
    LoopCondition ending = new LoopCondition(node, graph);
    String count = builder.fresh("count");
    NodeProto counting = ending.counting(input(node, TRIPS), count);
    if (!plain.knowsAllOf(Subgraphs.reads(counting))) {
      return false;
    }
    long steps = trips(node);
    if (!ending.neverEnds()) {
      steps = counted(node, ending, count, steps);
    } else if (steps == Long.MAX_VALUE && input(node, TRIPS).isEmpty()) {
      throw refused(node, "never ends; export the model without it");
    }
    budget.spend(steps, nodes(node, graph), why -> refused(node, why));
    String condition = input(node, CONDITION);
    if (condition.isEmpty()) {
      condition = constant(truth(), graph.getInput(CONDITION).getType().getTensorType());
    }
    RepeatedGraph repeated = new RepeatedGraph(graph, builder);
    List<String> states = node.getInputList().subList(2, node.getInputCount());
    List<List<String>> scanned = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      List<String> inputs = new ArrayList<>();
      inputs.add(index(step, graph.getInput(TRIPS).getType().getTensorType()));
      inputs.add(condition);
      inputs.addAll(states);
      List<String> outputs = repeated.step(inputs);
      condition = outputs.get(0);
      states = outputs.subList(1, states.size() + 1);
      scanned.add(outputs.subList(states.size() + 1, outputs.size()));
    }
    end(node, states, scanned, new long[node.getOutputCount()], new long[node.getOutputCount()]);
    return true;
  }

  /** The most steps that a loop takes: 0 where it does not start. */
  private long trips(NodeProto node) {
    String condition = input(node, CONDITION);
    String trips = input(node, TRIPS);
    KnownValues known = new KnownValues(plain.computing(List.of(condition, trips)), probe);
    boolean starts =
        condition.isEmpty()
            || !Tensors.isZero(
                known
                    .constant(condition)
                    .orElseThrow(
                        () -> refused(node, "starts if the image says so; export it without")));
    if (!starts) {
      return 0;
    }
    if (trips.isEmpty()) {
      return Long.MAX_VALUE;
    }
    TensorProto most =
        known
            .constant(trips)
            .orElseThrow(
                () ->
                    refused(
                        node,
                        "does so a number of times that is no constant; export the model without loops"));
    return Math.max(0, Tensors.integers(most)[0]);
  }

  /** Of these steps, those that are taken before the condition ends the loop. */
  private long counted(NodeProto node, LoopCondition ending, String count, long trips) {
    long nodes = nodes(node, graph(node));
    long most = Math.min(trips, budget.steps(nodes) + 1);
    GraphBuilder counter = new GraphBuilder(count + "/");
    String limit = counter.longScalar(most);
    NodeProto counting = ending.counting(limit, count);
    if (Subgraphs.of(counting)
        .flatMap(body -> body.getNodeList().stream())
        .anyMatch(Subgraphs::has)) {
      throw refused(node, "ends when a graph within it says so; export the model without it");
    }
    counter.nodes().add(counting);
    Optional<TensorProto> steps =
        new KnownValues(plain.with(counter, count), probe).constant(count);
    long taken =
        steps
            .orElseThrow(
                () ->
                    refused(
                        node, "may end early, when the image says so; export the model without it"))
            .getDims(0);
    if (taken > budget.steps(nodes)) {
      throw refused(node, budget.excess(taken + " or more", nodes));
    }
    return taken;
  }

  /** False where it must wait. */
  private boolean unrollScan(NodeProto node) {
    Attributes attributes = new Attributes(node);
    int read = (int) attributes.integer("num_scan_inputs", 1);
    int kept = node.getInputCount() - read;
    if (!plain.knowsAllOf(List.of(node.getInput(kept)))) {
      return false;
    }
    long[] axes = attributes.integers("scan_input_axes", read, 0);
    long[] backwards = attributes.integers("scan_input_directions", read, 0);
    OnnxModel scannedPart = plain.computing(List.of(node.getInput(kept)));
    long[] shape = ValueShapes.ofAllowedBatches(scannedPart, probe).shape(node.getInput(kept));
    long steps = shape[(int) (axes[0] < 0 ? axes[0] + shape.length : axes[0])];
    if (steps == ValueShapes.BATCH) {
      throw refused(node, "does so for one image after the other; export the model without it");
    }
    GraphProto graph = graph(node);
    budget.spend(steps, nodes(node, graph), why -> refused(node, why));
    RepeatedGraph repeated = new RepeatedGraph(graph, builder);
    List<String> states = node.getInputList().subList(0, kept);
    List<List<String>> scanned = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      List<String> inputs = new ArrayList<>(states);
      for (int i = 0; i < read; i++) {
        String index = index(backwards[i] == 0 ? step : steps - 1 - step, null);
        inputs.add(
            builder.emit(
                "Gather", List.of(node.getInput(kept + i), index), Attributes.of("axis", axes[i])));
      }
      List<String> outputs = repeated.step(inputs);
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
    return true;
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
      if (which >= 0 && scanned.isEmpty()) {
        throw refused(
            node, "takes no step, so " + node.getOutput(i) + " is empty; export it without");
      }
      builder
          .nodes()
          .add(
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
    return builder.emit("Concat", parts, Attributes.of("axis", axis));
  }

  /** Axes were an attribute before version 13. */
  private String unsqueezed(String value, long axis) {
    return model.opset().version() < 13
        ? builder.emit("Unsqueeze", List.of(value), Attributes.of("axes", new long[] {axis}))
        : builder.emit("Unsqueeze", List.of(value, builder.longs(axis)));
  }

  private static String input(NodeProto node, int index) {
    return index < node.getInputCount() ? node.getInput(index) : "";
  }

  private String index(long step, TypeProto.@Nullable Tensor as) {
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
  private String constant(TensorProto one, TypeProto.@Nullable Tensor as) {
    String name = builder.fresh("constant");
    TensorProto.Builder named = one.toBuilder().setName(name);
    if (as == null || as.getShape().getDimCount() != 1) {
      named.clearDims();
    }
    builder.constants().put(name, named.build());
    return name;
  }
}
