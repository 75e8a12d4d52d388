package org.robustnessgap.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
    List<Long> statedShape() {
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

    static Value of(ValueInfoProto info) {
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

    ValueInfoProto toProto() {
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
    return OperatorSets.upgrade(stated(nameOf(file), parse(file), folderOf(file)));
  }

  /** The file as it is. */
  static ModelProto parse(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new InvalidInputException(file + " is a directory; give the ONNX file in it.");
      }
      // Weights stay where they were read to; a copy of them would be a second model.
      CodedInputStream bytes = UnsafeByteOperations.unsafeWrap(bytes(file)).newCodedInput();
      bytes.enableAliasing(true);
      ModelProto proto = ModelProto.parseFrom(bytes);
      if (proto.getGraph().getNodeCount() == 0) {
        throw notOnnx(file, null);
      }
      return proto;
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(
          "There is no file " + file + "; check the path of the ONNX model.", e);
    } catch (InvalidProtocolBufferException e) {
      throw notOnnx(file, e);
    } catch (IOException | OutOfMemoryError e) {
      throw new InvalidInputException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Outside the heap: there runtimes read the weights without a copy of their own. */
  private static ByteBuffer bytes(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new InvalidInputException(
            file + " is larger than 2 GiB; export it with its weights in files beside it.");
      }
      ByteBuffer bytes = ByteBuffer.allocateDirect((int) channel.size());
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
      return bytes.flip();
    }
  }

  private static InvalidInputException notOnnx(Path file, @Nullable Exception cause) {
    return new InvalidInputException(
        file + " is not an ONNX model; export it with torch.onnx.export, tf2onnx or skl2onnx.",
        cause);
  }

  /** The folder that weights in other files are relative to. */
  static Path folderOf(Path file) {
    return file.toAbsolutePath().resolveSibling("");
  }

  /** The file name without its extension: how tables and results call the model. */
  public static String nameOf(Path file) {
    String fileName = file.getFileName().toString();
    return fileName.endsWith(".onnx")
        ? fileName.substring(0, fileName.length() - ".onnx".length())
        : fileName;
  }

  /**
   * The model as a file states it, in its own operator set, but with calls of its own functions
   * replaced by their bodies and in float32.
   */
  static OnnxModel stated(String name, ModelProto proto, Path directory) {
    Opset opset = Opset.of(proto);
    if (opset.version() < 1) {
      throw new InvalidInputException(
          name + " names no version of the standard operators; export it anew.");
    }
    if (opset.version() > Opset.NEWEST) {
      throw new InvalidInputException(
          String.format(
              "%s uses operator set %d, and ONNX Runtime reads none newer than %d; export it with opset_version=%d or older.",
              name, opset.version(), Opset.NEWEST, Opset.NEWEST));
    }
    GraphProto graph = FunctionInlining.inlined(name, proto);
    requireReadable(name, opset, graph);
    if (graph.getSparseInitializerCount() > 0) {
      throw new InvalidInputException(
          name + " has sparse initializers; export it with dense weights.");
    }
    Map<String, TensorProto> initializers = new LinkedHashMap<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      TensorProto whole = ExternalData.load(name, tensor, directory);
      Tensors.requireSize(name, whole);
      initializers.put(tensor.getName(), whole);
    }
    List<Value> inputs = new ArrayList<>();
    for (ValueInfoProto input : graph.getInputList()) {
      if (!initializers.containsKey(input.getName())) {
        inputs.add(Value.of(input));
      }
    }
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto node : graph.getNodeList()) {
      if (node.getOpType().equals("Constant")
          && node.getAttributeCount() == 1
          && node.getAttribute(0).hasT()) {
        TensorProto value = ExternalData.load(name, node.getAttribute(0).getT(), directory);
        initializers.put(node.getOutput(0), value.toBuilder().setName(node.getOutput(0)).build());
      } else {
        nodes.add(withoutNothingAtTheEnd(node));
      }
    }
    requireOrder(name, inputs, nodes, initializers.keySet());
    return Precision.float32(
        new OnnxModel(
            name,
            opset,
            inputs,
            graph.getOutputList().stream().map(Value::of).toList(),
            nodes,
            initializers));
  }

  private static void requireReadable(String name, Opset opset, GraphProto graph) {
    String domain = LoweredClassical.DOMAIN;
    long version = opset.others().getOrDefault(domain, 1L);
    if (version > Opset.NEWEST_CLASSICAL
        && graph.getNodeList().stream().flatMap(Subgraphs::domains).anyMatch(domain::equals)) {
      throw new InvalidInputException(
          String.format(
              "%s uses version %d of the operators of %s, and ONNX Runtime reads none newer than %d; export it with that or an older one.",
              name, version, domain, Opset.NEWEST_CLASSICAL));
    }
  }

  /** ONNX Runtime 1.29 dies of a last input without a name, which means the same as none. */
  private static NodeProto withoutNothingAtTheEnd(NodeProto node) {
    int count = node.getInputCount();
    while (count > 0 && node.getInput(count - 1).isEmpty()) {
      count--;
    }
    return count == node.getInputCount()
        ? node
        : node.toBuilder().clearInput().addAllInput(node.getInputList().subList(0, count)).build();
  }

  /** A runtime may put nodes into another order, or run in circles. */
  private static void requireOrder(
      String name, List<Value> inputs, List<NodeProto> nodes, Set<String> weights) {
    Set<String> known = new HashSet<>(weights);
    inputs.forEach(input -> known.add(input.name()));
    known.add("");
    int position = 0;
    for (NodeProto node : nodes) {
      String described = AdjointContext.describe(node, String.valueOf(++position));
      for (String input : node.getInputList()) {
        if (!known.contains(input)) {
          throw new InvalidInputException(
              String.format(
                  "Node %s of %s reads %s, which nothing before it computes; export the model anew.",
                  described, name, input));
        }
      }
      if (node.getOutputCount() == 0) {
        throw new InvalidInputException(
            String.format(
                "Node %s of %s computes nothing; export the model anew.", described, name));
      }
      known.addAll(node.getOutputList());
    }
  }

  /** The model in ONNX's file format. */
  public byte[] toBytes() {
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
        .setGraph(graph)
        .build()
        .toByteArray();
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

  /** A start of names that no value of the model has. */
  String unusedPrefix(String wish) {
    Set<String> taken = new HashSet<>(initializers.keySet());
    inputs.forEach(input -> taken.add(input.name()));
    nodes.forEach(node -> taken.addAll(node.getOutputList()));
    return unusedPrefix(wish, taken);
  }

  static String unusedPrefix(String wish, Set<String> taken) {
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
