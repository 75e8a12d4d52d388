package org.robustnessgap.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Opset;

/** A small model under construction: one float32 input {@code x} of shape [n, …]. */
public final class TestGraph {
  public static final String X = "x";
  public static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;

  private final GraphBuilder builder = new GraphBuilder("node/");
  private final OnnxModel.Value input;
  private final Map<String, Long> domains = new TreeMap<>();
  private long opset = OnnxModel.OPSET;

  /**
   * @param shape of one row, without the batch
   */
  public TestGraph(long... shape) {
    List<Long> batched =
        LongStream.concat(LongStream.of(-1), Arrays.stream(shape)).boxed().toList();
    this.input = new OnnxModel.Value(X, FLOAT, batched);
  }

  TestGraph opset(long version) {
    opset = version;
    return this;
  }

  public String node(String operator, List<String> inputs, AttributeProto... attributes) {
    return builder.emit(operator, inputs, attributes);
  }

  /** An operator of another domain than the standard one, of this version. */
  String node(
      String domain,
      long version,
      String operator,
      List<String> inputs,
      AttributeProto... attributes) {
    String output = node(operator, inputs, attributes);
    inDomain(domain, version);
    return output;
  }

  /** Says the domain of the last node. */
  void inDomain(String domain, long version) {
    domains.put(domain, version);
    NodeProto last = builder.nodes().remove(builder.nodes().size() - 1);
    builder.nodes().add(last.toBuilder().setDomain(domain).build());
  }

  /** A node with several outputs, and their names. */
  List<String> nodeWithOutputs(
      String operator, int count, List<String> inputs, AttributeProto... attributes) {
    String first = node(operator, inputs, attributes);
    List<String> outputs =
        IntStream.range(0, count).mapToObj(i -> i == 0 ? first : first + "." + i).toList();
    NodeProto whole = builder.nodes().remove(builder.nodes().size() - 1);
    builder.nodes().add(whole.toBuilder().clearOutput().addAllOutput(outputs).build());
    return outputs;
  }

  /** Leaves an output of the last node without a name. */
  void leaveOut(int output) {
    NodeProto last = builder.nodes().remove(builder.nodes().size() - 1);
    builder.nodes().add(last.toBuilder().setOutput(output, "").build());
  }

  public String floats(float[] values, long... shape) {
    return builder.floats(values, shape);
  }

  /** A scalar. */
  String number(float value) {
    return builder.scalar(value);
  }

  public String longs(long... values) {
    return builder.longs(values);
  }

  /** Integers below each other: [rows, 1]. */
  String column(long... values) {
    return node("Unsqueeze", List.of(longs(values), longs(1)));
  }

  /** The shape of as many rows as there are values, each as wide as those of a matrix. */
  String shapeOf(String matrix, long rows) {
    String width = node("Shape", List.of(matrix), Attributes.of("start", 1L));
    return node("Concat", List.of(longs(rows), width), Attributes.of("axis", 0L));
  }

  public String longScalar(long value) {
    return builder.longScalar(value);
  }

  /** Truth values in a row. */
  String truths(boolean... values) {
    String name = builder.fresh("truths");
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.BOOL_VALUE)
            .addDims(values.length);
    for (boolean value : values) {
      tensor.addInt32Data(value ? 1 : 0);
    }
    builder.constants().put(name, tensor.build());
    return name;
  }

  static AttributeProto texts(String name, List<String> values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.STRINGS)
        .addAllStrings(values.stream().map(ByteString::copyFromUtf8).toList())
        .build();
  }

  static AttributeProto reals(String name, List<Float> values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOATS)
        .addAllFloats(values)
        .build();
  }

  /** A constant of small integers of any type. */
  String integers(int elementType, int[] values, long... shape) {
    String name = builder.fresh("integers");
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(elementType);
    Arrays.stream(shape).forEach(tensor::addDims);
    Arrays.stream(values).forEach(tensor::addInt32Data);
    builder.constants().put(name, tensor.build());
    return name;
  }

  /** A constant by its bytes. */
  String raw(int elementType, byte[] bytes, long... shape) {
    String name = builder.fresh("raw");
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(elementType)
            .setRawData(ByteString.copyFrom(bytes));
    Arrays.stream(shape).forEach(tensor::addDims);
    builder.constants().put(name, tensor.build());
    return name;
  }

  /** A truth value. */
  String truth(boolean value) {
    String name = builder.fresh("truth");
    builder
        .constants()
        .put(
            name,
            TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.BOOL_VALUE)
                .addInt32Data(value ? 1 : 0)
                .build());
    return name;
  }

  /** A constant with standard normal entries. */
  public String gaussian(RandomGenerator random, long... shape) {
    return floats(Points.gaussian(random, size(shape)), shape);
  }

  /** A constant with entries in [low, high). */
  public String uniform(RandomGenerator random, double low, double high, long... shape) {
    float[] values = new float[size(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(low, high);
    }
    return floats(values, shape);
  }

  public OnnxModel model(String name, String output) {
    return new OnnxModel(
        name,
        new Opset(opset, domains),
        List.of(input),
        List.of(new OnnxModel.Value(output, FLOAT, null)),
        builder.nodes(),
        builder.constants());
  }

  /** x ↦ x·weights, for weights [in, out]. */
  public static OnnxModel linear(String name, float[][] weights) {
    TestGraph graph = new TestGraph(weights.length);
    float[] flat = new float[weights.length * weights[0].length];
    for (int i = 0; i < weights.length; i++) {
      System.arraycopy(weights[i], 0, flat, i * weights[0].length, weights[0].length);
    }
    String w = graph.floats(flat, weights.length, weights[0].length);
    return graph.model(name, graph.node("Gemm", List.of(X, w)));
  }

  static int size(long... shape) {
    return (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }
}
