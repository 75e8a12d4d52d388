package org.robustnessgap.engine.nd4j;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.robustnessgap.engine.MemoryExhaustedException;
import org.robustnessgap.engine.ProbeInput;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;

/** A model's graph with a kernel for each node and its constants as arrays. One run at a time. */
final class Interpreter implements AutoCloseable {
  private static final long MEMORY = Backend.memoryAllowed();
  private static final Set<String> STANDARD_DOMAINS = Set.of("", "ai.onnx");

  private final OnnxModel model;
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, INDArray> constants = new HashMap<>();

  /** Values that a node reads or the model yields. */
  private final Set<String> needed = new HashSet<>();

  /**
   * A node to run.
   *
   * @param lastReads values that nothing reads after it
   */
  private record Step(
      NodeProto node, Attributes attributes, Kernel kernel, List<String> lastReads) {}

  /**
   * @throws InvalidInputException if the model needs an operator or type that ND4J has not
   */
  Interpreter(OnnxModel model) {
    this.model = model;
    model.outputs().forEach(output -> needed.add(output.name()));
    for (int index = model.nodes().size() - 1; index >= 0; index--) {
      NodeProto node = model.nodes().get(index);
      List<String> lastReads =
          node.getInputList().stream().filter(name -> !name.isEmpty() && needed.add(name)).toList();
      steps.add(0, new Step(node, new Attributes(node), kernel(node), lastReads));
    }
    try {
      model
          .initializers()
          .forEach((name, tensor) -> constants.put(name, TensorProtos.toArray(tensor)));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static Kernel kernel(NodeProto node) {
    if (!STANDARD_DOMAINS.contains(node.getDomain())) {
      throw NodeRun.refused(node, "operators of " + node.getDomain() + " are not standard");
    }
    return Kernels.of(node.getOpType())
        .orElseThrow(() -> NodeRun.refused(node, "it has no kernel for that operator"));
  }

  /**
   * Runs the graph.
   *
   * @param feeds by name of the input; they stay the caller's
   * @param reader what to make of each output, before its memory is freed
   * @return by name of the output, in the model's order
   */
  <T> Map<String, T> run(Map<String, INDArray> feeds, Function<INDArray, T> reader) {
    Map<String, INDArray> values = new HashMap<>(constants);
    values.putAll(feeds);
    long rows =
        feeds.values().stream()
            .mapToLong(feed -> feed.rank() == 0 ? 1 : feed.size(0))
            .max()
            .orElse(1);
    try (Lifetimes lifetimes = new Lifetimes()) {
      for (Step step : steps) {
        run(step, values, lifetimes, rows * ProbeInput.LARGEST_ROW);
        lifetimes.sweep();
        for (String name : step.lastReads()) {
          lifetimes.release(Objects.requireNonNull(values.remove(name)));
        }
      }
      Map<String, T> results = new LinkedHashMap<>();
      for (OnnxModel.Value output : model.outputs()) {
        INDArray array = values.get(output.name());
        if (array == null) {
          throw new InvalidInputException(
              "ND4J does not compute output "
                  + output.name()
                  + " of "
                  + model.name()
                  + "; pass --engine onnxruntime.");
        }
        results.put(output.name(), reader.apply(array));
      }
      return results;
    }
  }

  private void run(Step step, Map<String, INDArray> values, Lifetimes lifetimes, long largest) {
    NodeProto node = step.node();
    @Nullable INDArray[] inputs = new @Nullable INDArray[node.getInputCount()];
    for (int index = 0; index < inputs.length; index++) {
      String name = node.getInput(index);
      inputs[index] = values.get(name);
      if (inputs[index] == null && !name.isEmpty()) {
        throw NodeRun.refused(node, "nothing computes its input " + name);
      }
    }
    NodeRun run = new NodeRun(node, step.attributes(), inputs, lifetimes, largest);
    @Nullable INDArray[] outputs = compute(step, run);
    for (int index = 0; index < node.getOutputCount(); index++) {
      String name = node.getOutput(index);
      if (needed.contains(name) && outputs[index] != null) {
        values.put(name, outputs[index]);
        lifetimes.hold(outputs[index]);
      }
    }
  }

  private static @Nullable INDArray[] compute(Step step, NodeRun run) {
    try {
      if (Backend.memoryUsed() > MEMORY) {
        throw new MemoryExhaustedException("ND4J's arrays take half of the machine's memory", null);
      }
      return run.compute(step.kernel());
    } catch (InvalidInputException | MemoryExhaustedException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError e) {
      // Whatever a native operator objects to: shapes, types, memory.
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
      if (e instanceof OutOfMemoryError || why.contains("llocation failed")) {
        throw new MemoryExhaustedException("ND4J found too little memory", e);
      }
      throw new InvalidInputException(NodeRun.refused(step.node(), why).getMessage(), e);
    }
  }

  @Override
  public void close() {
    constants.values().forEach(INDArray::close);
    constants.clear();
  }
}
