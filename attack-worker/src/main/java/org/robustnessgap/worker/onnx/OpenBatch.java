package org.robustnessgap.worker.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Opens the first axis of a model that was exported for batches of one size. Where the size stands
 * among the constants of a node it is replaced, by following the batch from the input on; the
 * result is believed only if it computes for other batches, row by row, what the model does.
 */
final class OpenBatch {
  /** Nobody exports larger ones. */
  private static final long LARGEST = 64;

  private static final int ROWS = 3;

  private final OnnxModel model;
  private final ValueShapes shapes;
  private final GraphBuilder builder;

  /** By value, where it holds the batch. */
  private final Map<String, Place> batches = new HashMap<>();

  /**
   * @param axis of a value
   * @param outer how many elements of that axis, in a batch of one, come before the batch: 1 where
   *     the rows are blocks, the size of the axis where they are interleaved
   */
  private record Place(int axis, long outer) {}

  private OpenBatch(OnnxModel model, ValueShapes shapes) {
    this.model = model;
    this.shapes = shapes;
    this.builder = new GraphBuilder(model.unusedPrefix("batch/"));
  }

  /**
   * The model for any batch; one that is open already, or states no shape, as it is.
   *
   * @throws InvalidInputException if it is meant for its own batch size only
   */
  static OnnxModel of(OnnxModel given, ValueShapes.Probe probe) {
    if (!isFixed(given)) {
      return given;
    }
    InvalidInputException refusal = refusal(given);
    if (batch(given) > LARGEST) {
      throw refusal;
    }
    OnnxModel model = ConstantFolding.ofConstants(given, probe);
    OnnxModel open = new OpenBatch(model, ValueShapes.ofFixedBatch(model, probe)).opened();
    try {
      if (agree(model, open, probe)) {
        return open;
      }
    } catch (InvalidInputException e) {
      refusal.addSuppressed(e);
    }
    throw refusal;
  }

  private static boolean isFixed(OnnxModel model) {
    List<Long> shape = model.input().shape();
    return shape != null && !shape.isEmpty() && shape.get(0) >= 0;
  }

  private static long batch(OnnxModel model) {
    return model.input().shape().get(0);
  }

  private static InvalidInputException refusal(OnnxModel model) {
    return new InvalidInputException(
        String.format(
            "Input %s of %s has a fixed batch of %d, and the model cannot be used with another; export it with a dynamic first axis.",
            model.input().name(), model.name(), batch(model)));
  }

  private OnnxModel opened() {
    batches.put(model.input().name(), new Place(0, 1));
    for (NodeProto node : model.nodes()) {
      builder.nodes().add(opened(node));
    }
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    initializers.putAll(builder.constants());
    OnnxModel.Value output = model.outputs().get(0);
    return new OnnxModel(
        model.name(),
        model.opset(),
        List.of(open(model.input())),
        List.of(output.shape() == null || output.shape().isEmpty() ? output : open(output)),
        builder.nodes(),
        initializers);
  }

  static OnnxModel.Value open(OnnxModel.Value value) {
    List<Long> shape = new ArrayList<>(value.shape());
    shape.set(0, -1L);
    return new OnnxModel.Value(value.name(), value.elementType(), shape);
  }

  private NodeProto opened(NodeProto node) {
    int reader = 0;
    while (reader < node.getInputCount() && !batches.containsKey(node.getInput(reader))) {
      reader++;
    }
    if (reader == node.getInputCount() || node.getOpType().equals("Shape")) {
      return node;
    }
    Place place = batches.get(node.getInput(reader));
    int axis = place.axis;
    long[] in = shapes.shape(node.getInput(reader));
    long[] out = shapes.isComputed(node.getOutput(0)) ? shapes.shape(node.getOutput(0)) : in;
    Attributes attributes = new Attributes(node);
    return switch (node.getOpType()) {
      case "Reshape" -> reshape(node, place, in, out);
      case "Gather" ->
          takesAllInOrder(node, in)
              ? reshape(node.toBuilder().setOpType("Reshape").build(), place, in, out)
              : at(node, new Place(axisAfter(node, attributes, axis, in, out), place.outer));
      case "Expand" -> expand(node, place, in, out);
      case "Concat" -> concat(node, place);
      case "Resize" -> resize(node, place, in, out);
      case "Flatten" ->
          at(node, reshaped(place, in, out, axis < attributes.integer("axis", 1) ? 0 : 1));
      default -> at(node, new Place(axisAfter(node, attributes, axis, in, out), place.outer));
    };
  }

