package org.robustnessgap.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.Refusals.assertRefused;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.OnnxModel;
import org.robustnessgap.onnx.TestGraph;

class ImageAttackTest {
  private static final Engine ENGINE = new OnnxRuntimeEngine(1);

  /** Logits (x₀ + 3x₁, 0): the sign of the gradient is (−1, −1), the lead falls by 4ε. */
  private static OnnxModel linear() {
    TestGraph graph = new TestGraph(3);
    String weights = graph.floats(new float[] {1, 0, 3, 0, 0, 0}, 3, 2);
    return graph.model("linear", graph.node("Gemm", List.of(TestGraph.X, weights)));
  }

  @Test
  void findsTheSmallestStepAlongTheSignOfTheGradient() {
    try (ImageAttack attack = new ImageAttack(ClassifierModel.ofScores(linear()), ENGINE)) {
      double[] norms = attack.norms(new Rows(new float[] {2, 2, 7, 20, 20, 7}, 3), 10);
      // ε = 8/4 on two values; the third has no gradient.
      assertThat(norms[0]).isCloseTo(2 * Math.sqrt(2), within(1e-5));
      assertThat(norms[1]).as("ε = 20 is beyond the largest").isNaN();
    }
  }

  @Test
  void refusesImagesOfAnotherSize() {
    try (ImageAttack attack = new ImageAttack(ClassifierModel.ofScores(linear()), ENGINE)) {
      assertRefused(() -> attack.norms(new Rows(new float[4], 2), 1), "3 values", "given 2");
    }
  }
}
