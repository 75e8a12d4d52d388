package org.robustnessgap.engine.nd4j;

import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.TransformOp;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log1p;
import org.nd4j.linalg.factory.Nd4j;

/** Operators that act on each element, with broadcasting. */
final class ElementwiseKernels {
  private ElementwiseKernels() {}

  /** One of ND4J's transforms: of an array, into another. */
  static Kernel transform(BiFunction<INDArray, INDArray, TransformOp> transform) {
    return node -> apply(node, transform, node.input(0));
  }

  private static INDArray apply(
      NodeRun node, BiFunction<INDArray, INDArray, TransformOp> transform, INDArray x) {
    INDArray y = node.uninitialized(x.dataType(), x.shape());
    Nd4j.getExecutioner().exec(transform.apply(x, y));
    return y;
  }

  static INDArray magnitude(NodeRun node) {
    return apply(node, Abs::new, node.input(0));
  }

  /** A native operator without arguments on one input. */
  static Kernel unary(String operator) {
    return node -> node.exec(operator, node.input(0));
  }

  static Kernel unary(String operator, String attribute, double otherwise) {
    return node ->
        node.exec(
            operator,
            new long[0],
            new double[] {node.attributes().real(attribute, (float) otherwise)},
            node.input(0));
  }

  /** A native operator that broadcasts. */
  static Kernel binary(String operator) {
    return node -> broadcast(node, operator, node.input(0), node.input(1));
  }

  /** A native operator that broadcasts, on any number of inputs. */
  static Kernel fold(String operator) {
    return node -> {
      INDArray result = node.input(0);
      for (int index = 1; index < node.inputs(); index++) {
        result = broadcast(node, operator, result, node.input(index));
      }
      return result;
    };
  }

  /** A native operator on truth values, which it takes as numbers. */
  static Kernel logical(String operator) {
    return node ->
        node.castTo(
            node.exec(
                operator,
                node.castTo(node.input(0), DataType.INT32),
                node.castTo(node.input(1), DataType.INT32)),
            DataType.BOOL);
  }

  static Kernel comparison(String operator) {
    return node -> {
      DataType type = node.input(0).dataType() == DataType.BOOL ? DataType.INT32 : null;
      INDArray a = type == null ? node.input(0) : node.castTo(node.input(0), type);
      INDArray b = type == null ? node.input(1) : node.castTo(node.input(1), type);
      return broadcast(node, operator, a, b);
    };
  }

  static INDArray not(NodeRun node) {
    INDArray x = node.castTo(node.input(0), DataType.INT32);
    return node.exec("equals", x, node.number(DataType.INT32, 0));
  }

  static INDArray broadcast(NodeRun node, String operator, INDArray a, INDArray b) {
    Broadcasting.shape(node, a, b);
    boolean scalar = b.length() == 1 && b.rank() <= a.rank() && a.dataType() == DataType.FLOAT;
    if (scalar && b.dataType() == DataType.FLOAT) {
      // Three times as fast as the operator that broadcasts.
      switch (operator) {
        case "add":
          return node.own(a.add(b.getFloat(0)));
        case "subtract":
          return node.own(a.sub(b.getFloat(0)));
        case "multiply":
          return node.own(a.mul(b.getFloat(0)));
        case "divide":
          return node.own(a.div(b.getFloat(0)));
        default:
          break;
      }
    }
    boolean commutes = operator.equals("add") || operator.equals("multiply");
    if (commutes && a.length() == 1 && b.length() > 1 && a.rank() <= b.rank()) {
      return broadcast(node, operator, b, a);
    }
    return node.exec(operator, a, b);
  }

  /** Integers are divided here: by 0, native code would end the process. */
  static INDArray divide(NodeRun node) {
    return node.input(0).dataType().isFPType()
        ? broadcast(node, "divide", node.input(0), node.input(1))
        : integers(node, (a, b) -> a / b);
  }

  static INDArray mod(NodeRun node) {
    boolean truncates = node.attributes().integer("fmod", 0) != 0;
    if (node.input(0).dataType().isFPType()) {
      INDArray a = Broadcasting.expanded(node, node.input(0), node.input(1));
      INDArray b = Broadcasting.expanded(node, node.input(1), node.input(0));
      double[] x = HostMemory.doubles(a);
      double[] y = HostMemory.doubles(b);
      for (int i = 0; i < x.length; i++) {
        x[i] %= y[i];
      }
      return node.castTo(node.own(HostMemory.of(x, a.shape())), a.dataType());
    }
    return integers(node, truncates ? (a, b) -> a % b : Math::floorMod);
  }

