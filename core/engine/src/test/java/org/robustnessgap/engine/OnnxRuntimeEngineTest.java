package org.robustnessgap.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.robustnessgap.onnx.Refusals.assertRefused;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxModel;

class OnnxRuntimeEngineTest {
  private static final int THREADS = 4;
  private static final int RUNS = 8;

  @Test
  void threadsThatShareAModelGetWhatOneThreadGets() throws Exception {
    Engine engine = new OnnxRuntimeEngine(1);
    OnnxModel model = OnnxModel.read(Golden.model("mnist-lenet"));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (Executable gradient = engine.load(Differentiator.differentiate(model, engine))) {
      List<List<float[]>> alone = new ArrayList<>();
      for (int seed = 0; seed < THREADS; seed++) {
        alone.add(outputs(gradient, seed));
      }
      CyclicBarrier together = new CyclicBarrier(THREADS);
      List<Future<List<List<float[]>>>> shared = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int seed = thread;
        shared.add(
            threads.submit(
                () -> {
                  together.await();
                  List<List<float[]>> runs = new ArrayList<>();
                  for (int run = 0; run < RUNS; run++) {
                    runs.add(outputs(gradient, seed));
                  }
                  return runs;
                }));
      }
      for (int thread = 0; thread < THREADS; thread++) {
        for (List<float[]> run : shared.get(thread).get()) {
          assertThat(run.get(0)).isEqualTo(alone.get(thread).get(0));
          assertThat(run.get(1)).isEqualTo(alone.get(thread).get(1));
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Whichever sizes come after each other, and as one who only runs would do it. */
  @Test
  void outputsAreWrittenIntoArraysThatAreThere() {
    OnnxModel model = OnnxModel.read(Golden.model("mnist-lenet"));
    try (Engine engine = new OnnxRuntimeEngine(1);
        Executable classifier = engine.load(model)) {
      for (int rows : new int[] {3, 1, 5}) {
        float[] images = new float[rows * 784];
        for (int i = 0; i < images.length; i++) {
          images[i] = (float) Math.cos(i);
        }
        Tensor input = new Tensor(images, new long[] {rows, 1, 28, 28});
        float[] expected = classifier.run(input).get(0).values();
        Executable plain = new Running(classifier);
        for (Executable executable : List.of(classifier, plain)) {
          Tensor output = new Tensor(new float[rows * 10], new long[] {rows, 10});
          executable.runInto(List.of(output), input);
          assertThat(output.values()).isEqualTo(expected);
        }
      }
    }
  }

  private record Running(Executable executable) implements Executable {
    @Override
    public List<Tensor> run(Tensor... inputs) {
      return executable.run(inputs);
    }

    @Override
    public void close() {}
  }

  /** Logits and gradient for random images. */
  private static List<float[]> outputs(Executable gradient, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] images = new float[3 * 784];
    float[] cotangents = new float[3 * 10];
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextDouble();
    }
    for (int i = 0; i < cotangents.length; i++) {
      cotangents[i] = (float) random.nextGaussian();
    }
    return gradient
        .run(
            new Tensor(images, new long[] {3, 1, 28, 28}),
            new Tensor(cotangents, new long[] {3, 10}))
        .stream()
        .map(Tensor::values)
        .toList();
  }

  @Test
  void inputsAreTakenInTheOrderOfTheModel() {
    Engine engine = new OnnxRuntimeEngine(1);
    OnnxModel one = TestGraph.linear("scaled", new float[][] {{2}});
    try (Executable gradient = engine.load(Differentiator.differentiate(one, engine))) {
      List<Tensor> outputs =
          gradient.run(
              new Tensor(new float[] {3}, new long[] {1, 1}),
              new Tensor(new float[] {5}, new long[] {1, 1}));

      assertThat(outputs.get(0).values()).containsExactly(6);
      assertThat(outputs.get(1).values()).containsExactly(10);
    }
  }

  @Test
  void aRunThatTheRuntimeRefusesNamesTheModel() {
    Engine engine = new OnnxRuntimeEngine(1);
    try (Executable scaled = engine.load(TestGraph.linear("scaled", new float[][] {{2}}))) {
      assertRefused(
          () -> scaled.run(new Tensor(new float[] {1, 2, 3}, new long[] {1, 3})), "scaled");
    }
  }

  @Test
  void negativeThreads() {
    assertRefused(() -> new OnnxRuntimeEngine(-1), "-1", "threads");
  }

  @Test
  void aTensorIsAsLongAsItsShapeSays() {
    assertThatThrownBy(() -> new Tensor(new float[5], new long[] {2, 3}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5")
        .hasMessageContaining("6");
  }
}
