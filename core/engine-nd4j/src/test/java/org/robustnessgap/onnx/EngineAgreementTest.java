package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.robustnessgap.engine.Device;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * Two independent runtimes on the same graphs: random models around every operator, differentiated
 * with either runtime's shapes, give the same values and gradients.
 */
class EngineAgreementTest {
  private static final int CASES = 3;
  private static final int ROWS = 3;
  private static final double TOLERANCE = 1e-4;
  private static final double ABSOLUTE = 1e-5;

  private final Engine onnxRuntime = engine(EngineSettings.ONNX_RUNTIME);
  private final Engine nd4j = engine("nd4j");

  private static Engine engine(String kind) {
    return new EngineSettings(kind, Device.CPU, 1, EngineSettings.ALL_MEMORY).open();
  }

  @AfterEach
  void close() {
    onnxRuntime.close();
    nd4j.close();
  }

  static Set<String> operators() {
    return new TreeSet<>(OperatorCases.MAKERS.keySet());
  }

  @ParameterizedTest
  @MethodSource("operators")
  void agreeOnRandomModels(String operator) {
    List<OperatorCases.Maker> makers = OperatorCases.MAKERS.get(operator);
    for (int seed = 0; seed < CASES * makers.size(); seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      OperatorCases.Case drawn = makers.get(seed % makers.size()).make(random);
      String what = operator + ", seed " + seed + ", input " + drawn.model().input().shape();
      Tensor x = input(drawn, random);
      List<Tensor> expected = outputs(onnxRuntime, drawn.model(), x, seed);
      List<Tensor> actual = outputs(nd4j, drawn.model(), x, seed);
      assertClose(what + ": output", actual.get(0), expected.get(0));
      assertClose(what + ": gradient", actual.get(1), expected.get(1));
    }
  }

  private static Tensor input(OperatorCases.Case drawn, SplittableRandom random) {
    long[] shape = drawn.model().input().shape().stream().mapToLong(Long::longValue).toArray();
    shape[0] = ROWS;
    return new Tensor(drawn.points().draw(random, TestGraph.size(shape)), shape);
  }

  /** Value and gradient for a random cotangent. */
  private static List<Tensor> outputs(Engine engine, OnnxModel model, Tensor x, int seed) {
    try (Executable forward = engine.load(model);
        Executable gradient = engine.load(Differentiator.differentiate(model, engine))) {
      Tensor y = forward.run(x).get(0);
      float[] cotangent = Points.gaussian(new SplittableRandom(seed), y.values().length);
      return List.of(y, gradient.run(x, new Tensor(cotangent, y.shape())).get(1));
    }
  }

  private static void assertClose(String what, Tensor actual, Tensor expected) {
    assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
    double scale = 0;
    for (float value : expected.values()) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < expected.values().length; i++) {
      assertThat((double) actual.values()[i])
          .as("%s, component %d", what, i)
          .isCloseTo(expected.values()[i], within(TOLERANCE * scale + ABSOLUTE));
    }
  }
}