  private static INDArray integers(NodeRun node, LongBinaryOperator operator) {
    INDArray a = Broadcasting.expanded(node, node.input(0), node.input(1));
    INDArray b = Broadcasting.expanded(node, node.input(1), node.input(0));
    long[] x = HostMemory.longs(a);
    long[] y = HostMemory.longs(b);
    for (int i = 0; i < x.length; i++) {
      if (y[i] == 0) {
        throw node.refused("it divides by zero");
      }
      x[i] = operator.applyAsLong(x[i], y[i]);
    }
    return node.own(HostMemory.of(x, a.dataType(), a.shape()));
  }

  static INDArray mean(NodeRun node) {
    return node.own(fold("add").compute(node).div(node.inputs()));
  }

  static INDArray pow(NodeRun node) {
    INDArray base = node.input(0);
    INDArray exponent = node.castTo(node.input(1), base.dataType());
    if (exponent.length() == 1 && exponent.rank() <= base.rank()) {
      double power = exponent.getDouble(0);
      if (power == 2) {
        return node.exec("multiply", base, base);
      }
      if (power == 1) {
        return base;
      }
    }
    return broadcast(node, "Pow", base, exponent);
  }

  static INDArray cast(NodeRun node) {
    DataType type =
        TensorProtos.typeOf((int) node.attributes().integer("to", 0))
            .orElseThrow(() -> node.refused("it casts to a type that ND4J does not hold"));
    return cast(node, node.input(0), type);
  }

  private static INDArray cast(NodeRun node, INDArray x, DataType type) {
    if (x.dataType().isFPType() && type == DataType.BOOL) {
      return node.exec("not_equals", x, node.number(x.dataType(), 0));
    }
    return node.castTo(x, type);
  }

  static INDArray castLike(NodeRun node) {
    return cast(node, node.input(0), node.input(1).dataType());
  }

  /** Here, because ND4J's own takes a hundred times as long as a product. */
  static INDArray where(NodeRun node) {
    INDArray then = node.input(1);
    INDArray otherwise = node.input(2);
    long[] shape = Broadcasting.shape(node, node.input(0), then, otherwise);
    float[] condition =
        HostMemory.floats(node.castTo(scalarOrWhole(node, node.input(0), shape), DataType.FLOAT));
    int size = Math.toIntExact(Broadcasting.size(shape));
    if (then.dataType() == DataType.FLOAT) {
      float[] a = HostMemory.floats(scalarOrWhole(node, then, shape));
      float[] b = HostMemory.floats(scalarOrWhole(node, otherwise, shape));
      float[] y = new float[size];
      int c1 = condition.length == 1 ? 0 : 1;
      int a1 = a.length == 1 ? 0 : 1;
      int b1 = b.length == 1 ? 0 : 1;
      for (int i = 0; i < size; i++) {
        y[i] = condition[i * c1] != 0 ? a[i * a1] : b[i * b1];
      }
      return node.own(HostMemory.of(y, shape));
    }
    INDArray both =
        node.exec(
            "concat",
            new long[] {0},
            new double[0],
            node.reshaped(Broadcasting.to(node, then, shape), size),
            node.reshaped(Broadcasting.to(node, otherwise, shape), size));
    int[] positions = new int[size];
    for (int i = 0; i < size; i++) {
      positions[i] = condition[condition.length == 1 ? 0 : i] != 0 ? i : i + size;
    }
    return node.own(HostMemory.take(both, positions, 0, shape));
  }

  private static INDArray scalarOrWhole(NodeRun node, INDArray array, long[] shape) {
    return array.length() == 1 ? array : Broadcasting.to(node, array, shape);
  }

  static INDArray clip(NodeRun node) {
    INDArray y = node.input(0);
    if (node.hasInput(1)) {
      y = broadcast(node, "maximum", y, node.input(1));
    }
    return node.hasInput(2) ? broadcast(node, "minimum", y, node.input(2)) : y;
  }

  static INDArray relu(NodeRun node) {
    return relu(node, node.input(0));
  }

  private static INDArray relu(NodeRun node, INDArray x) {
    return node.exec("relu", new long[0], new double[] {0}, x);
  }

  static INDArray prelu(NodeRun node) {
    INDArray x = node.input(0);
    INDArray zero = node.number(x.dataType(), 0);
    INDArray below = broadcast(node, "minimum", x, zero);
    return node.exec("add", relu(node, x), broadcast(node, "multiply", below, node.input(1)));
  }

