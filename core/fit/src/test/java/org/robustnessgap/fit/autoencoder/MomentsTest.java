package org.robustnessgap.fit.autoencoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.fit.training.StoredImages;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Of a generator that is linear, z ↦ (2 z₁ + z₂ + 1, z₂, 0). */
class MomentsTest {
  private static final PixelRange RANGE = new PixelRange(-100, 100);
  private static final double[][] AXES = {{1, 0, 0}, {0, 1, 0}};

  private static OnnxModel model(Moments moments) {
    GraphBuilder graph = new GraphBuilder("test/");
    String values =
        graph.emit(
            "Gemm",
            List.of(
                "z",
                graph.floats(new float[] {2, 0, 0, 1, 1, 0}, 2, 3),
                graph.floats(new float[] {1, 0, 0}, 3)));
    String output = moments == null ? values : moments.apply(graph, values);
    return new OnnxModel(
        "plane",
        OnnxModel.OPSET,
        List.of(new OnnxModel.Value("z", TensorProto.DataType.FLOAT_VALUE, List.of(-1L, 2L))),
        List.of(new OnnxModel.Value(output, TensorProto.DataType.FLOAT_VALUE, List.of(-1L, 3L))),
        graph.nodes(),
        graph.constants());
  }

  /** Mean (3, 4, 5), covariance ((2, −1, 0), (−1, 2, 0), (0, 0, 0.25)). */
  private static StoredImages images() {
    SplittableRandom random = new SplittableRandom(1);
    StoredImages images = new StoredImages(3, RANGE);
    for (int n = 0; n < 8192; n++) {
      double a = Math.sqrt(2) * random.nextGaussian();
      double b = -a / 2 + Math.sqrt(1.5) * random.nextGaussian();
      double c = 0.5 * random.nextGaussian();
      images.add(new float[] {(float) (3 + a), (float) (4 + b), (float) (5 + c)});
    }
    return images;
  }

  private static double[][] moments(OnnxModel model, Engine engine) {
    int count = 40000;
    SplittableRandom random = new SplittableRandom(2);
    float[] latents = new float[2 * count];
    for (int i = 0; i < latents.length; i++) {
      latents[i] = (float) random.nextGaussian();
    }
    double[][] found = new double[4][3];
    try (Executable executable = engine.load(model)) {
      float[] made = executable.run(new Tensor(latents, new long[] {count, 2})).get(0).values();
      for (int n = 0; n < count; n++) {
        for (int i = 0; i < 3; i++) {
          found[0][i] += made[3 * n + i] / (double) count;
        }
      }
      for (int n = 0; n < count; n++) {
        for (int i = 0; i < 3; i++) {
          for (int j = 0; j < 3; j++) {
            found[1 + i][j] +=
                (made[3 * n + i] - found[0][i]) * (made[3 * n + j] - found[0][j]) / count;
          }
        }
      }
    }
    return found;
  }

  @Test
  void imagesGetTheCovarianceOfOthersAlongTheDirectionsAndTheirTotalVariance() {
    try (Engine engine = new OnnxRuntimeEngine(1)) {
      Moments moments = Moments.of(model(null), images(), AXES, 3, engine);
      assertThat(moments.spread()).isCloseTo(Math.sqrt(4.25 / 6), within(0.02));
      // The third value does not vary: the others are spread for it.
      assertThat(moments.factor()).isCloseTo(Math.sqrt(4.25 / 4), within(0.01));
      double[][] found = moments(model(moments), engine);
      double factor = 4.25 / 4;
      double[][] wanted = {
        {3, 4, 5}, {2 * factor, -factor, 0}, {-factor, 2 * factor, 0}, {0, 0, 0}
      };
      for (int i = 0; i < 4; i++) {
        assertThat(found[i]).as("row %d", i).containsExactly(wanted[i], within(0.15));
      }
    }
  }

  @Test
  void withoutDirectionsOnlyMeanAndTotalVarianceChange() {
    try (Engine engine = new OnnxRuntimeEngine(1)) {
      Moments moments = Moments.of(model(null), images(), new double[0][], 3, engine);
      assertThat(moments.factor()).isEqualTo(moments.spread());
      double[][] found = moments(model(moments), engine);
      double factor = 4.25 / 6;
      double[][] wanted = {{3, 4, 5}, {5 * factor, factor, 0}, {factor, factor, 0}, {0, 0, 0}};
      for (int i = 0; i < 4; i++) {
        assertThat(found[i]).as("row %d", i).containsExactly(wanted[i], within(0.15));
      }
    }
  }

  /** Where generated images hardly vary, theirs is not made of rounding. */
  @Test
  void noDirectionIsEnlargedMoreThanTwice() {
    try (Engine engine = new OnnxRuntimeEngine(1)) {
      double[][] all = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
      Moments moments = Moments.of(model(null), images(), all, 3, engine);
      for (float value : moments.change()) {
        assertThat(Math.abs(value)).isLessThanOrEqualTo((float) (1.01 * moments.factor()));
      }
      assertThat(moments(model(moments), engine)[3][2]).isCloseTo(0, within(1e-6));
    }
  }
}
