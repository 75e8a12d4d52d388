package org.robustnessgap.attack.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;

class VisiblePixelsTest {
  private static final Engine ENGINE = new OnnxRuntimeEngine(1);

  /** Just below 1, a byte is 254. */
  @Test
  void atABoundTheGradientIsThatInsideAndTheValueIsItsOwn() {
    TestGraph graph = new TestGraph(2);
    String levels = graph.node("Mul", List.of(X, graph.floats(new float[] {255})));
    String held =
        graph.node(
            "Clip",
            List.of(levels, graph.floats(new float[] {0}), graph.floats(new float[] {255})));
    OnnxModel bytes = graph.model("bytes", graph.node("Floor", List.of(held)));
    try (OnnxMap map = OnnxMap.open(bytes, ENGINE)) {
      VisiblePixels visible = new VisiblePixels(map, new PixelRange(0, 1));
      Rows points = new Rows(new float[] {1, 0, 0.5f, 0.25f}, 2);
      DifferentiableMap.Product product =
          visible.vjp(points, new Rows(new float[] {1, 1, 1, 1}, 2));

      assertThat(product.values().values()).containsExactly(255, 0, 127, 63);
      assertThat(product.gradients().values()).containsExactly(255, 255, 255, 255);
    }
  }
}
