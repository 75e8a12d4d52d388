package org.robustnessgap.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.robustnessgap.onnx.graph.Attributes;

/** Arithmetic on integers of shape [n, 2, 4, 4]. */
final class IntegerCases {
  /** What is drawn for wide types. */
  private static final double FAR = 3000;

  private IntegerCases() {}

  /**
   * @param type of the integers that are made of an image
   * @param low no pixel is smaller
   * @param high no pixel is larger
   * @param slope of the arithmetic without its rounding; NaN where it is not one for all elements
   */
  record Case(int type, double low, double high, double slope, UnaryOperator<Integers> arithmetic) {
    /** What the model makes of integers, as real numbers. */
    String of(TestGraph graph, String integers) {
      return arithmetic.apply(new Integers(graph, integers, type)).to(DataType.FLOAT_VALUE).value();
    }
  }

  /** A value under construction. */
  record Integers(TestGraph graph, String value, int type) {
    Integers node(String operator, List<String> inputs, AttributeProto... attributes) {
      return new Integers(graph, graph.node(operator, inputs, attributes), type);
    }

    /** With a constant as its second operand. */
    Integers with(String operator, int number, AttributeProto... attributes) {
      return node(operator, List.of(value, constant(number)), attributes);
    }

    Integers of(String operator) {
      return node(operator, List.of(value));
    }

    Integers shifted(String direction, int bits) {
      return with("BitShift", bits, Attributes.of("direction", direction));
    }

    Integers to(int other) {
      return new Integers(
          graph, graph.node("Cast", List.of(value), Attributes.of("to", (long) other)), other);
    }

    String constant(int number) {
      return type == DataType.INT64_VALUE
          ? graph.longScalar(number)
          : graph.integers(type, new int[] {number});
    }
  }

  static final Map<String, Case> ALL = new TreeMap<>();

  private static void unsigned(String name, double slope, UnaryOperator<Integers> arithmetic) {
    ALL.put(name, new Case(DataType.UINT8_VALUE, 0, 255.99, slope, arithmetic));
  }

  private static void signed(String name, double slope, UnaryOperator<Integers> arithmetic) {
    ALL.put(name + ", int8", new Case(DataType.INT8_VALUE, -127, 127.99, slope, arithmetic));
    ALL.put(name + ", int32", new Case(DataType.INT32_VALUE, -FAR, FAR, slope, arithmetic));
    ALL.put(name + ", int64", new Case(DataType.INT64_VALUE, -FAR, FAR, slope, arithmetic));
  }

  static {
    for (int mask : new int[] {254, 240, 128, 1, 15, 127, 60}) {
      unsigned("mask " + mask, 1, q -> q.with("BitwiseAnd", mask));
    }
    unsigned("cast", 1, q -> q);
    unsigned("divided and multiplied", 1, q -> q.with("Div", 16).with("Mul", 16));
    unsigned("overflow", 1, q -> q.with("Add", 200));
    unsigned("underflow", 1, q -> q.with("Sub", 100));
    unsigned("product", 3, q -> q.with("Mul", 3));
    unsigned("remainder", 1, q -> q.with("Mod", 7));
    unsigned("shift right", 1 / 16.0, q -> q.shifted("RIGHT", 4));
    unsigned("shift there and back", 1, q -> q.shifted("RIGHT", 3).shifted("LEFT", 3));
    unsigned("shift left", 4, q -> q.shifted("LEFT", 2));
    unsigned("reversed", -1, q -> q.node("Sub", List.of(q.constant(255), q.value())));
    unsigned("smallest", Double.NaN, q -> q.with("Min", 77));
    unsigned(
        "clamp",
        Double.NaN,
        q -> q.node("Clip", List.of(q.value(), q.constant(50), q.constant(99))));
    unsigned(
        "pool",
        Double.NaN,
        q ->
            q.node(
                "MaxPool",
                List.of(q.value()),
                Attributes.of("kernel_shape", new long[] {2, 2}),
                Attributes.of("strides", new long[] {2, 2})));
    unsigned(
        "centred in a wider type",
        1 / 3.0,
        q -> q.to(DataType.INT16_VALUE).with("Sub", 128).with("Div", 3));
    unsigned(
        "moved",
        1,
        q -> {
          long[] order = {0, 2, 3, 1};
          Integers turned = q.node("Transpose", List.of(q.value()), Attributes.of("perm", order));
          String places = q.graph().longs(1, 0);
          Integers chosen =
              turned.node("Gather", List.of(turned.value(), places), Attributes.of("axis", 3L));
          return chosen.node("Reshape", List.of(chosen.value(), q.graph().longs(0, -1)));
        });
    unsigned(
        "chosen by position",
        Double.NaN,
        q ->
            q.node(
                "Where",
                List.of(q.graph().truths(true, false, true, false), q.value(), q.constant(9))));
    unsigned(
        "bordered",
        1,
        q ->
            q.node(
                "Pad", List.of(q.value(), q.graph().longs(0, 0, 1, 1, 0, 0, 0, 2), q.constant(3))));
    unsigned(
        "largest of pairs",
        Double.NaN,
        q -> q.node("Max", List.of(q.value(), q.with("Mod", 9).value())));
    signed("cast", 1, q -> q);
    signed("quotient", 1 / 7.0, q -> q.with("Div", 7));
    signed("quotient by a negative number", -1 / 7.0, q -> q.with("Div", -7));
    signed("remainder", 1, q -> q.with("Mod", 7));
    signed("remainder by a negative number", 1, q -> q.with("Mod", -7));
    signed("remainder of the dividend", 1, q -> q.with("Mod", 7, Attributes.of("fmod", 1L)));
    signed("doubled", 2, q -> q.node("Add", List.of(q.value(), q.value())));
    signed("opposite", -1, q -> q.of("Neg"));
    signed("magnitude", Double.NaN, q -> q.of("Abs"));
    signed("sign", 1, q -> q.of("Sign"));
    signed("mask", 1, q -> q.with("BitwiseAnd", -8));
    signed("narrowed", 1, q -> q.to(DataType.UINT8_VALUE));
  }
}