  private int axisAfter(NodeProto node, Attributes attributes, int axis, long[] in, long[] out) {
    String operator = node.getOpType();
    if (operator.equals("Gather")) {
      long along = attributes.integer("axis", 0);
      return axis <= (along < 0 ? along + in.length : along) ? axis : axis + out.length - in.length;
    }
    return operator.equals("Gemm")
        ? 0
        : operator.equals("Transpose")
            ? transposed(attributes, axis, in.length)
            : operator.toLowerCase(Locale.ROOT).endsWith("squeeze")
                    || operator.startsWith("Reduce")
                    || operator.startsWith("Arg")
                ? keptAxis(node, axis, in, out)
                // Broadcasting adds axes in front.
                : Math.max(0, axis + out.length - in.length);
  }

  private NodeProto at(NodeProto node, Place place) {
    node.getOutputList().stream()
        .filter(value -> !value.isEmpty())
        .forEach(value -> batches.put(value, place));
    return node;
  }

  private static int transposed(Attributes attributes, int axis, int rank) {
    if (!attributes.has("perm")) {
      return rank - 1 - axis;
    }
    long[] permutation = attributes.integers("perm", rank, 0);
    int to = 0;
    while (to < permutation.length - 1 && permutation[to] != axis) {
      to++;
    }
    return to;
  }

  /** The place of an axis after some before it are dropped, or new ones put in. */
  private int keptAxis(NodeProto node, int axis, long[] in, long[] out) {
    if (in.length == out.length) {
      return axis;
    }
    TensorProto stated = node.getInputCount() > 1 ? constant(node.getInput(1)) : null;
    if (stated == null) {
      return axis;
    }
    boolean more = out.length > in.length;
    int rank = Math.max(in.length, out.length);
    int kept = axis;
    long[] axes = Tensors.integers(stated);
    for (int i = 0; i < axes.length; i++) {
      axes[i] = axes[i] < 0 ? axes[i] + rank : axes[i];
    }
    Arrays.sort(axes);
    for (long other : axes) {
      if (more && other <= kept) {
        kept++;
      } else if (!more && other < axis) {
        kept--;
      }
    }
    return kept;
  }

  private TensorProto constant(String value) {
    TensorProto tensor = model.initializers().get(value);
    return tensor != null && tensor.getDataType() == DataType.INT64_VALUE ? tensor : null;
  }

  /** The axis that holds the batch is left to be inferred; all others are as they were. */
  private NodeProto reshape(NodeProto node, Place place, long[] in, long[] out) {
    int to = reshapedAxis(elementsBefore(place, in), out);
    at(node, reshaped(place, in, out, to));
    if (constant(node.getInput(1)) == null || out.length == 0) {
      return node;
    }
    long[] shape = out.clone();
    shape[to] = -1;
    return node.toBuilder().clearAttribute().setInput(1, builder.longs(shape)).build();
  }

  /** PyTorch's dynamo exporter writes some reshapes as a choice of every element of a vector. */
  private boolean takesAllInOrder(NodeProto node, long[] in) {
    TensorProto indices = constant(node.getInput(1));
    return in.length == 1
        && indices != null
        && Arrays.equals(Tensors.integers(indices), LongStream.range(0, in[0]).toArray());
  }

  /** In row-major order the batch comes after as many elements as before. */
  private static Place reshaped(Place place, long[] in, long[] out, int to) {
    return new Place(to, Math.max(1, elementsBefore(place, in) / product(out, to)));
  }

