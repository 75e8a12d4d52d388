package org.robustnessgap.onnx.input;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.ImageShape;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.NodeContext;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Subgraphs;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.integer.WholeNumbers;

/**
 * What a model does to an image before it mixes pixels: read along the one path from its input, up
 * to the first node that cannot be read surely.
 *
 * @param input as the file states it
 * @param nodes in their order, without those that leave every value as it is
 * @param unread where reading ended, unless there pixels are mixed; else empty
 */
public record FirstNodes(OnnxModel.Value input, List<FirstNode> nodes, String unread) {
  /** More values than these belong to pixels, not to channels. */
  private static final int MOST_CHANNELS = 4;

  private static final Set<String> VALUES_STAY =
      Set.of(
          "Identity",
          "Cast",
          "Dropout",
          "Flatten",
          "Pad",
          "Reshape",
          "Round",
          "Slice",
          "Squeeze",
          "Unsqueeze");

  private static final Set<String> MIXES =
      Set.of("AveragePool", "Conv", "FusedConv", "Gemm", "FusedGemm", "MatMul", "MaxPool");

  /** Of what a constant is, not of what it holds. */
  private static final Set<String> CONSTANTS_STAY =
      Set.of("Identity", "Reshape", "Squeeze", "Unsqueeze");

  public FirstNodes {
    nodes = List.copyOf(nodes);
  }

  /**
   * Reads a model.
   *
   * @param model with one input
   */
  public static FirstNodes of(OnnxModel model) {
    return new Reader(model).read();
  }

  /** Walks from the input. */
  private static final class Reader {
    private final OnnxModel model;
    private final Map<String, List<NodeProto>> readers = new HashMap<>();
    private final Map<String, NodeProto> makers = new HashMap<>();
    private final List<FirstNode> found = new ArrayList<>();
    private String value;

    /** Null while unknown. */
    private @Nullable Layout layout;

    Reader(OnnxModel model) {
      this.model = model;
      for (NodeProto node : model.nodes()) {
        node.getOutputList().forEach(output -> makers.put(output, node));
        if (!node.getOpType().equals("Shape") && !node.getOpType().equals("Size")) {
          for (String read : Subgraphs.reads(node)) {
            readers.computeIfAbsent(read, any -> new ArrayList<>()).add(node);
          }
        }
      }
      OnnxModel.Value input = model.inputs().get(0);
      value = input.name();
      layout =
          input.shape() == null || input.shape().size() != 4
              ? null
              : ImageShape.layout(input.shape().subList(1, 4));
    }

    FirstNodes read() {
      List<NodeProto> reading = reading();
      while (reading.size() == 1 && read(reading.get(0))) {
        value = reading.get(0).getOutput(0);
        reading = reading();
      }
      boolean mixes = reading.stream().allMatch(node -> MIXES.contains(node.getOpType()));
      String unread =
          mixes
              ? ""
              : reading.stream().map(NodeContext::describe).collect(Collectors.joining(", "));
      return new FirstNodes(model.inputs().get(0), found, unread);
    }

    private List<NodeProto> reading() {
      return readers.getOrDefault(value, List.of()).stream().distinct().toList();
    }

    /** Whether its output is an image still. */
    private boolean read(NodeProto node) {
      boolean standard = node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
      boolean once = node.getInputList().stream().filter(value::equals).count() == 1;
      if (!standard || !once) {
        return false;
      }
      return switch (node.getOpType()) {
        case "Add", "Sub", "Mul", "Div", "Neg" -> added(affine(node));
        case "BatchNormalization" -> normalization(node);
        case "Clip", "Max", "Min" -> added(limits(node));
        case "Conv" -> {
          convolution(node);
          yield false;
        }
        case "Gather" -> added(reversal(node));
        case "Resize", "Upsample" -> resampling(node);
        case "Transpose" -> transposition(node);
        case "Slice" -> {
          reversal(node).ifPresent(found::add);
          yield true;
        }
        default -> VALUES_STAY.contains(node.getOpType()) && value.equals(node.getInput(0));
      };
    }

    private boolean added(Optional<FirstNode> fact) {
      fact.ifPresent(found::add);
      return fact.isPresent();
    }

    private Optional<FirstNode> affine(NodeProto node) {
      String name = NodeContext.describe(node);
      if (node.getOpType().equals("Neg")) {
        return Optional.of(new FirstNode.Affine(name, List.of(-1.0), List.of(0.0)));
      }
      boolean imageFirst = node.getInput(0).equals(value);
      List<Double> other = constant(node.getInput(imageFirst ? 1 : 0));
      if (other.isEmpty()) {
        return Optional.empty();
      }
      double sign = node.getOpType().equals("Sub") && !imageFirst ? -1 : 1;
      boolean adds = node.getOpType().equals("Add") || node.getOpType().equals("Sub");
      List<Double> slopes = new ArrayList<>();
      List<Double> offsets = new ArrayList<>();
      for (double number : other) {
        slopes.add(
            switch (node.getOpType()) {
              case "Mul" -> number;
              case "Div" -> imageFirst ? 1 / number : 0;
              default -> sign;
            });
        offsets.add(!adds ? 0 : node.getOpType().equals("Sub") && imageFirst ? -number : number);
      }
      boolean usable =
          slopes.stream().allMatch(slope -> slope != 0 && Double.isFinite(slope))
              && offsets.stream().allMatch(Double::isFinite);
      return usable ? Optional.of(new FirstNode.Affine(name, slopes, offsets)) : Optional.empty();
    }