  static INDArray thresholdedRelu(NodeRun node) {
    INDArray x = node.input(0);
    INDArray above = node.own(x.gt(node.attributes().real("alpha", 1)));
    return node.exec("multiply", x, node.castTo(above, x.dataType()));
  }

  /** α (exp(min(x, 0)/α) − 1) + max(x, 0). */
  static INDArray celu(NodeRun node) {
    float alpha = node.attributes().real("alpha", 1);
    return exponentialBelow(node, alpha, alpha, 1);
  }

  static INDArray elu(NodeRun node) {
    return exponentialBelow(node, node.attributes().real("alpha", 1), 1, 1);
  }

  static INDArray selu(NodeRun node) {
    return exponentialBelow(
        node,
        node.attributes().real("alpha", 1.67326319217681884765625f),
        1,
        node.attributes().real("gamma", 1.05070102214813232421875f));
  }

  private static INDArray exponentialBelow(NodeRun node, float slope, float scale, float factor) {
    INDArray x = node.input(0);
    INDArray below = node.own(broadcast(node, "minimum", x, node.number(x.dataType(), 0)));
    INDArray curve =
        node.own(apply(node, Exp::new, node.own(below.div(scale))).sub(1f)).muli(slope);
    return node.exec("add", curve, relu(node, x)).muli(factor);
  }

  static INDArray hardSigmoid(NodeRun node) {
    return ramp(node, node.attributes().real("alpha", 0.2f), node.attributes().real("beta", 0.5f));
  }

  static INDArray hardSwish(NodeRun node) {
    return node.exec("multiply", node.input(0), ramp(node, 1 / 6f, 0.5f));
  }

  /** min(max(slope · x + offset, 0), 1). */
  private static INDArray ramp(NodeRun node, float slope, float offset) {
    INDArray line = node.own(node.input(0).mul(slope)).addi(offset);
    INDArray above = broadcast(node, "maximum", line, node.number(line.dataType(), 0));
    return broadcast(node, "minimum", above, node.number(line.dataType(), 1));
  }

  static INDArray softplus(NodeRun node) {
    return softplus(node, node.input(0));
  }

  /** max(x, 0) + log(1 + exp(−|x|)): ND4J's own overflows. */
  private static INDArray softplus(NodeRun node, INDArray x) {
    INDArray small = apply(node, Exp::new, apply(node, Abs::new, x).negi());
    return node.exec("add", relu(node, x), apply(node, Log1p::new, small));
  }

  static INDArray mish(NodeRun node) {
    return node.exec("multiply", node.input(0), node.exec("tanh", softplus(node, node.input(0))));
  }

  static INDArray gelu(NodeRun node) {
    INDArray x = node.input(0);
    INDArray bend;
    if (node.attributes().text("approximate", "none").equals("tanh")) {
      INDArray square = node.exec("multiply", x, x);
      INDArray stretch = square.muli(0.044715f).addi(1f).muli((float) Math.sqrt(2 / Math.PI));
      bend = node.exec("tanh", node.exec("multiply", x, stretch));
    } else {
      bend = apply(node, Erf::new, node.own(x.mul((float) Math.sqrt(0.5))));
    }
    return node.exec("multiply", x, node.own(bend.add(1f)).muli(0.5f));
  }

  static INDArray swish(NodeRun node) {
    INDArray x = node.input(0);
    INDArray scaled = node.own(x.mul(node.attributes().real("alpha", 1)));
    return node.exec("multiply", x, node.exec("sigmoid", scaled));
  }

  /** Towards 0 by the bias, and 0 within ±λ. */
  static INDArray shrink(NodeRun node) {
    float lambda = node.attributes().real("lambd", 0.5f);
    float bias = node.attributes().real("bias", 0);
    return onHost(node, x -> x < -lambda ? x + bias : x > lambda ? x - bias : 0);
  }

  /** To the nearest integer, of two the even one: ND4J's own takes the larger. */
  static INDArray round(NodeRun node) {
    return onHost(node, Math::rint);
  }

  private static INDArray onHost(NodeRun node, DoubleUnaryOperator function) {
    double[] values = HostMemory.doubles(node.input(0));
    for (int i = 0; i < values.length; i++) {
      values[i] = function.applyAsDouble(values[i]);
    }
    INDArray wide = node.own(HostMemory.of(values, node.input(0).shape()));
    return node.castTo(wide, node.input(0).dataType());
  }

  static INDArray isNaN(NodeRun node) {
    return node.exec("not_equals", node.input(0), node.input(0));
  }
}