  private static long elementsBefore(Place place, long[] shape) {
    return product(shape, place.axis) * place.outer;
  }

  private static long product(long[] shape, int axes) {
    return Arrays.stream(shape).limit(axes).reduce(1, (a, b) -> a * b);
  }

  /**
   * The axis that begins there takes the batch, unless that is the last of several, which holds
   * features; then the one before it does.
   */
  private static int reshapedAxis(long before, long[] out) {
    int to = 0;
    while (to < out.length - 1 && product(out, to) != before && product(out, to + 1) <= before) {
      to++;
    }
    return to == out.length - 1 ? Math.max(0, to - 1) : to;
  }

  /** A size of 1 leaves the axis as it is. */
  private NodeProto expand(NodeProto node, Place place, long[] in, long[] out) {
    int to = place.axis + out.length - in.length;
    at(node, new Place(to, place.outer));
    if (constant(node.getInput(1)) == null) {
      return node;
    }
    long[] shape = out.clone();
    shape[to] = 1;
    return node.toBuilder().setInput(1, builder.longs(shape)).build();
  }

  /** Constants beside the batch, as tokens of a class, are repeated for each row. */
  private NodeProto concat(NodeProto node, Place place) {
    int axis = place.axis;
    String rows =
        node.getInputList().stream().filter(batches::containsKey).findFirst().orElseThrow();
    NodeProto.Builder repeated = node.toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      String value = node.getInput(i);
      if (!batches.containsKey(value) && shapes.shape(value)[axis] == 1) {
        long[] before = new long[axis];
        long[] after = new long[shapes.shape(value).length - axis - 1];
        Arrays.fill(before, 1);
        Arrays.fill(after, 1);
        String batch =
            builder.emit(
                "Shape",
                List.of(rows),
                Attributes.of("start", (long) axis),
                Attributes.of("end", axis + 1L));
        String shape =
            builder.emit(
                "Concat",
                List.of(builder.longs(before), batch, builder.longs(after)),
                Attributes.of("axis", 0L));
        repeated.setInput(i, builder.emit("Expand", List.of(value, shape)));
      }
    }
    return at(repeated.build(), place);
  }

  /** Sizes are stated of the other axes only. */
  private NodeProto resize(NodeProto node, Place place, long[] in, long[] out) {
    int axis = place.axis;
    at(node, place);
    if (node.getInputCount() < 4
        || new Attributes(node).has("axes")
        || constant(node.getInput(3)) == null) {
      return node;
    }
    long[] axes = new long[in.length - 1];
    long[] sizes = new long[in.length - 1];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i < axis ? i : i + 1L;
      sizes[i] = out[(int) axes[i]];
    }
    return node.toBuilder()
        .setInput(3, builder.longs(sizes))
        .addAttribute(Attributes.of("axes", axes))
        .build();
  }

  /** Whether random rows come out alike from the model and from batches of two and three. */
  private static boolean agree(OnnxModel model, OnnxModel open, ValueShapes.Probe probe) {
    int batch = (int) batch(model);
    RandomRows rows = new RandomRows(model.input().shape(), Math.max(batch, ROWS), probe);
    float[][] alone = rows.each(model, IntStream.range(0, batch).toArray());
    float[][] two = rows.each(open, 1, 0);
    float[][] three = rows.each(open, 0, 1, 2);
    return RandomRows.close(alone[0], two[1])
        && RandomRows.close(alone[0], three[0])
        && RandomRows.close(two[0], three[1])
        && (alone.length < ROWS || RandomRows.close(alone[2], three[2]));
  }

  /** What a model computes of shapes alone, at the batches it allows. */
  static Map<String, TensorProto> constants(OnnxModel model, ValueShapes.Probe probe) {
    return ConstantFolding.constants(model, shapes(model, probe), probe);
  }

  /** Shapes at the batches a model allows. */
  static ValueShapes shapes(OnnxModel model, ValueShapes.Probe probe) {
    return isFixed(model) ? ValueShapes.ofFixedBatch(model, probe) : ValueShapes.of(model, probe);
  }
}
