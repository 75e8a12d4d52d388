package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.Composition;
import org.robustnessgap.onnx.graph.OnnxModel;

/** A generator and a classifier that do not fit each other. */
class MismatchedModelsTest extends BadModels {
  @Test
  void generatorAndClassifierOfDifferentImages() {
    OnnxModel generator = OnnxModel.read(Golden.model("mnist-dcgan"));
    OnnxModel classifier = OnnxModel.read(Golden.model("cifar10-lenet"));

    assertRefused(
        () -> Composition.of(generator, classifier),
        "mnist-dcgan",
        "[n, 1, 28, 28]",
        "cifar10-lenet",
        "[n, 3, 32, 32]");
  }

  @Test
  void generatorAndClassifierThatDoNotStateTheirMismatch() {
    OnnxModel generator = scaled();
    TestGraph graph = new TestGraph(3);
    OnnxModel classifier =
        graph.model("three", graph.node("Gemm", List.of(X, graph.floats(new float[3], 3, 1))));

    assertRefused(
        () -> Differentiator.differentiate(Composition.of(generator, classifier), engine),
        "three",
        "scaled");
  }
}
