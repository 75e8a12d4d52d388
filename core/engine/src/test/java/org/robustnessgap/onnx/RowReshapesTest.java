package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.RowReshapes;
import org.robustnessgap.onnx.graph.Tensors;
import org.robustnessgap.onnx.graph.ValueShapes;

class RowReshapesTest {
  private final Engine engine = new OnnxRuntimeEngine(1);

  /** Of x [n, 2, 3]. */
  private OnnxModel kept(long... target) {
    TestGraph graph = new TestGraph(2, 3);
    OnnxModel model =
        graph.model("reshaped", graph.node("Reshape", List.of(X, graph.longs(target))));
    OnnxModel kept = RowReshapes.kept(model, ValueShapes.of(model, engine));
    Tensor x = new Tensor(Points.gaussian(new SplittableRandom(1), 30), new long[] {5, 2, 3});
    try (Executable before = engine.load(model);
        Executable after = engine.load(kept)) {
      assertThat(after.run(x).get(0).shape()).containsExactly(before.run(x).get(0).shape());
      assertThat(after.run(x).get(0).values()).containsExactly(before.run(x).get(0).values());
    }
    return kept;
  }

  private static long[] target(OnnxModel model) {
    return Tensors.integers(model.initializers().get(model.nodes().get(0).getInput(1)));
  }

  @Test
  void theBatchStaysFirst() {
    assertThat(target(kept(-1, 6))).containsExactly(0, 6);
    assertThat(target(kept(-1, 3, 2))).containsExactly(0, 3, 2);
  }

  @Test
  void whatDoesNotKeepItStays() {
    // Parts of rows become rows.
    assertThat(target(kept(-1, 3))).containsExactly(-1, 3);
    assertThat(target(kept(0, -1))).containsExactly(0, -1);
  }
}
