package org.robustnessgap.engine.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Device;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxModel;

class Nd4jEngineTest {
  private final Engine engine = new Nd4jEngine(settings(Device.CPU));

  private static EngineSettings settings(Device device) {
    return new EngineSettings("nd4j", device, 1, EngineSettings.ALL_MEMORY);
  }

  private OnnxModel gradientOfLenet() {
    return Differentiator.differentiate(OnnxModel.read(Golden.model("mnist-lenet")), engine);
  }

  private static List<Tensor> run(Executable gradient) {
    return gradient.run(
        Golden.array("mnist-dcgan", "image"), Golden.array("mnist-lenet", "cotangent"));
  }

  @Test
  void runsLeaveNoMemoryBehind() {
    OnnxModel model = gradientOfLenet();
    long before = Backend.memoryUsed();
    try (Executable gradient = engine.load(model)) {
      run(gradient);
      long loaded = Backend.memoryUsed();
      for (int run = 0; run < 10; run++) {
        run(gradient);
      }
      assertThat(loaded).isGreaterThan(before);
      assertThat(Backend.memoryUsed()).isLessThanOrEqualTo(loaded);
    }
    assertThat(Backend.memoryUsed()).isLessThanOrEqualTo(before);
  }

  @Test
  void threadsThatShareAModelGetWhatOneThreadGets() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Executable gradient = engine.load(gradientOfLenet())) {
      float[] alone = run(gradient).get(1).values();
      List<Callable<float[]>> tasks = new ArrayList<>();
      for (int task = 0; task < 8; task++) {
        tasks.add(() -> run(gradient).get(1).values());
      }
      for (Future<float[]> shared : threads.invokeAll(tasks)) {
        assertThat(shared.get()).isEqualTo(alone);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anOperatorWithoutKernelIsRefusedByNodeAndRemedy() {
    TestGraph graph = new TestGraph(2);
    OnnxModel model = graph.model("odd", graph.node("Bernoulli", List.of(X)));

    assertRefused(() -> engine.load(model), "Bernoulli", model.output().name(), "onnxruntime");
  }

  @Test
  void whatANativeOperatorObjectsToNamesTheNode() {
    try (Executable product = engine.load(TestGraph.linear("product", new float[][] {{1}, {2}}))) {
      Tensor tooWide = new Tensor(new float[] {1, 2, 3}, new long[] {1, 3});

      assertRefused(() -> product.run(tooWide), "Gemm", "--engine onnxruntime");
    }
  }

  @Test
  void integersDividedByZeroAreRefused() {
    TestGraph graph = new TestGraph(2);
    String quotient = graph.node("Div", List.of(graph.longs(4), graph.longs(0)));
    OnnxModel model = graph.model("zero", graph.node("Expand", List.of(X, quotient)));
    try (Executable zero = engine.load(model)) {
      Tensor x = new Tensor(new float[2], new long[] {1, 2});

      assertRefused(() -> zero.run(x), "Div", "zero");
    }
  }

  @Test
  void aDeviceThatThisBuildIsNotForNamesTheProfile() {
    assertRefused(() -> new Nd4jEngine(settings(Device.of("cuda"))), "-Pnd4j-cuda", "onnxruntime");
  }
}
