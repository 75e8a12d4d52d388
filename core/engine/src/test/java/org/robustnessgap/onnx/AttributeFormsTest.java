package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.AttributeForms.Form;
import org.robustnessgap.onnx.adjoint.AdjointRules;
import org.robustnessgap.onnx.graph.OnnxFile;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.OperatorSets;
import org.robustnessgap.onnx.lowering.Lowering;

/** What attributes and optional inputs mean where they are left out is what the runtime takes. */
class AttributeFormsTest {
  /** Operators that have neither, or whose every form the random cases have. */
  private static final Set<String> WITHOUT_FORMS =
      Set.of(
          "Abs",
          "Acos",
          "Acosh",
          "Add",
          "Asin",
          "Asinh",
          "Atan",
          "Atanh",
          "Ceil",
          "Compress",
          "Cos",
          "Cosh",
          "DequantizeLinear",
          "Div",
          "Erf",
          "Exp",
          "Expand",
          "Floor",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "HardSwish",
          "Identity",
          "Log",
          "MatMul",
          "Mish",
          "Mod",
          "Mul",
          "Neg",
          "PRelu",
          "Pow",
          "QuantizeLinear",
          "Reciprocal",
          "Relu",
          "ReverseSequence",
          "Round",
          "Sigmoid",
          "Sign",
          "Sin",
          "Sinh",
          "Softplus",
          "Softsign",
          "SpaceToDepth",
          "Sqrt",
          "Sub",
          "Tan",
          "Tanh",
          "Tile",
          "Where");

  private final Engine engine = new OnnxRuntimeEngine(1);

  static List<Form> forms() {
    return AttributeForms.all();
  }

  @Test
  void everyOperatorHasFormsOrNeedsNone() {
    Set<String> all = new TreeSet<>(WITHOUT_FORMS);
    forms().forEach(form -> all.add(form.operator()));
    assertThat(all).containsAll(AdjointRules.operators());
    assertThat(AdjointRules.operators()).containsAll(WITHOUT_FORMS);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void computesTheSameAndAgreesWithCentralDifferences(Form form)
      throws InvalidProtocolBufferException {
    // As from a file.
    ModelProto proto = ModelProto.parseFrom(form.model().toBytes());
    OnnxModel stated = OnnxFile.stated(form.toString(), proto, null);
    OnnxModel read = Lowering.of(OperatorSets.upgrade(stated), engine);
    SplittableRandom random = new SplittableRandom(4);
    long[] shape = stated.input().shape().stream().mapToLong(Long::longValue).toArray();
    shape[0] = 2;
    Tensor x = new Tensor(form.points().draw(random, TestGraph.size(shape)), shape);
    float[] expected = output(stated, x);
    float[] actual = output(read, x);
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-5f * (1 + Math.abs(expected[i]))));
    }
    double largest = new GradientCheck(engine).check(form.toString(), read, form.points(), random);
    assertThat(largest).isGreaterThan(1e-3);
  }

  private float[] output(OnnxModel model, Tensor x) {
    try (Executable run = engine.load(model)) {
      return run.run(x).get(0).values();
    }
  }
}
