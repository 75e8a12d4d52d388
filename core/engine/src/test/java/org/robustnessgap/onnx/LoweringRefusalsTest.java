package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.lowering.Lowering;

/** Forms of operators that are not rewritten say which they are. */
class LoweringRefusalsTest {
  private final Engine engine = new OnnxRuntimeEngine(1);
  private final SplittableRandom random = new SplittableRandom(1);

  private void assertNotRewritten(TestGraph graph, String output, String why) {
    OnnxModel model = graph.model("form", output);
    assertRefused(() -> Lowering.of(model, engine), output, "form", why);
  }

  @Test
  void attentionThatCountsKeysForEachSample() {
    TestGraph graph = new TestGraph(1, 3, 2).opset(24);
    String batch =
        graph.node("Shape", List.of(X), Attributes.of("start", 0L), Attributes.of("end", 1L));
    String counts = graph.node("Expand", List.of(graph.longs(2), batch));
    assertNotRewritten(
        graph, graph.node("Attention", List.of(X, X, X, "", "", "", counts)), "how many keys");
  }

  @Test
  void aTransformOfMuchTooGreatALength() {
    TestGraph graph = new TestGraph(3, 1).opset(20);
    String spectrum = graph.node("DFT", List.of(X, graph.longScalar(1L << 22)));
    assertNotRewritten(graph, spectrum, "makes a matrix of");
  }

  @Test
  void aComplexSignalWithAWindow() {
    TestGraph graph = new TestGraph(8, 2);
    String spectra =
        graph.node(
            "STFT",
            List.of(X, graph.longScalar(2), graph.gaussian(random, 4)),
            Attributes.of("onesided", 0L));
    assertNotRewritten(graph, spectra, "beyond its end");
  }

  @Test
  void aPackedBatchOfTokens() {
    TestGraph graph = new TestGraph(1, 3, 2);
    String y =
        graph.node(
            "com.microsoft",
            1,
            "RotaryEmbedding",
            List.of(X, graph.longs(0), graph.gaussian(random, 4, 1), graph.gaussian(random, 4, 1)),
            Attributes.of("is_packed_batching", 1L));
    assertNotRewritten(graph, y, "packs its batch");
  }
}
