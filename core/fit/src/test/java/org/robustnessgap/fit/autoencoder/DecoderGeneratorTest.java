package org.robustnessgap.fit.autoencoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.distance.SlicedWasserstein;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.fit.training.ImageBatches;
import org.robustnessgap.fit.training.StoredImages;
import org.robustnessgap.fit.training.Trainable;
import org.robustnessgap.fit.training.Training;
import org.robustnessgap.fit.training.TrainingPlan;
import org.robustnessgap.fit.training.TrainingState;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.OnnxModel;

class DecoderGeneratorTest {
  private static final List<Long> SHAPE = List.of(3L, 8L, 8L);
  private static final int IMAGES = 1000;

  private static DecoderGenerator trained(int epochs, StoredImages images, Engine engine) {
    Autoencoder autoencoder = Toy.autoencoder();
    Trainable trainable = autoencoder.trainable(images, 1);
    StoredImages none = Toy.stored(new float[0][]);
    ImageBatches batches = new ImageBatches(images, none, Toy.LATENT, 50, 1);
    TrainingPlan plan = new TrainingPlan(epochs, 5e-3, 20);
    try (Training training = Training.open(trainable, batches, plan, engine)) {
      TrainingState state = training.start();
      training.run(state, unused -> {});
      Trained trained = new Trained(autoencoder, trainable.named(state.weights()), state.epochs());
      Codes codes = Codes.of(trained, images, engine);
      return DecoderGenerator.of(trained, codes, null, images, new double[0][], 1, engine);
    }
  }

  private static float[][] run(OnnxModel model, float[][] rows, Engine engine) {
    int width = rows[0].length;
    float[] values = new float[rows.length * width];
    for (int n = 0; n < rows.length; n++) {
      System.arraycopy(rows[n], 0, values, n * width, width);
    }
    List<Long> shape = model.input().statedShape();
    long[] given = new long[shape.size()];
    for (int axis = 0; axis < given.length; axis++) {
      given[axis] = axis == 0 ? rows.length : shape.get(axis);
    }
    try (Executable executable = engine.load(model)) {
      float[] out = executable.run(new Tensor(values, given)).get(0).values();
      float[][] outputs = new float[rows.length][out.length / rows.length];
      for (int n = 0; n < outputs.length; n++) {
        System.arraycopy(out, n * outputs[n].length, outputs[n], 0, outputs[n].length);
      }
      return outputs;
    }
  }

  private static float[][] normal(int count) {
    SplittableRandom random = new SplittableRandom(99);
    float[][] latents = new float[count][Toy.LATENT];
    for (float[] latent : latents) {
      for (int k = 0; k < latent.length; k++) {
        latent[k] = (float) random.nextGaussian();
      }
    }
    return latents;
  }

  /** A plane, its spread, and the small noise beside it are all found. */
  @Test
  void aGaussianOnAPlaneIsRecovered() {
    float[][] given = Toy.gaussian(IMAGES, 5);
    float[][] fresh = Toy.gaussian(IMAGES, 6);
    StoredImages images = Toy.stored(given);
    try (Engine engine = new OnnxRuntimeEngine(1)) {
      DecoderGenerator generator = trained(60, images, engine);
      OnnxModel decoder = generator.decoder("g", SHAPE);
      OnnxModel encoder = generator.encoder("e", SHAPE);

      float[][] latents = run(encoder, given, engine);
      double[] mean = new double[Toy.LATENT];
      double[] square = new double[Toy.LATENT];
      for (float[] latent : latents) {
        for (int k = 0; k < Toy.LATENT; k++) {
          mean[k] += latent[k] / (double) IMAGES;
          square[k] += latent[k] * (double) latent[k] / IMAGES;
        }
      }
      for (int k = 0; k < Toy.LATENT; k++) {
        assertThat(mean[k]).isCloseTo(0, within(1e-3));
        // The rest of the variance 1 is what the encoder draws around its mean.
        assertThat(square[k]).isBetween(0.9, 1.0);
      }

      double residual = 0;
      float[][] back = run(decoder, latents, engine);
      for (int n = 0; n < IMAGES; n++) {
        for (int k = 0; k < Toy.VALUES; k++) {
          residual += Math.pow(back[n][k] - given[n][k], 2) / IMAGES / Toy.VALUES;
        }
      }
      assertThat(Math.sqrt(residual)).isLessThan(0.05);

      StoredImages made = Toy.stored(run(decoder, normal(4 * IMAGES), engine));
      assertThat(generator.spread()).isBetween(1.0, 1.2);
      assertThat(made.totalVariance())
          .isCloseTo(images.totalVariance(), within(0.06 * images.totalVariance()));
      float[] center = images.mean();
      for (int k = 0; k < Toy.VALUES; k++) {
        assertThat(made.mean()[k]).isCloseTo(center[k], within(0.02f));
      }

      double sampling = SlicedWasserstein.of(given, fresh, 64, 1).mean();
      double good = SlicedWasserstein.of(run(decoder, normal(IMAGES), engine), fresh, 64, 1).mean();
      OnnxModel early = trained(1, images, engine).decoder("early", SHAPE);
      double bad = SlicedWasserstein.of(run(early, normal(IMAGES), engine), fresh, 64, 1).mean();
      assertThat(good).isLessThan(3 * sampling);
      assertThat(bad).isGreaterThan(2 * good);
    }
  }

  @Test
  void statesWhatItTakesAndHowItWasMade() {
    StoredImages images = Toy.stored(Toy.gaussian(60, 5));
    try (Engine engine = new OnnxRuntimeEngine(1)) {
      DecoderGenerator generator = trained(2, images, engine);
      assertThat(generator.decoder("g", SHAPE).input().describe()).isEqualTo("latent float [n, 2]");
      assertThat(generator.decoder("g", SHAPE).output().describe())
          .isEqualTo("images float [n, 3, 8, 8]");
      assertThat(generator.encoder("e", SHAPE).input().describe())
          .isEqualTo("images float [n, 3, 8, 8]");
      assertThat(generator.encoder("e", SHAPE).output().describe())
          .isEqualTo("latent float [n, 2]");
      assertThat(generator.metadata())
          .containsEntry("images", "60")
          .containsEntry("epochs", "2")
          .doesNotContainKey("loss_held_out");
      assertThatThrownBy(() -> generator.decoder("g", List.of(3L, 2L)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("do not have the shape [3, 2]");
    }
  }
}
