package org.robustnessgap.fit.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Tensors;

class TrainingTest {
  private static final int VALUES = 4;
  private static final PixelRange RANGE = new PixelRange(0, 1);

  /** ‖x + ε − w‖², so that w becomes the mean. */
  private static Trainable mean(float start) {
    GraphBuilder graph = new GraphBuilder("t/");
    List<String> parts =
        graph.emitAll(
            "Split", 2, List.of("rows", graph.longs(VALUES, VALUES)), Attributes.of("axis", 1L));
    String noisy = graph.emit("Add", List.of(parts.get(0), parts.get(1)));
    String rest = graph.emit("Sub", List.of(noisy, "w"));
    String loss =
        graph.emit("ReduceSumSquare", List.of(rest, graph.longs(1)), Attributes.of("keepdims", 1L));
    Map<String, TensorProto> constants = new LinkedHashMap<>(graph.constants());
    constants.put("w", Tensors.floats("w", new float[] {start, start, start, start}, VALUES));
    return new Trainable(
        new OnnxModel(
            "mean",
            OnnxModel.OPSET,
            List.of(
                new OnnxModel.Value(
                    "rows", TensorProto.DataType.FLOAT_VALUE, List.of(-1L, 2L * VALUES))),
            List.of(new OnnxModel.Value(loss, TensorProto.DataType.FLOAT_VALUE, List.of(-1L, 1L))),
            graph.nodes(),
            constants),
        List.of("w"));
  }

  private static StoredImages images(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StoredImages images = new StoredImages(VALUES, RANGE);
    for (int n = 0; n < count; n++) {
      float[] image = new float[VALUES];
      for (int k = 0; k < VALUES; k++) {
        image[k] = (float) ((k + random.nextDouble()) / VALUES);
      }
      images.add(image);
    }
    return images;
  }

  private static ImageBatches batches(long seed) {
    return new ImageBatches(images(95, 1), images(12, 2), VALUES, 10, seed);
  }

  static Training open(TrainingPlan plan, Engine engine) {
    return Training.open(mean(0), batches(3), plan, engine);
  }

  @Test
  void findsTheMinimum() {
    TrainingPlan plan = new TrainingPlan(60, 0.05, 10);
    try (Engine engine = new OnnxRuntimeEngine(1);
        Training training = open(plan, engine)) {
      TrainingState state = training.start();
      training.run(state, unused -> {});
      assertThat(state.step()).isEqualTo(training.steps()).isEqualTo(540);
      float[] mean = images(95, 1).mean();
      for (int k = 0; k < VALUES; k++) {
        assertThat(state.weights().get(0)[k]).isCloseTo(mean[k], within(0.15f));
      }
      assertThat(state.epochs()).hasSize(60);
      assertThat(state.epochs().get(59).fitted()).isLessThan(state.epochs().get(0).fitted());
      // Noise of variance 1, and that of the images.
      assertThat(state.epochs().get(59).heldOut()).isBetween(2.0, 6.5);
    }
  }

  /** Between epochs, within one, and before the first step. */
  @Test
  void goesOnFromAWrittenStateWithTheSameBits() {
    TrainingPlan plan = new TrainingPlan(4, 0.05, 3);
    try (Engine engine = new OnnxRuntimeEngine(1);
        Training training = open(plan, engine)) {
      TrainingState whole = training.start();
      List<byte[]> written = new ArrayList<>();
      written.add(bytes(training, whole));
      training.run(whole, state -> written.add(bytes(training, state)));
      assertThat(written).hasSize(37);
      for (int step : new int[] {0, 5, 9, 18, 35}) {
        try (Training again = open(plan, engine)) {
          TrainingState state =
              again.read(new DataInputStream(new ByteArrayInputStream(written.get(step))));
          assertThat(state.step()).isEqualTo(step);
          again.run(state, unused -> {});
          assertThat(bytes(again, state)).isEqualTo(written.get(36));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private static byte[] bytes(Training training, TrainingState state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      training.write(state, new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Test
  void aSeedDeterminesEverything() {
    try (Engine engine = new OnnxRuntimeEngine(1)) {
      List<byte[]> ends = new ArrayList<>();
      for (long seed : new long[] {3, 3, 4}) {
        try (Training training =
            Training.open(mean(0), batches(seed), new TrainingPlan(2, 0.05, 0), engine)) {
          TrainingState state = training.start();
          training.run(state, unused -> {});
          ends.add(bytes(training, state));
        }
      }
      assertThat(ends.get(1)).isEqualTo(ends.get(0));
      assertThat(ends.get(2)).isNotEqualTo(ends.get(0));
    }
  }

  @Test
  void refusesWhatDoesNotDescend() {
    try (Engine engine = new OnnxRuntimeEngine(1);
        Training training =
            Training.open(mean(1e30f), batches(0), new TrainingPlan(1, 1, 0), engine)) {
      assertThatThrownBy(() -> training.run(training.start(), unused -> {}))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("The loss is Infinity after 0 steps; give a smaller learning rate");
    }
    assertThatThrownBy(() -> new ImageBatches(images(0, 1), images(0, 2), 0, 1, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no image");
    assertThatThrownBy(() -> new TrainingPlan(0, 1, 0)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> new TrainingPlan(1, Double.NaN, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("learning rate");
  }
}
