package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * A model with the shapes of another and little of its arithmetic: large weights are zeros made
 * while it runs, and products of matrices keep one term of each sum.
 */
final class ShapeSkeleton {
  /** Smaller constants may be sizes, axes or scales. */
  private static final int LARGEST_KEPT = 64;

  private final OnnxModel model;
  private final GraphBuilder builder;
  private final Map<String, TensorProto> initializers;

  private ShapeSkeleton(OnnxModel model, GraphBuilder builder) {
    this.model = model;
    this.builder = builder;
    this.initializers = new LinkedHashMap<>(model.initializers());
  }

  /**
   * @return with all computed values as outputs
   */
  static OnnxModel of(OnnxModel model) {
    return new ShapeSkeleton(model, new GraphBuilder(model.unusedPrefix("skeleton/"))).reduced();
  }

  private OnnxModel reduced() {
    List<TensorProto> weights =
        model.initializers().values().stream().filter(ShapeSkeleton::isWeight).toList();
    weights.forEach(weight -> initializers.remove(weight.getName()));
    for (NodeProto node : model.nodes()) {
      builder.nodes().add(reduced(node));
    }
    List<NodeProto> reduced = List.copyOf(builder.nodes());
    Set<String> read = new HashSet<>();
    reduced.forEach(node -> read.addAll(Subgraphs.reads(node)));
    builder.nodes().clear();
    weights.stream()
        .filter(weight -> read.contains(weight.getName()))
        .forEach(weight -> emitZeros(weight.getName(), Tensors.shape(weight)));
    builder.nodes().addAll(reduced);
    initializers.putAll(builder.constants());
    return new OnnxModel(
        model.name(),
        model.opset(),
        model.inputs(),
        model.computedValues(),
        builder.nodes(),
        initializers);
  }

  private static boolean isWeight(TensorProto tensor) {
    return tensor.getDataType() == DataType.FLOAT_VALUE && size(tensor) > LARGEST_KEPT;
  }

  private static long size(TensorProto tensor) {
    return tensor.getDimsList().stream().reduce(1L, (a, b) -> a * b);
  }

  private void emitZeros(String name, long... shape) {
    builder
        .nodes()
        .add(
            NodeProto.newBuilder()
                .setOpType("ConstantOfShape")
                .addInput(builder.longs(shape))
                .addOutput(name)
                .build());
  }

  private NodeProto reduced(NodeProto node) {
    if (node.getInputCount() < 2 || !Operator.of(node).isStandard()) {
      return node;
    }
    Attributes attributes = new Attributes(node);
    return switch (node.getOpType()) {
      case "MatMul" ->
          withInputs(node, first(node.getInput(0), -1, 1), first(node.getInput(1), -2, 1));
      case "Gemm" ->
          withInputs(
              node,
              first(node.getInput(0), attributes.integer("transA", 0) != 0 ? 0 : 1, 1),
              first(node.getInput(1), attributes.integer("transB", 0) != 0 ? 1 : 0, 1));
      case "Conv" -> convolution(node, 1, attributes.integer("group", 1));
      case "ConvTranspose" -> convolution(node, 0, attributes.integer("group", 1));
      default -> node;
    };
  }

  /** With one channel of the input in each group, along this axis of the weights. */
  private NodeProto convolution(NodeProto node, int axis, long group) {
    TensorProto weight = model.initializers().get(node.getInput(1));
    if (weight == null || weight.getDimsCount() < 2 || group < 1 || group > weight.getDims(0)) {
      return node;
    }
    long[] shape = Tensors.shape(weight);
    shape[axis] = axis == 0 ? group : 1;
    String fewer = builder.fresh("weight");
    emitZeros(fewer, shape);
    return withInputs(node, first(node.getInput(0), 1, group), fewer);
  }

  /** Whether sums that a skeleton cuts short are over as many terms on both sides. */
  static boolean fits(OnnxModel model, ValueShapes shapes) {
    return model.nodes().stream()
        .filter(node -> node.getInputCount() >= 2 && Operator.of(node).isStandard())
        .allMatch(node -> fits(node, shapes));
  }

  private static boolean fits(NodeProto node, ValueShapes shapes) {
    Attributes attributes = new Attributes(node);
    return switch (node.getOpType()) {
      case "MatMul" -> {
        long[] a = shapes.shape(node.getInput(0));
        long[] b = shapes.shape(node.getInput(1));
        yield a[a.length - 1] == b[Math.max(0, b.length - 2)];
      }
      case "Gemm" -> {
        long[] a = shapes.shape(node.getInput(0));
        long[] b = shapes.shape(node.getInput(1));
        yield a[attributes.integer("transA", 0) != 0 ? 0 : 1]
            == b[attributes.integer("transB", 0) != 0 ? 1 : 0];
      }
      case "Conv" ->
          shapes.shape(node.getInput(0))[1]
              == shapes.shape(node.getInput(1))[1] * attributes.integer("group", 1);
      case "ConvTranspose" ->
          shapes.shape(node.getInput(0))[1] == shapes.shape(node.getInput(1))[0];
      default -> true;
    };
  }

  private static NodeProto withInputs(NodeProto node, String first, String second) {
    return node.toBuilder().setInput(0, first).setInput(1, second).build();
  }

  /** By Gather: on sizes that a damaged file implies, the runtime's Slice ends the process. */
  private String first(String value, long axis, long count) {
    TensorProto weight = model.initializers().get(value);
    if (weight != null && isWeight(weight) && weight.getDimsCount() == 2) {
      long[] shape = Tensors.shape(weight);
      shape[(int) (axis < 0 ? axis + 2 : axis)] = count;
      String fewer = builder.fresh("weight");
      emitZeros(fewer, shape);
      return fewer;
    }
    return builder.emit(
        "Gather",
        List.of(value, builder.longs(LongStream.range(0, count).toArray())),
        Attributes.of("axis", axis));
  }
}
