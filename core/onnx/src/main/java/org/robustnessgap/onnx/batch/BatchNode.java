package org.robustnessgap.onnx.batch;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.NodeContext;
import org.robustnessgap.onnx.graph.Tensors;

/** What a rule sees of the node that it opens to other batches, and where it puts what it makes. */
final class BatchNode extends NodeContext {
  private final BatchFollower follower;
  private final int choice;
  private int alternatives = 1;

  /**
   * @param choice which of its alternatives the rule shall take
   */
  BatchNode(BatchFollower follower, NodeProto node, int choice) {
    super(node);
    this.follower = follower;
    this.choice = choice;
  }

  long batch() {
    return follower.batch();
  }

  boolean isBatched(int index) {
    return hasInput(index) && follower.hasRows(input(index));
  }

  /** The inputs that hold rows. */
  int[] batched() {
    return IntStream.range(0, inputs()).filter(this::isBatched).toArray();
  }

  /** The first input that holds rows. */
  int first() {
    return batched()[0];
  }

  /**
   * Of an input that must hold rows.
   *
   * @throws InvalidInputException if it does not
   */
  BatchPlace place(int index) {
    if (!isBatched(index)) {
      throw lost("the images are not what it acts on, but how");
    }
    return follower.place(input(index));
  }

  /** At the batch that the model was exported for. */
  long[] shape(int index) {
    return follower.shape(input(index));
  }

  /** The same, of the first output. */
  long[] output() {
    return follower.shape(node().getOutput(0));
  }

  /** An axis that an attribute or an input counts from the end where negative. */
  static int axis(long given, int rank) {
    return Math.toIntExact(given < 0 ? given + rank : given);
  }

  /** Integers that an input holds; the same for every batch. */
  long[] integers(int index, String what) {
    TensorProto constant = follower.constant(input(index));
    if (constant == null) {
      throw lost("its " + what + " depends on the image");
    }
    return Tensors.integers(constant);
  }

  boolean isConstant(int index) {
    return hasInput(index) && follower.constant(input(index)) != null;
  }

  /** One of several ways; if it leads to a dead end, the next one is tried. */
  <T> T choose(List<T> ways) {
    alternatives = ways.size();
    return ways.get(choice);
  }

  int alternatives() {
    return alternatives;
  }

  /** Emits the node, perhaps changed, whose outputs all hold the rows there. */
  void emit(NodeProto changed, BatchPlace place) {
    follower.add(changed, place);
  }

  void emit(BatchPlace place) {
    emit(node(), place);
  }

  @Override
  public GraphBuilder builder() {
    return follower.builder();
  }

  /** Emits a reshape in place of the node. The axis of the rows is left to be inferred. */
  void reshape(BatchPlace place, long[] shape) {
    emit(
        node().toBuilder()
            .setOpType("Reshape")
            .clearDomain()
            .clearAttribute()
            .clearInput()
            .addInput(input(first()))
            .addInput(longs(inferred(shape, place.axis())))
            .build(),
        place);
  }

  String longs(long... values) {
    return follower.builder().longs(values);
  }

  private static long[] inferred(long[] shape, int axis) {
    long[] open = shape.clone();
    open[axis] = -1;
    return open;
  }

  /**
   * An input in the form in which it stands beside the rows of others: a constant that repeats
   * itself for each row is taken once, or as often as there are rows.
   *
   * @param axis of this input that meets the axis of the rows; negative if it has none such
   * @param outer elements of that axis before the batch
   * @param inner elements of that axis after the batch
   * @param broadcasts whether an axis of size 1 does for any number
   */
  String beside(int index, int axis, long outer, long inner, boolean broadcasts) {
    String value = input(index);
    long[] shape = shape(index);
    if (follower.hasRows(value)) {
      BatchPlace place = follower.place(value);
      long extent = place.extent(shape, batch());
      if (place.axis() == axis && extent == outer * inner && place.outer() == outer) {
        return value;
      }
      if (place.axis() == axis && extent == 1) {
        return spreadRows(value, shape, axis, outer, inner);
      }
      throw lost("its inputs hold the images along different axes");
    }
    if (broadcasts && (axis < 0 || shape[axis] == 1)) {
      return value;
    }
    if (axis < 0 || shape[axis] != (outer * inner == 1 ? shape[axis] : outer * batch() * inner)) {
      throw lost("its constant " + value + " fits one batch only");
    }
    boolean isRow = shape[axis] == outer * inner;
    String row = isRow ? value : rowOf(value, shape, axis, outer, inner);
    return outer * inner == 1 && broadcasts ? row : spread(row, shape, axis, outer, inner);
  }

