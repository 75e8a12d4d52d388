package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.lowering.Lowering;

/** Products beyond the random cases. */
class LoweredReductionsTest {
  private final Engine engine = new OnnxRuntimeEngine(1);

  private float[] gradient(OnnxModel model, float[] x, int outputs) {
    OnnxModel lowered = Lowering.of(model, engine);
    float[] ones = new float[outputs];
    Arrays.fill(ones, 1);
    try (Executable gradient = engine.load(Differentiator.differentiate(lowered, engine))) {
      return gradient
          .run(new Tensor(x, new long[] {1, x.length}), new Tensor(ones, new long[] {1, outputs}))
          .get(1)
          .values();
    }
  }

  @Test
  void ofFactorsAmongWhichAreZeros() {
    TestGraph graph = new TestGraph(5);
    OnnxModel model = graph.model("p", graph.node("ReduceProd", List.of(X, graph.longs(1))));

    assertThat(gradient(model, new float[] {2, 3, 0, 5, 7}, 1)).containsExactly(0, 0, 210, 0, 0);
    assertThat(gradient(model, new float[] {2, 0, 3, 0, 7}, 1)).containsExactly(0, 0, 0, 0, 0);
    assertThat(gradient(model, new float[] {1, 2, 3, 4, 5}, 1))
        .containsExactly(120, 60, 40, 30, 24);
  }

  @Test
  void overNoAxis() {
    TestGraph graph = new TestGraph(2);
    String y =
        graph.node(
            "ReduceProd", List.of(X, graph.longs()), Attributes.of("noop_with_empty_axes", 1L));

    assertThat(gradient(graph.model("none", y), new float[] {2, 3}, 2)).containsExactly(1, 1);
  }

  @Test
  void overAnAxisThatIsStatedTwice() {
    TestGraph graph = new TestGraph(2);
    String y = graph.node("ReduceProd", List.of(X, graph.longs(1, -1)));

    assertThat(gradient(graph.model("twice", y), new float[] {2, 3}, 1)).containsExactly(3, 2);
  }

  @Test
  void overTheBatch() {
    TestGraph graph = new TestGraph(2);
    OnnxModel all = graph.model("all", graph.node("ReduceProd", List.of(X)));
    assertRefused(() -> Lowering.of(all, engine), "states no axes");

    TestGraph rows = new TestGraph(2);
    OnnxModel first = rows.model("first", rows.node("ReduceProd", List.of(X, rows.longs(0))));
    assertRefused(() -> Lowering.of(first, engine), "reduces the batch");
  }
}
