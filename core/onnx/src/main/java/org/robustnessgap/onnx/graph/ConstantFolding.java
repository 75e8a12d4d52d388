package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Turns computed values that never change into constants: weights behind Identity or Transpose, and
 * what exporters compute from the image size.
 *
 * <p>A value is a constant if it reads no element of the input, at most its shape, and the runtime
 * computes the same for two batch sizes. The arithmetic is the runtime's, not ours.
 */
public final class ConstantFolding {
  private static final Set<String> OF_SHAPES = Set.of("Shape", "Size");

  private static final Set<String> RANDOM =
      Set.of(
          "Bernoulli",
          "Multinomial",
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike");

  private final OnnxModel model;
  private final ValueShapes.Probe probe;

  private ConstantFolding(OnnxModel model, ValueShapes.Probe probe) {
    this.model = model;
    this.probe = probe;
  }

  /** The model without nodes whose outputs never change. */
  public static OnnxModel of(OnnxModel model, ValueShapes shapes, ValueShapes.Probe probe) {
    ConstantFolding folding = new ConstantFolding(model, probe);
    return folding.folded(folding.constants(shapes));
  }

  /** The same, but what reads even the shape of the input stays. */
  public static OnnxModel ofConstants(OnnxModel model, ValueShapes.Probe probe) {
    ConstantFolding folding = new ConstantFolding(model, probe);
    return folding.folded(folding.withoutInput(independent(model)));
  }

  /** Every value that never changes, as a constant. */
  static Map<String, TensorProto> constants(
      OnnxModel model, ValueShapes shapes, ValueShapes.Probe probe) {
    return new ConstantFolding(model, probe).constants(shapes);
  }

  /** What a value holds at each of two batch sizes; empty if it reads an element of the input. */
  static List<TensorProto> atEachBatch(
      OnnxModel model, ValueShapes shapes, ValueShapes.Probe probe, String value) {
    ConstantFolding folding = new ConstantFolding(model, probe);
    Set<String> fromNothing = independent(model);
    Set<String> fromShapes = independent(model, OF_SHAPES);
    fromShapes.removeAll(fromNothing);
    if (!fromShapes.contains(value)) {
      return List.of();
    }
    Map<String, TensorProto> constants = folding.withoutInput(fromNothing);
    return Stream.<Function<String, long[]>>of(shapes::shapeAtSmallBatch, shapes::shapeAtLargeBatch)
        .map(shape -> folding.fromShapes(fromShapes, shape, constants).get(value))
        .filter(Objects::nonNull)
        .toList();
  }

  /** Computed values that read nothing of the input, not even its shape. */
  public static Set<String> independent(OnnxModel model) {
    return independent(model, Set.of());
  }

  /** Computed values that read no element of the input, but perhaps its shape. */
  static Set<String> ofShapes(OnnxModel model) {
    return independent(model, OF_SHAPES);
  }

  private Map<String, TensorProto> constants(ValueShapes shapes) {
    Set<String> fromNothing = independent(model);
    Map<String, TensorProto> constants = new HashMap<>(withoutInput(fromNothing));
    Set<String> fromShapes = independent(model, OF_SHAPES);
    fromShapes.removeAll(fromNothing);
    if (!fromShapes.isEmpty()) {
      Map<String, TensorProto> small = fromShapes(fromShapes, shapes::shapeAtSmallBatch, constants);
      small
          .entrySet()
          .retainAll(fromShapes(fromShapes, shapes::shapeAtLargeBatch, constants).entrySet());
      constants.putAll(small);
    }
    return constants;
  }

  private Map<String, TensorProto> withoutInput(Set<String> values) {
    return values.isEmpty()
        ? Map.of()
        : probe.values(exposing(values, model.nodes(), model.initializers()), 1);
  }

  /** With the shapes of one batch size in place of what computes them. */
  private Map<String, TensorProto> fromShapes(
      Set<String> values, Function<String, long[]> shape, Map<String, TensorProto> known) {
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    known.forEach((name, value) -> initializers.put(name, named(name, value)));
    for (NodeProto node : model.nodes()) {
      if (OF_SHAPES.contains(node.getOpType())) {
        initializers.put(node.getOutput(0), extent(node, shape));
      }
    }
    List<NodeProto> nodes = remaining(initializers);
    Set<String> computed = new LinkedHashSet<>(values);
    computed.removeAll(initializers.keySet());
    Map<String, TensorProto> found = new HashMap<>();
    if (!computed.isEmpty()) {
      found.putAll(probe.values(exposing(computed, nodes, initializers), 1));
    }
    values.stream()
        .filter(initializers::containsKey)
        .forEach(name -> found.put(name, initializers.get(name)));
    return found;
  }

  /** What Shape, possibly of some axes only, or Size computes. */
  private static TensorProto extent(NodeProto node, Function<String, long[]> shape) {
    String name = node.getOutput(0);
    long[] whole = shape.apply(node.getInput(0));
    if (node.getOpType().equals("Size")) {
      long size = Arrays.stream(whole).reduce(1, (a, b) -> a * b);
      return Tensors.longs(name, size).toBuilder().clearDims().build();
    }
    Attributes attributes = new Attributes(node);
    int start = place(attributes.integer("start", 0), whole.length);
    int end = place(attributes.integer("end", whole.length), whole.length);
    return Tensors.longs(name, Arrays.copyOfRange(whole, start, Math.max(start, end)));
  }

  private static int place(long axis, int rank) {
    return (int) Math.max(0, Math.min(axis < 0 ? axis + rank : axis, rank));
  }

  private OnnxModel folded(Map<String, TensorProto> constants) {
    if (constants.isEmpty()) {
      return model;
    }
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    constants.forEach((name, value) -> initializers.put(name, named(name, value)));
    model.outputs().forEach(output -> initializers.remove(output.name()));
    List<NodeProto> nodes = remaining(initializers);
    return new OnnxModel(
        model.name(), model.opset(), model.inputs(), model.outputs(), nodes, initializers);
  }

  /** The nodes that compute more than these values; what they compute is taken out of them. */
  private List<NodeProto> remaining(Map<String, TensorProto> known) {
    List<NodeProto> nodes =
        model.nodes().stream()
            .filter(
                node ->
                    node.getOutputList().stream()
                        .anyMatch(name -> !name.isEmpty() && !known.containsKey(name)))
            .toList();
    // A node with both kinds of outputs stays, and so do all of its outputs.
    nodes.forEach(node -> node.getOutputList().forEach(known::remove));
    return nodes;
  }

  private static TensorProto named(String name, TensorProto value) {
    return value.toBuilder().setName(name).build();
  }

  /** Computed values that read no element of the input, but for its shape by these operators. */
  private static Set<String> independent(OnnxModel model, Collection<String> ofShapes) {
    Set<String> dependent = new HashSet<>();
    model.inputs().forEach(input -> dependent.add(input.name()));
    Set<String> independent = new LinkedHashSet<>();
    for (NodeProto node : model.nodes()) {
      boolean isDependent =
          !ofShapes.contains(node.getOpType())
              && (isRandom(node) || Subgraphs.reads(node).stream().anyMatch(dependent::contains));
      (isDependent ? dependent : independent).addAll(node.getOutputList());
    }
    independent.remove("");
    return independent;
  }

  private static boolean isRandom(NodeProto node) {
    return RANDOM.contains(node.getOpType())
        || Subgraphs.of(node)
            .flatMap(graph -> graph.getNodeList().stream())
            .anyMatch(ConstantFolding::isRandom);
  }

  /** An input that no node reads. */
  static OnnxModel.Value nothing(OnnxModel model) {
    return new OnnxModel.Value(model.unusedPrefix("nothing"), DataType.FLOAT_VALUE, List.of(-1L));
  }

  /** The part of a model that computes these values. */
  private OnnxModel exposing(
      Set<String> values, List<NodeProto> all, Map<String, TensorProto> initializers) {
    Set<String> needed = new HashSet<>(values);
    List<NodeProto> nodes = new ArrayList<>();
    ListIterator<NodeProto> backwards = all.listIterator(all.size());
    while (backwards.hasPrevious()) {
      NodeProto node = backwards.previous();
      if (node.getOutputList().stream().anyMatch(needed::contains)) {
        needed.addAll(Subgraphs.reads(node));
        nodes.add(node);
      }
    }
    Collections.reverse(nodes);
    Map<String, TensorProto> read = new LinkedHashMap<>(initializers);
    read.keySet().retainAll(needed);
    return new OnnxModel(
        model.name(),
        model.opset(),
        // Nothing here reads the model's own, which may have a fixed batch.
        List.of(nothing(model)),
        values.stream().map(name -> new OnnxModel.Value(name, 0, null)).toList(),
        nodes,
        read);
  }
}
