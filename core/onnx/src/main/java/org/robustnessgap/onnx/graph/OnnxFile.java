package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;

/** Reads a model as a file states it. */
public final class OnnxFile {
  private OnnxFile() {}

  /** The file as it is. */
  public static ModelProto parse(Path file) {
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

  /**
   * The files beside a model's own that it keeps weights in, by their names as it states them; none
   * outside its folder, which nothing reads.
   *
   * @throws InvalidInputException if it is no ONNX file
   */
  public static SortedMap<String, Path> weights(Path file) {
    return ExternalData.files(parse(file), folderOf(file));
  }

  /** The folder that weights in other files are relative to. */
  public static Path folderOf(Path file) {
    return file.toAbsolutePath().resolveSibling("");
  }

  /**
   * The model as a file states it, in its own operator set, but with calls of its own functions
   * replaced by their bodies and in float32.
   */
  public static OnnxModel stated(String name, ModelProto proto, Path directory) {
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
    List<OnnxModel.Value> inputs = new ArrayList<>();
    for (ValueInfoProto input : graph.getInputList()) {
      if (!initializers.containsKey(input.getName())) {
        inputs.add(OnnxModel.Value.of(input));
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
            graph.getOutputList().stream().map(OnnxModel.Value::of).toList(),
            nodes,
            initializers));
  }

  private static void requireReadable(String name, Opset opset, GraphProto graph) {
    String domain = Operator.CLASSICAL;
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
      String name, List<OnnxModel.Value> inputs, List<NodeProto> nodes, Set<String> weights) {
    Set<String> known = new HashSet<>(weights);
    inputs.forEach(input -> known.add(input.name()));
    known.add("");
    int position = 0;
    for (NodeProto node : nodes) {
      String described = NodeContext.describe(node, String.valueOf(++position));
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
}
