package org.robustnessgap.fit.autoencoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.fit.network.DenseLayer;
import org.robustnessgap.fit.network.DenseNetwork;
import org.robustnessgap.fit.training.Trainable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Tensors;

class AutoencoderTest {
  private static final int ROWS = 5;

  private final Autoencoder autoencoder = Toy.autoencoder();
  private final float[][] images = Toy.gaussian(ROWS, 3);
  private final Trainable trainable = autoencoder.trainable(Toy.stored(images), 7);
  private final float[] rows = rows();

  /** Images, and behind each its noise. */
  private float[] rows() {
    SplittableRandom random = new SplittableRandom(11);
    int width = Toy.VALUES + Toy.LATENT;
    float[] values = new float[ROWS * width];
    for (int n = 0; n < ROWS; n++) {
      System.arraycopy(images[n], 0, values, n * width, Toy.VALUES);
      for (int k = Toy.VALUES; k < width; k++) {
        values[n * width + k] = (float) random.nextGaussian();
      }
    }
    return values;
  }

  private Tensor input() {
    return new Tensor(rows, new long[] {ROWS, Toy.VALUES + Toy.LATENT});
  }

  /** Written out in double precision, a loop each. */
  @Test
  void theLossIsTheNegativeEvidenceBound() {
    Map<String, TensorProto> weights = trainable.named(starts());
    double noise = 0.3 * Math.sqrt(Toy.stored(images).totalVariance() / Toy.VALUES);
    float[] losses;
    try (Engine engine = new OnnxRuntimeEngine(1);
        Executable loss = engine.load(trainable.model())) {
      losses = loss.run(input()).get(0).values();
    }
    assertThat(losses).hasSize(ROWS);
    int width = Toy.VALUES + Toy.LATENT;
    for (int n = 0; n < ROWS; n++) {
      double[] x = new double[Toy.VALUES];
      for (int k = 0; k < x.length; k++) {
        x[k] = images[n][k];
      }
      double[] code = dense(weights, autoencoder.encoder(), x);
      double[] z = new double[Toy.LATENT];
      double divergence = 0;
      for (int k = 0; k < z.length; k++) {
        double logVariance = code[Toy.LATENT + k];
        z[k] = code[k] + Math.exp(logVariance / 2) * rows[n * width + Toy.VALUES + k];
        divergence += (code[k] * code[k] + Math.exp(logVariance) - 1 - logVariance) / 2;
      }
      double[] y = dense(weights, autoencoder.decoder(), z);
      double squares = 0;
      for (int k = 0; k < x.length; k++) {
        double pixel = -1 + 2 / (1 + Math.exp(-y[k]));
        squares += (x[k] - pixel) * (x[k] - pixel);
      }
      double density =
          squares / (2 * noise * noise) + Toy.VALUES / 2.0 * Math.log(2 * Math.PI * noise * noise);
      assertThat((double) losses[n]).isCloseTo(density + divergence, within(1e-3));
    }
  }

  private List<float[]> starts() {
    List<float[]> starts = new ArrayList<>();
    for (String weight : trainable.weights()) {
      starts.add(
          Tensors.values(Objects.requireNonNull(trainable.model().initializers().get(weight))));
    }
    return starts;
  }

  private static double[] dense(
      Map<String, TensorProto> weights, DenseNetwork network, double[] input) {
    double[] values = input;
    for (DenseLayer layer : network.layers()) {
      float[] matrix = Tensors.values(Objects.requireNonNull(weights.get(layer.matrix())));
      float[] bias = Tensors.values(Objects.requireNonNull(weights.get(layer.bias())));
      double[] next = new double[bias.length];
      for (int j = 0; j < next.length; j++) {
        next[j] = bias[j];
        for (int i = 0; i < values.length; i++) {
          double x = layer.index() == 0 ? values[i] : values[i] / (1 + Math.exp(-values[i]));
          next[j] += x * matrix[i * next.length + j];
        }
      }
      values = next;
    }
    return values;
  }

  @Test
  void itsWeightGradientsAreCentralDifferences() {
    try (Engine engine = new OnnxRuntimeEngine(1);
        Executable gradient =
            engine.load(
                Differentiator.differentiate(trainable.model(), trainable.weights(), engine))) {
      float[] ones = {1, 1, 1, 1, 1};
      List<float[]> weights = starts();
      List<Tensor> found = run(gradient, weights, ones);
      for (int w = 0; w < weights.size(); w++) {
        float[] values = found.get(2 + w).values();
        double largest = 0;
        for (float value : values) {
          largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).as(trainable.weights().get(w)).isPositive();
        for (int i = 0; i < values.length; i += 1 + values.length / 20) {
          double expected = difference(gradient, weights, w, i, ones);
          assertThat((double) values[i])
              .as("%s at %d", trainable.weights().get(w), i)
              .isCloseTo(expected, within(1e-2 * largest));
        }
      }
    }
  }

  private double difference(
      Executable gradient, List<float[]> weights, int which, int element, float[] ones) {
    float step = 0x1p-6f;
    float kept = weights.get(which)[element];
    double[] sums = new double[2];
    for (int side = 0; side < 2; side++) {
      weights.get(which)[element] = kept + (side == 0 ? step : -step);
      for (float loss : run(gradient, weights, ones).get(0).values()) {
        sums[side] += loss;
      }
    }
    weights.get(which)[element] = kept;
    return (sums[0] - sums[1]) / (2 * step);
  }

  private List<Tensor> run(Executable gradient, List<float[]> weights, float[] ones) {
    List<Tensor> inputs = new ArrayList<>(List.of(input(), new Tensor(ones, new long[] {ROWS, 1})));
    for (int w = 0; w < weights.size(); w++) {
      TensorProto tensor =
          Objects.requireNonNull(trainable.model().initializers().get(trainable.weights().get(w)));
      inputs.add(new Tensor(weights.get(w), Tensors.shape(tensor)));
    }
    return gradient.run(inputs.toArray(Tensor[]::new));
  }

  /** Products of matrices, none of them a row at a time. */
  @Test
  void itsWeightGradientsAreOneProductALayer() {
    try (Engine engine = new OnnxRuntimeEngine(1)) {
      OnnxModel whole =
          Differentiator.differentiate(trainable.model(), trainable.weights(), engine);
      long products =
          whole.nodes().stream()
              .filter(node -> List.of("Gemm", "MatMul").contains(node.getOpType()))
              .count();
      // Forward, by weights, by inputs: of 4 layers.
      assertThat(products).isEqualTo(12);
      assertThat(whole.nodes())
          .noneMatch(node -> List.of("Conv", "Einsum", "Transpose").contains(node.getOpType()));
    }
  }

  @Test
  void refusesSizesItHasNoNetworkFor() {
    PixelRange range = new PixelRange(0, 1);
    assertThat(Autoencoder.of(784, 100, range).latent()).isEqualTo(100);
    for (int latent : new int[] {0, 785}) {
      assertThatThrownBy(() -> Autoencoder.of(784, latent, range))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("must be from 1 to 784");
    }
    assertThatThrownBy(() -> Autoencoder.of(3 * 96 * 96, 100, range))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("scale them down to 12288 values");
  }
}
