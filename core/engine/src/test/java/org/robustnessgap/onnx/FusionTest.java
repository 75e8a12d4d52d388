package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxFile;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Operator;
import org.robustnessgap.onnx.lowering.Lowering;

/** Files that ONNX Runtime saved after it had optimised them. */
class FusionTest {
  private static final int CASES = 20;
  private static final long[] ROW = {2, 4, 4};
  private static final float ROUNDING = 1e-5f;

  private final Engine engine = new OnnxRuntimeEngine(1);

  @TempDir private Path folder;

  private List<Tensor> run(OnnxModel model, Tensor... inputs) {
    try (Executable loaded = engine.load(model)) {
      return loaded.run(inputs);
    }
  }

  private static Tensor rows(SplittableRandom random) {
    long[] shape = {3, ROW[0], ROW[1], ROW[2]};
    return new Tensor(Points.gaussian(random, TestGraph.size(shape)), shape);
  }

  private static OnnxModel convolutionAnd(String activation) {
    TestGraph graph = new TestGraph(ROW);
    SplittableRandom random = new SplittableRandom(1);
    String weights = graph.gaussian(random, 3, 2, 3, 3);
    String product = graph.node("Conv", List.of(X, weights, graph.gaussian(random, 3)));
    return graph.model("small", graph.node(activation, List.of(product)));
  }

  private Path optimised(OnnxModel model) throws OrtException {
    Path file = folder.resolve("optimised.onnx");
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT);
      options.setOptimizedModelFilePath(file.toString());
      OrtEnvironment.getEnvironment().createSession(model.toBytes(), options).close();
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"Relu", "LeakyRelu", "HardSigmoid", "Tanh", "Sigmoid"})
  void anOptimisedFileHasTheGradientOfTheFileBefore(String activation) throws Exception {
    OnnxModel before = convolutionAnd(activation);
    Path file = optimised(before);
    assertThat(OnnxFile.parse(file).getGraph().getNodeList())
        .anyMatch(node -> Operator.of(node).toString().equals("com.microsoft.FusedConv"));

    OnnxModel read = ModelImport.read(file, engine);

    SplittableRandom random = new SplittableRandom(2);
    Tensor x = rows(random);
    Tensor y = run(before, x).get(0);
    Tensor v = new Tensor(Points.gaussian(random, y.values().length), y.shape());
    List<Tensor> expected = run(Differentiator.differentiate(before, engine), x, v);
    List<Tensor> actual = run(Differentiator.differentiate(read, engine), x, v);
    for (int output = 0; output < expected.size(); output++) {
      assertThat(actual.get(output).values())
          .containsExactly(expected.get(output).values(), within(ROUNDING));
    }
  }

  /** Sums lie on both sides of the kinks. */
  @Test
  void activationsOfAConvolutionAroundTheirKinks() {
    for (int seed = 0; seed < CASES; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TestGraph graph = new TestGraph(ROW);
      List<AttributeProto> activation = FusionCases.kinked(random);
      String y =
          graph.node(
              "com.microsoft",
              1,
              "FusedConv",
              List.of(X, graph.gaussian(random, 3, 2, 3, 3)),
              activation.toArray(AttributeProto[]::new));
      OnnxModel model = graph.model("kinks", y);
      Tensor x = rows(random);

      assertThat(run(Lowering.of(model, engine), x).get(0).values())
          .as("%s", activation)
          .containsExactly(run(model, x).get(0).values(), within(ROUNDING));
    }
  }

  @Test
  void aFileForOneMachine() throws IOException {
    TestGraph graph = new TestGraph(8, 2, 2);
    String blocks = graph.node("com.microsoft.nchwc", 1, "ReorderInput", List.of(X));
    String pooled = graph.node("com.microsoft.nchwc", 1, "GlobalAveragePool", List.of(blocks));
    OnnxModel model = graph.model("fast", pooled);
    Path file = Files.write(folder.resolve("fast.onnx"), model.toBytes());

    assertRefused(
        () -> ModelImport.read(file, engine),
        "fast",
        "com.microsoft.nchwc.ReorderInput",
        "this file was optimised for one machine; use the file before optimisation");
  }
}