  /** One row of a constant that has the same for each. */
  private String rowOf(String value, long[] shape, int axis, long outer, long inner) {
    TensorProto constant = follower.constant(value);
    byte[] all = constant == null ? new byte[0] : Tensors.bytes(constant);
    long before = Arrays.stream(shape).limit(axis).reduce(outer, (a, b) -> a * b);
    int rows = Math.toIntExact(shape[axis] / outer / inner);
    int chunk = Math.toIntExact(all.length / before / rows);
    byte[] one = new byte[all.length / rows];
    boolean same = rows == batch() && all.length > 0;
    for (int block = 0; same && block < before; block++) {
      System.arraycopy(all, block * rows * chunk, one, block * chunk, chunk);
      for (int row = 1; same && row < rows; row++) {
        int from = (block * rows + row) * chunk;
        same = Arrays.equals(one, block * chunk, (block + 1) * chunk, all, from, from + chunk);
      }
    }
    if (constant == null || !same) {
      throw lost("its constant " + value + " is another one for each image of the batch");
    }
    String name = follower.builder().fresh("constant");
    TensorProto row =
        constant.toBuilder()
            .setName(name)
            .clearFloatData()
            .clearInt32Data()
            .clearInt64Data()
            .setRawData(ByteString.copyFrom(one))
            .setDims(axis, outer * inner)
            .build();
    follower.builder().constants().put(name, row);
    return name;
  }

  /** A constant of one row as often as there are rows. */
  private String spread(String row, long[] shape, int axis, long outer, long inner) {
    if (outer * inner == 1) {
      return emit("Expand", List.of(row, repeated(shape.length, axis)));
    }
    String split = emit("Reshape", List.of(row, longs(replaced(shape, axis, outer, 1, inner))));
    String many = emit("Expand", List.of(split, repeated(shape.length + 2, axis + 1)));
    return emit("Reshape", List.of(many, longs(inferred(shape, axis))));
  }

  /** A shape of ones, but for the rows. */
  private String repeated(int rank, int axis) {
    return emit(
        "Concat",
        List.of(longs(ones(axis)), follower.rows(), longs(ones(rank - axis - 1))),
        Attributes.of("axis", 0L));
  }

  /** Rows of one element along an axis, each as often as others have elements there. */
  private String spreadRows(String rows, long[] shape, int axis, long outer, long inner) {
    String split = emit("Reshape", List.of(rows, longs(replaced(shape, axis, 1, -1, 1))));
    long[] more = ones(shape.length + 2);
    more[axis] = outer;
    more[axis + 2] = inner;
    String many = emit("Expand", List.of(split, longs(more)));
    return emit("Reshape", List.of(many, longs(inferred(shape, axis))));
  }

  private static long[] ones(int count) {
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static long[] replaced(long[] shape, int axis, long... by) {
    return Stream.of(
            Arrays.stream(shape, 0, axis),
            Arrays.stream(by),
            Arrays.stream(shape, axis + 1, shape.length))
        .flatMap(LongStream::boxed)
        .mapToLong(Long::longValue)
        .toArray();
  }

  /** That the batch cannot be followed through the node. */
  InvalidInputException lost(String why) {
    return new InvalidInputException(String.format("node %s: %s", describe(node()), why));
  }
}