    /** One that was never trained says nothing. */
    private boolean normalization(NodeProto node) {
      List<Double> mean = node.getInputCount() < 5 ? List.of() : constant(node.getInput(3));
      List<Double> variance = node.getInputCount() < 5 ? List.of() : constant(node.getInput(4));
      if (mean.isEmpty() || mean.size() != variance.size()) {
        return false;
      }
      double epsilon = new Attributes(node).real("epsilon", 1e-5f);
      List<Double> std = variance.stream().map(v -> Math.sqrt(v + epsilon)).toList();
      boolean trained =
          mean.stream().anyMatch(m -> m != 0) || variance.stream().anyMatch(v -> v != 1);
      boolean usable = std.stream().allMatch(s -> s > 0);
      if (trained && usable) {
        found.add(new FirstNode.Statistics(NodeContext.describe(node), mean, std));
      }
      return usable;
    }

    private Optional<FirstNode> limits(NodeProto node) {
      String name = NodeContext.describe(node);
      Attributes attributes = new Attributes(node);
      double lower = attributes.real("min", Float.NEGATIVE_INFINITY);
      double upper = attributes.real("max", Float.POSITIVE_INFINITY);
      if (node.getOpType().equals("Clip")) {
        if (!node.getInput(0).equals(value)) {
          return Optional.empty();
        }
        lower = bound(node, 1, lower);
        upper = bound(node, 2, upper);
      } else if (node.getInputCount() == 2) {
        List<Double> other = constant(node.getInput(node.getInput(0).equals(value) ? 1 : 0));
        double bound = other.size() == 1 ? other.get(0) : Double.NaN;
        lower = node.getOpType().equals("Max") ? bound : lower;
        upper = node.getOpType().equals("Min") ? bound : upper;
      } else {
        return Optional.empty();
      }
      return lower < upper
          ? Optional.of(new FirstNode.Limits(name, lower, upper))
          : Optional.empty();
    }

    /** NaN if it is no constant. */
    private double bound(NodeProto node, int input, double otherwise) {
      if (node.getInputCount() <= input || node.getInput(input).isEmpty()) {
        return otherwise;
      }
      List<Double> bound = constant(node.getInput(input));
      return bound.size() == 1 ? bound.get(0) : Double.NaN;
    }

    private boolean transposition(NodeProto node) {
      long[] order = new Attributes(node).integers("perm", 0, 0);
      if (Arrays.equals(order, new long[] {0, 3, 1, 2})) {
        layout = Layout.NCHW;
        return added(
            Optional.of(new FirstNode.Transposition(NodeContext.describe(node), Layout.NHWC)));
      }
      if (Arrays.equals(order, new long[] {0, 2, 3, 1})) {
        layout = Layout.NHWC;
        return added(
            Optional.of(new FirstNode.Transposition(NodeContext.describe(node), Layout.NCHW)));
      }
      return false;
    }

    private boolean resampling(NodeProto node) {
      return value.equals(node.getInput(0))
          && added(Optional.of(new FirstNode.Resampling(NodeContext.describe(node))));
    }

    private Optional<FirstNode> reversal(NodeProto node) {
      boolean gathers = node.getOpType().equals("Gather");
      int at = gathers ? 1 : 4;
      if (node.getInputCount() <= at || !node.getInput(0).equals(value)) {
        return Optional.empty();
      }
      long[] order = wholeNumbers(node.getInput(at));
      long[] axes =
          gathers
              ? new long[] {new Attributes(node).integer("axis", 0)}
              : wholeNumbers(node.getInput(3));
      long channels = layout == Layout.NHWC ? 3 : layout == Layout.NCHW ? 1 : Long.MIN_VALUE;
      boolean ofChannels = axes.length == 1 && Math.floorMod(axes[0], 4) == channels;
      boolean reverses =
          gathers
              ? Arrays.equals(order, new long[] {2, 1, 0})
              : Arrays.equals(order, new long[] {-1});
      return ofChannels && reverses
          ? Optional.of(new FirstNode.Reversal(NodeContext.describe(node)))
          : Optional.empty();
    }

    private void convolution(NodeProto node) {
      TensorProto weights = model.initializers().get(node.getInput(1));
      if (weights != null && weights.getDimsCount() == 4) {
        long channels = weights.getDims(1) * new Attributes(node).integer("group", 1);
        found.add(new FirstNode.FirstConvolution(NodeContext.describe(node), channels));
      }
    }

    /** The numbers of a constant; empty if it is none, or has more than an image has channels. */
    private List<Double> constant(String name) {
      TensorProto tensor = tensor(name);
      if (tensor == null
          || tensor.getDimsList().stream().reduce(1L, (a, b) -> a * b) > MOST_CHANNELS) {
        return List.of();
      }
      List<Double> numbers = new ArrayList<>();
      if (tensor.getDataType() == TensorProto.DataType.FLOAT_VALUE) {
        for (float number : Tensors.values(tensor)) {
          numbers.add((double) number);
        }
      } else if (WholeNumbers.isInteger(tensor.getDataType())) {
        Arrays.stream(Tensors.integers(tensor)).forEach(number -> numbers.add((double) number));
      }
      return numbers;
    }

    private long[] wholeNumbers(String name) {
      TensorProto tensor = tensor(name);
      return tensor != null && WholeNumbers.isInteger(tensor.getDataType())
          ? Tensors.integers(tensor)
          : new long[0];
    }

    /** Null if it is no constant, or one that is computed. */
    private @Nullable TensorProto tensor(String name) {
      NodeProto maker = makers.get(name);
      return maker != null && stays(maker)
          ? tensor(maker.getInput(0))
          : model.initializers().get(name);
    }

    private static boolean stays(NodeProto maker) {
      return CONSTANTS_STAY.contains(maker.getOpType())
          || maker.getOpType().equals("Cast")
              && new Attributes(maker).integer("to", 0) == TensorProto.DataType.FLOAT_VALUE;
    }
  }
}
