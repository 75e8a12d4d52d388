package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InternalApi;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * A model without functions of its own, with all its weights inside: what this package reads,
 * rewrites and writes. Immutable.
 *
 * @param name what messages to the user call it
 * @param opset versions of its operators, of the standard ones at least {@link #OPSET}
 * @param inputs what the caller feeds, without initializers
 * @param outputs what the caller gets
 * @param nodes in topological order
 * @param initializers constants by name, in file order
 */
@StableApi
public record OnnxModel(
    String name,
    Opset opset,
    List<Value> inputs,
    List<Value> outputs,
    List<NodeProto> nodes,
    Map<String, TensorProto> initializers) {

  /**
   * The oldest operator set models are brought to: the first with ScatterElements that adds on
   * every runtime.
   */
  public static final long OPSET = 18;

  private static final long IR_VERSION = 8;

  /**
   * A named input or output.
   *
   * @param elementType an {@code OnnxMl.TensorProto.DataType} number; 0 for the runtime to infer
   * @param shape its dimensions; −1 where the model leaves one open; null if it says nothing
   */
  public record Value(String name, int elementType, @Nullable List<Long> shape) {
    public Value {
      shape = shape == null ? null : List.copyOf(shape);
    }

    /** Its shape, of a model that is known to state it, as one that can be searched does. */
    @InternalApi
    public List<Long> statedShape() {
      return Objects.requireNonNull(shape, name);
    }

    /** For people, for instance {@code image float [n, 3, 32, 32]}. */
    public String describe() {
      TensorProto.DataType type = TensorProto.DataType.forNumber(elementType);
      String dimensions =
          shape == null
              ? "of unstated shape"
              : shape.stream().map(d -> d < 0 ? "n" : d.toString()).toList().toString();
      String typeName = type == null ? "of unknown type" : type.name().toLowerCase(Locale.ROOT);
      return name + " " + typeName + " " + dimensions;
    }

    /** Whether the first of its dimensions is stated. */
    @InternalApi
    public boolean hasFixedBatch() {
      return shape != null && !shape.isEmpty() && shape.get(0) >= 0;
    }

    /** The same for any number of rows. */
    @InternalApi
    public Value withOpenBatch() {
      List<Long> open = new ArrayList<>(statedShape());
      open.set(0, -1L);
      return new Value(name, elementType, open);
    }

    @InternalApi
    public static Value of(ValueInfoProto info) {
      TypeProto.Tensor tensor = info.getType().getTensorType();
      if (!tensor.hasShape()) {
        return new Value(info.getName(), tensor.getElemType(), null);
      }
      List<Long> shape = new ArrayList<>();
      for (TensorShapeProto.Dimension dimension : tensor.getShape().getDimList()) {
        shape.add(
            dimension.hasDimValue() && dimension.getDimValue() > 0 ? dimension.getDimValue() : -1L);
      }
      return new Value(info.getName(), tensor.getElemType(), shape);
    }

    @InternalApi
    public ValueInfoProto toProto() {
      if (elementType == TensorProto.DataType.UNDEFINED_VALUE) {
        return ValueInfoProto.newBuilder().setName(name).build();
      }
      TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(elementType);
      if (shape != null) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        for (int axis = 0; axis < shape.size(); axis++) {
          TensorShapeProto.Dimension.Builder dimension = dimensions.addDimBuilder();
          if (shape.get(axis) >= 0) {
            dimension.setDimValue(shape.get(axis));
          } else if (axis == 0) {
            dimension.setDimParam("n");
          }
        }
        tensor.setShape(dimensions);
      }
      return ValueInfoProto.newBuilder()
          .setName(name)
          .setType(TypeProto.newBuilder().setTensorType(tensor))
          .build();
    }
  }

  public OnnxModel {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    nodes = List.copyOf(nodes);
    initializers = Collections.unmodifiableMap(new LinkedHashMap<>(initializers));
  }

  /** A model of standard operators alone. */
  public OnnxModel(
      String name,
      long opset,
      List<Value> inputs,
      List<Value> outputs,
      List<NodeProto> nodes,
      Map<String, TensorProto> initializers) {
    this(name, Opset.standard(opset), inputs, outputs, nodes, initializers);
  }

  /**
   * Reads a file, loads weights it keeps in other files, and brings it to the operator set of this
   * package.
   *
   * @throws InvalidInputException if there is no such file, it is no ONNX model, its weights are
   *     missing, or it uses a construct that is not supported
   */
  public static OnnxModel read(Path file) {
    return OperatorSets.upgrade(
        OnnxFile.stated(nameOf(file), OnnxFile.parse(file), OnnxFile.folderOf(file)));
  }

  /** The file name without its extension: how tables and results call the model. */
  public static String nameOf(Path file) {
    String fileName = file.getFileName().toString();
    return fileName.endsWith(".onnx")
        ? fileName.substring(0, fileName.length() - ".onnx".length())
        : fileName;
  }

  /** The model in ONNX's file format. */
  public byte[] toBytes() {
    return toProto().build().toByteArray();
  }

  /**
   * The same with metadata, which runtimes ignore and viewers show.
   *
   * @param metadata texts by key
   */
  public byte[] toBytes(Map<String, String> metadata) {
    ModelProto.Builder model = toProto();
    metadata.forEach((key, text) -> model.addMetadataPropsBuilder().setKey(key).setValue(text));
    return model.build().toByteArray();
  }

  private ModelProto.Builder toProto() {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName(name)
            .addAllNode(nodes)
            .addAllInitializer(initializers.values());
    inputs.forEach(input -> graph.addInput(input.toProto()));
    outputs.forEach(output -> graph.addOutput(output.toProto()));
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("robustness-gap")
        .addAllOpsetImport(
            opset.imports(nodes.stream().flatMap(Subgraphs::domains).collect(Collectors.toSet())))
        .setGraph(graph);
  }

  /**
   * The one input of the model.
   *
   * @throws InvalidInputException if it has none, several, or one that is not float32 [n, …]
   */
  public Value input() {
    if (inputs.size() != 1) {
      throw new InvalidInputException(
          name
              + " has "
              + inputs.size()
              + " inputs "
              + names(inputs)
              + "; give all but one a value with --fix NAME=VALUE (in a campaign: \"options\": {\"fix\": …}), or export it with exactly one.");
    }
    return requireFloat(inputs.get(0), "input");
  }

  /**
   * The one output of the model.
   *
   * @throws InvalidInputException if it has none, several, or one that is not float32
   */
  public Value output() {
    if (outputs.size() != 1) {
      throw new InvalidInputException(
          name
              + " has "
              + outputs.size()
              + " outputs "
              + names(outputs)
              + "; export it with exactly one.");
    }
    return requireFloat(outputs.get(0), "output");
  }

  private Value requireFloat(Value value, String what) {
    if (value.elementType() != TensorProto.DataType.FLOAT_VALUE) {
      throw new InvalidInputException(
          String.format(
              "The %s %s of %s holds %s; export the model in float32.",
              what, value.name(), name, TensorProto.DataType.forNumber(value.elementType())));
    }
    return value;
  }

  /** The shape of what it computes of one row, as far as it is stated; else empty. */
  public List<Long> rowShape() {
    List<Long> shape = output().shape();
    return shape == null ? List.of() : shape.subList(1, shape.size());
  }

  /** The same model computing other values. */
  public OnnxModel withOutputs(List<Value> others) {
    return new OnnxModel(name, opset, inputs, others, nodes, initializers);
  }

  /** What nodes compute, of types and shapes for the runtime to infer. */
  List<Value> computedValues() {
    return nodes.stream()
        .flatMap(node -> node.getOutputList().stream())
        .filter(value -> !value.isEmpty())
        .map(value -> new Value(value, TensorProto.DataType.UNDEFINED_VALUE, null))
        .toList();
  }

  /** The same with its one input declared otherwise. */
  public OnnxModel withInput(Value other) {
    return new OnnxModel(name, opset, List.of(other), outputs, nodes, initializers);
  }

  /**
   * The same inputs and outputs, computed by other nodes.
   *
   * @param more constants that those read, beside the model's own
   */
  @InternalApi
  public OnnxModel withNodes(List<NodeProto> others, Map<String, TensorProto> more) {
    Map<String, TensorProto> constants = new LinkedHashMap<>(initializers);
    constants.putAll(more);
    return new OnnxModel(name, opset, inputs, outputs, others, constants);
  }

  /** Without what no output depends on. */
  @InternalApi
  public OnnxModel pruned() {
    Set<String> needed = new HashSet<>();
    outputs.forEach(output -> needed.add(output.name()));
    List<NodeProto> kept = new ArrayList<>();
    ListIterator<NodeProto> backwards = nodes.listIterator(nodes.size());
    while (backwards.hasPrevious()) {
      NodeProto node = backwards.previous();
      if (node.getOutputList().stream().anyMatch(needed::contains)) {
        needed.addAll(Subgraphs.reads(node));
        kept.add(node);
      }
    }
    Collections.reverse(kept);
    Map<String, TensorProto> constants = new LinkedHashMap<>(initializers);
    constants.keySet().retainAll(needed);
    return new OnnxModel(name, opset, inputs, outputs, kept, constants);
  }

  /** A start of names that no value of the model has. */
  @InternalApi
  public String unusedPrefix(String wish) {
    Set<String> taken = new HashSet<>(initializers.keySet());
    inputs.forEach(input -> taken.add(input.name()));
    nodes.forEach(node -> taken.addAll(node.getOutputList()));
    return unusedPrefix(wish, taken);
  }

  @InternalApi
  public static String unusedPrefix(String wish, Set<String> taken) {
    StringBuilder prefix = new StringBuilder(wish);
    while (taken.stream().anyMatch(value -> value.startsWith(prefix.toString()))) {
      prefix.insert(0, '_');
    }
    return prefix.toString();
  }

  private static String names(List<Value> values) {
    return values.stream().map(Value::name).toList().toString();
  }
}
