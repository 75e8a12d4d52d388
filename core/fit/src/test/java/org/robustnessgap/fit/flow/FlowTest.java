package org.robustnessgap.fit.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.fit.training.Trainable;
import org.robustnessgap.fit.training.Training;
import org.robustnessgap.fit.training.TrainingPlan;
import org.robustnessgap.fit.training.TrainingState;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Tensors;

/** Two narrow heaps at (±2, 0), each as likely, which N(0, I) is far from. */
class FlowTest {
  private static final VelocityField FIELD = new VelocityField(2, 32, 1);
  private static final double NARROW = 0.3;

  /** Draws do not depend on which they are of. */
  private record Heaps(int count) implements Vectors {
    @Override
    public int dimension() {
      return 2;
    }

    @Override
    public void draw(int index, SplittableRandom random, float[] into) {
      into[0] = (float) ((random.nextBoolean() ? 2 : -2) + NARROW * random.nextGaussian());
      into[1] = (float) (NARROW * random.nextGaussian());
    }
  }

  private static Flow trained(Engine engine) {
    Trainable trainable = new FlowMatching(FIELD).trainable(3);
    FlowBatches batches = new FlowBatches(new Heaps(256), new Heaps(64), 256, 3);
    try (Training training =
        Training.open(trainable, batches, new TrainingPlan(1500, 1e-2, 50), engine)) {
      TrainingState state = training.start();
      training.run(state, unused -> {});
      List<TrainingState.Epoch> epochs = state.epochs();
      assertThat(epochs.get(epochs.size() - 1).heldOut()).isLessThan(epochs.get(0).heldOut());
      return new Flow(FIELD, trainable.named(state.weights()));
    }
  }

  private static OnnxModel model(Flow flow, boolean isThere) {
    GraphBuilder graph = new GraphBuilder("test/");
    String moved = isThere ? flow.there(graph, "rows") : flow.back(graph, "rows");
    List<Long> shape = List.of(-1L, 2L);
    return new OnnxModel(
        "flow",
        OnnxModel.OPSET,
        List.of(new OnnxModel.Value("rows", TensorProto.DataType.FLOAT_VALUE, shape)),
        List.of(new OnnxModel.Value(moved, TensorProto.DataType.FLOAT_VALUE, shape)),
        graph.nodes(),
        graph.constants());
  }

  private static float[] run(OnnxModel model, float[] rows, int width, Engine engine) {
    try (Executable executable = engine.load(model)) {
      return executable
          .run(new Tensor(rows, new long[] {rows.length / width, width}))
          .get(0)
          .values();
    }
  }

  @Test
  void aNormalDistributionBecomesTwoHeapsAndComesBack() {
    SplittableRandom random = new SplittableRandom(8);
    float[] normal = new float[4000];
    for (int i = 0; i < normal.length; i++) {
      normal[i] = (float) random.nextGaussian();
    }
    try (Engine engine = new OnnxRuntimeEngine(1)) {
      Flow flow = trained(engine);
      float[] moved = run(model(flow, true), normal, 2, engine);
      int right = 0;
      int near = 0;
      double square = 0;
      for (int i = 0; i < moved.length; i += 2) {
        right += moved[i] > 0 ? 1 : 0;
        near += Math.abs(Math.abs(moved[i]) - 2) < 3 * NARROW ? 1 : 0;
        square += moved[i + 1] * (double) moved[i + 1];
      }
      int count = moved.length / 2;
      assertThat(right / (double) count).isBetween(0.45, 0.55);
      // Of N(0, 1) itself a seventh are as near to ±2.
      assertThat(near / (double) count).isGreaterThan(0.85);
      assertThat(Math.sqrt(square / count)).isCloseTo(NARROW, within(0.15));

      float[] back = run(model(flow, false), moved, 2, engine);
      double difference = 0;
      for (int i = 0; i < back.length; i++) {
        difference += Math.abs(back[i] - normal[i]) / back.length;
      }
      assertThat(difference).isLessThan(0.2);
    }
  }

  /** With the features of a time multiplied out. */
  @Test
  void atOneTimeTheFieldIsWhatItIsWithTimesOfRows() {
    Trainable trainable = new FlowMatching(FIELD).trainable(3);
    Flow flow =
        new Flow(
            FIELD,
            trainable.named(
                trainable.weights().stream()
                    .map(name -> Objects.requireNonNull(trainable.model().initializers().get(name)))
                    .map(Tensors::values)
                    .toList()));
    float[] start = {0.5f, -1};
    try (Engine engine = new OnnxRuntimeEngine(1)) {
      double[] x = {start[0], start[1]};
      for (int step = 0; step < 4; step++) {
        double t = step / 4.0;
        double[] half = velocity(trainable, x, t, engine);
        double[] middle = {x[0] + half[0] / 8, x[1] + half[1] / 8};
        double[] whole = velocity(trainable, middle, t + 0.125, engine);
        x = new double[] {x[0] + whole[0] / 4, x[1] + whole[1] / 4};
      }
      float[] found = run(model(flow, true), start, 2, engine);
      assertThat((double) found[0]).isCloseTo(x[0], within(1e-5));
      assertThat((double) found[1]).isCloseTo(x[1], within(1e-5));
    }
  }

  /** From the loss, ‖v − w‖²/2, at three w. */
  private static double[] velocity(Trainable trainable, double[] x, double t, Engine engine) {
    float[] features = VelocityField.features(t);
    int width = 4 + features.length;
    float[] rows = new float[3 * width];
    for (int n = 0; n < 3; n++) {
      rows[n * width] = (float) x[0];
      rows[n * width + 1] = (float) x[1];
      System.arraycopy(features, 0, rows, n * width + 2, features.length);
    }
    rows[width + width - 2] = 1;
    rows[2 * width + width - 1] = 1;
    float[] losses = run(trainable.model(), rows, width, engine);
    return new double[] {losses[0] - losses[1] + 0.5, losses[0] - losses[2] + 0.5};
  }
}
