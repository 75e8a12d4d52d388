package org.robustnessgap.onnx.batch;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * Follows the rows of a batch from the input of a model to its output, and writes each node so that
 * it takes any number of them. Where a batch of one may stand in several places, one is tried after
 * the other until no node is in the way; whichever it is, the numbers are the same.
 */
final class BatchFollower {
  /** So many dead ends are given up. */
  private static final int MOST_TRIES = 2000;

  private final OnnxModel model;
  private final ValueShapes shapes;
  private final GraphBuilder builder;
  private final Map<String, BatchPlace> places = new HashMap<>();
  private final String rows;

  /**
   * @param model without nodes whose outputs never change
   * @param shapes of its values, at its batch
   */
  BatchFollower(OnnxModel model, ValueShapes shapes) {
    this.model = model;
    this.shapes = shapes;
    this.builder = new GraphBuilder(model.unusedPrefix("batch/"));
    this.rows =
        builder.emit(
            "Shape",
            List.of(model.input().name()),
            Attributes.of("start", 0L),
            Attributes.of("end", 1L));
    places.put(model.input().name(), BatchPlace.FIRST);
  }

  /**
   * The model for any batch.
   *
   * @throws InvalidInputException naming the node where the rows are lost
   */
  OnnxModel opened() {
    follow();
    String output = model.outputs().get(0).name();
    if (!hasRows(output)) {
      throw new InvalidInputException("output " + output + " does not depend on the input");
    }
    bringRowsToFront(output);
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    initializers.putAll(builder.constants());
    List<Long> shape = new ArrayList<>(rowShape(output));
    shape.add(0, -1L);
    OnnxModel.Value declared = model.outputs().get(0);
    return new OnnxModel(
            model.name(),
            model.opset(),
            List.of(model.input().withOpenBatch()),
            List.of(new OnnxModel.Value(output, declared.elementType(), shape)),
            builder.nodes(),
            initializers)
        .pruned();
  }

  private void follow() {
    List<NodeProto> nodes = model.nodes();
    int[] choices = new int[nodes.size()];
    int[] alternatives = new int[nodes.size()];
    int[] emitted = new int[nodes.size()];
    InvalidInputException furthest = null;
    int reached = -1;
    int tries = 0;
    for (int i = 0; i < nodes.size(); i++) {
      emitted[i] = builder.nodes().size();
      BatchNode node = new BatchNode(this, nodes.get(i), choices[i]);
      try {
        open(node);
        alternatives[i] = node.alternatives();
      } catch (InvalidInputException lost) {
        if (i > reached) {
          reached = i;
          furthest = lost;
        }
        alternatives[i] = node.alternatives();
        int back = i;
        while (back >= 0 && choices[back] + 1 >= alternatives[back]) {
          choices[back--] = 0;
        }
        if (back < 0 || ++tries > MOST_TRIES) {
          throw furthest;
        }
        choices[back]++;
        nodes
            .subList(back, i + 1)
            .forEach(other -> places.keySet().removeAll(other.getOutputList()));
        builder.nodes().subList(emitted[back], builder.nodes().size()).clear();
        i = back - 1;
      }
    }
  }

  private void open(BatchNode node) {
    if (node.batched().length == 0) {
      builder.nodes().add(node.node());
    } else {
      BatchRules.of(node.node().getOpType()).open(node);
    }
  }

  /** The output as [n, …], of two axes or more, whatever the exporter made of a batch of one. */
  private void bringRowsToFront(String output) {
    BatchPlace place = place(output);
    long[] shape = shape(output);
    if (place.equals(BatchPlace.FIRST) && shape[0] == batch() && shape.length > 1) {
      return;
    }
    String inner = builder.fresh("output");
    builder.nodes().replaceAll(node -> withValue(node, output, inner));
    long before = before(output);
    long after = after(output);
    String flat = builder.emit("Reshape", List.of(inner, builder.longs(before, -1, after)));
    String front =
        builder.emit("Transpose", List.of(flat), Attributes.of("perm", new long[] {1, 0, 2}));
    List<Long> row = new ArrayList<>(rowShape(output));
    row.add(0, -1L);
    builder
        .nodes()
        .add(
            NodeProto.newBuilder()
                .setOpType("Reshape")
                .setName(builder.fresh("rows"))
                .addInput(front)
                .addInput(builder.longs(row.stream().mapToLong(Long::longValue).toArray()))
                .addOutput(output)
                .build());
  }

  private static NodeProto withValue(NodeProto node, String from, String to) {
    NodeProto.Builder renamed = node.toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      renamed.setInput(i, node.getInput(i).equals(from) ? to : node.getInput(i));
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      renamed.setOutput(i, node.getOutput(i).equals(from) ? to : node.getOutput(i));
    }
    return renamed.build();
  }

  /** The dimensions that one row has of a value; an axis of the rows alone is left out. */
  private List<Long> rowShape(String value) {
    BatchPlace place = place(value);
    long[] shape = shape(value);
    long extent = place.extent(shape, batch());
    List<Long> row = new ArrayList<>();
    for (int axis = 0; axis < shape.length; axis++) {
      if (axis != place.axis()) {
        row.add(shape[axis]);
      } else if (extent > 1 || shape.length == 1) {
        row.add(extent);
      }
    }
    return row;
  }

  /**
   * The rows of what the model as it was given computes.
   *
   * @param whole its output, at its batch
   */
  float[][] rowsOf(float[] whole) {
    String output = model.outputs().get(0).name();
    int before = Math.toIntExact(before(output));
    int after = Math.toIntExact(after(output));
    int batch = Math.toIntExact(batch());
    float[][] rows = new float[batch][whole.length == before * batch * after ? before * after : 0];
    for (int row = 0; row < batch; row++) {
      for (int i = 0; i < rows[row].length; i++) {
        rows[row][i] = whole[(i / after * batch + row) * after + i % after];
      }
    }
    return rows;
  }

  /** How many elements of a value come before the batch. */
  private long before(String value) {
    BatchPlace place = place(value);
    long before = place.outer();
    for (int axis = 0; axis < place.axis(); axis++) {
      before *= shape(value)[axis];
    }
    return before;
  }

  /** How many elements of a value come after the batch. */
  private long after(String value) {
    long size = 1;
    for (long dimension : shape(value)) {
      size *= dimension;
    }
    return size / before(value) / batch();
  }

  void add(NodeProto node, BatchPlace place) {
    builder.nodes().add(node);
    node.getOutputList().stream()
        .filter(value -> !value.isEmpty())
        .forEach(value -> places.put(value, place));
  }

  /** Whether a value has rows. */
  boolean hasRows(String value) {
    return places.containsKey(value);
  }

  /** Of a value that has rows. */
  BatchPlace place(String value) {
    return Objects.requireNonNull(places.get(value), value);
  }

  /** At the batch that the model was exported for. */
  long[] shape(String value) {
    return shapes.shape(value);
  }

  long batch() {
    return model.input().statedShape().get(0);
  }

  /** Null for a value that is computed from the input. */
  @Nullable TensorProto constant(String value) {
    return model.initializers().get(value);
  }

  /** How many rows there are, a tensor of one integer. */
  String rows() {
    return rows;
  }

  GraphBuilder builder() {
    return builder;
  }
}
