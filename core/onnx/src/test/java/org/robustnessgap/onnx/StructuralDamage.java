package org.robustnessgap.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.robustnessgap.onnx.adjoint.AdjointRules;
import org.robustnessgap.onnx.graph.Attributes;

/** What goes wrong in a model that still is a well-formed file. */
final class StructuralDamage {
  private static final long[] SIZES = {
    -1, 0, 1, 2, 3, 7, 64, 1000, 1 << 20, 1L << 31, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE
  };

  private StructuralDamage() {}

  /** One change: of names (also into cycles), sizes, types, numbers, or parts left out or twice. */
  static void change(ModelProto.Builder model, SplittableRandom random) {
    GraphProto.Builder graph = model.getGraphBuilder();
    switch (random.nextInt(12)) {
      case 0 -> rewire(graph, random);
      case 1 -> node(graph, random).setOpType(operator(random));
      case 2 -> weight(graph, random).setDataType(random.nextInt(0, 24));
      case 3 -> resize(weight(graph, random), random);
      case 4 -> cut(weight(graph, random), random);
      case 5 -> attribute(graph, random);
      case 6 -> declare(graph, random);
      case 7 -> graph.removeNode(random.nextInt(graph.getNodeCount()));
      case 8 -> graph.addNode(graph.getNode(random.nextInt(graph.getNodeCount())));
      case 9 -> {
        int other = random.nextInt(graph.getNodeCount());
        NodeProto moved = graph.getNode(other);
        graph.removeNode(other).addNode(random.nextInt(graph.getNodeCount() + 1), moved);
      }
      case 10 -> graph.removeInitializer(random.nextInt(graph.getInitializerCount()));
      default -> model.getOpsetImportBuilder(0).setVersion(random.nextInt(0, 30));
    }
    if (graph.getNodeCount() == 0) {
      graph.addNode(NodeProto.newBuilder().setOpType("Relu").addInput("x").addOutput("x"));
    }
    if (graph.getInitializerCount() == 0) {
      graph.addInitializer(TensorProto.newBuilder().setName("lost"));
    }
  }

  /** An input becomes any other value: of the wrong shape, from behind, or its own. */
  private static void rewire(GraphProto.Builder graph, SplittableRandom random) {
    List<String> values = new ArrayList<>();
    graph.getNodeList().forEach(node -> values.addAll(node.getOutputList()));
    graph.getInitializerList().forEach(tensor -> values.add(tensor.getName()));
    values.add("");
    String value = values.get(random.nextInt(values.size()));
    NodeProto.Builder node = node(graph, random);
    if (node.getInputCount() == 0 || random.nextInt(4) == 0) {
      node.addInput(value);
    } else {
      node.setInput(random.nextInt(node.getInputCount()), value);
    }
  }

  private static String operator(SplittableRandom random) {
    List<String> operators = List.copyOf(new TreeSet<>(AdjointRules.operators()));
    return operators.get(random.nextInt(operators.size()));
  }

  private static NodeProto.Builder node(GraphProto.Builder graph, SplittableRandom random) {
    return graph.getNodeBuilder(random.nextInt(graph.getNodeCount()));
  }

  private static TensorProto.Builder weight(GraphProto.Builder graph, SplittableRandom random) {
    return graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount()));
  }

  private static long size(SplittableRandom random) {
    return SIZES[random.nextInt(SIZES.length)];
  }

  private static void resize(TensorProto.Builder tensor, SplittableRandom random) {
    if (tensor.getDimsCount() == 0 || random.nextInt(4) == 0) {
      tensor.addDims(size(random));
    } else {
      tensor.setDims(random.nextInt(tensor.getDimsCount()), size(random));
    }
  }

  private static void cut(TensorProto.Builder tensor, SplittableRandom random) {
    ByteString bytes = tensor.getRawData();
    if (random.nextBoolean()) {
      tensor.setRawData(bytes.substring(0, random.nextInt(bytes.size() + 1)));
    } else {
      byte[] changed = bytes.toByteArray();
      random.nextBytes(changed);
      tensor.setRawData(ByteString.copyFrom(changed));
    }
  }

  private static void attribute(GraphProto.Builder graph, SplittableRandom random) {
    NodeProto.Builder node = node(graph, random);
    if (node.getAttributeCount() == 0) {
      node.addAttribute(Attributes.of("axis", size(random)));
      return;
    }
    AttributeProto.Builder attribute =
        node.getAttributeBuilder(random.nextInt(node.getAttributeCount()));
    if (random.nextInt(4) == 0) {
      attribute.setType(
          AttributeProto.AttributeType.forNumber(random.nextInt(15)) == null
              ? AttributeProto.AttributeType.UNDEFINED
              : AttributeProto.AttributeType.forNumber(random.nextInt(12)));
    } else if (attribute.getIntsCount() > 0) {
      attribute.setInts(random.nextInt(attribute.getIntsCount()), size(random));
    } else {
      attribute.setI(size(random)).setF((float) size(random));
    }
  }

  private static void declare(GraphProto.Builder graph, SplittableRandom random) {
    var tensor = graph.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder();
    if (random.nextInt(3) == 0) {
      tensor.setElemType(random.nextInt(0, 24));
      return;
    }
    TensorShapeProto.Builder shape = tensor.getShapeBuilder();
    if (shape.getDimCount() == 0 || random.nextInt(4) == 0) {
      shape.addDimBuilder().setDimValue(size(random));
    } else {
      shape.getDimBuilder(random.nextInt(shape.getDimCount())).setDimValue(size(random));
    }
  }
}
