package org.robustnessgap.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.correlation.Covariance;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.OnnxModel;

class LinearGeneratorTest {
  /** More values than the iteration has columns for the smaller dimensions. */
  private static final double[] DEVIATIONS = new double[40];

  static {
    Arrays.setAll(DEVIATIONS, i -> 3.0 / (1 + i));
  }

  private static final List<float[]> IMAGES = GaussianImages.of(301, 5, DEVIATIONS);

  /** Of the same images, by commons-math from the covariance of Bessel's correction. */
  private static EigenDecomposition whole(List<float[]> images) {
    double[][] rows = new double[images.size()][];
    Arrays.setAll(rows, n -> doubles(images.get(n)));
    RealMatrix covariance = new Covariance(rows, false).getCovarianceMatrix();
    return new EigenDecomposition(covariance);
  }

  private static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }

  @Test
  void agreesWithTheWholeDecomposition() {
    EigenDecomposition whole = whole(IMAGES);
    for (int d : new int[] {1, 5, 12, 40}) {
      LinearGenerator fitted = LinearGenerator.of(ImageSet.of(IMAGES), d, 1);
      assertThat(fitted.latentDimension()).isEqualTo(d);
      assertThat(fitted.images()).isEqualTo(301);
      assertThat(fitted.residual()).isLessThan(1e-9);
      for (int i = 0; i < d; i++) {
        double deviation = Math.sqrt(whole.getRealEigenvalue(i));
        assertThat(fitted.deviations()[i]).isCloseTo(deviation, within(1e-9 * deviation));
        double cosine =
            MatrixUtils.createRealVector(fitted.directions()[i])
                .dotProduct(whole.getEigenvector(i));
        assertThat(Math.abs(cosine)).as("direction %d of %d", i, d).isCloseTo(1, within(1e-8));
      }
      double total = Arrays.stream(whole.getRealEigenvalues()).sum();
      double rest = Arrays.stream(whole.getRealEigenvalues()).skip(d).sum();
      assertThat(fitted.totalVariance()).isCloseTo(total, within(1e-9));
      assertThat(fitted.discardedVariance()).isCloseTo(rest, within(1e-9));
    }
  }

  /** No plane is nearer: the mean squared distance of the images from that of the components. */
  @Test
  void whatIsDiscardedIsTheDistanceFromThePlane() {
    LinearGenerator fitted = LinearGenerator.of(ImageSet.of(IMAGES), 7, 1);
    double sum = 0;
    for (float[] image : IMAGES) {
      double[] rest = doubles(image);
      for (int k = 0; k < rest.length; k++) {
        rest[k] -= fitted.mean()[k];
      }
      double squared = Arrays.stream(rest).map(v -> v * v).sum();
      for (double[] direction : fitted.directions()) {
        double along = 0;
        for (int k = 0; k < rest.length; k++) {
          along += direction[k] * rest[k];
        }
        squared -= along * along;
      }
      sum += squared;
    }
    assertThat(sum / IMAGES.size()).isCloseTo(fitted.discardedVariance(), within(1e-9));
  }

  /** Only rounding depends on the seed, and nothing on threads. */
  @Test
  void isDeterministic() {
    LinearGenerator once = LinearGenerator.of(ImageSet.of(IMAGES), 6, 1);
    LinearGenerator again = LinearGenerator.of(ImageSet.of(IMAGES), 6, 1);
    LinearGenerator other = LinearGenerator.of(ImageSet.of(IMAGES), 6, 2);
    assertThat(again.directions()).isDeepEqualTo(once.directions());
    for (int i = 0; i < 6; i++) {
      assertThat(other.directions()[i]).containsExactly(once.directions()[i], within(1e-7));
    }
  }

  /** Fewer directions vary than the iteration has columns. */
  @Test
  void findsAllDirectionsOfImagesInAPlane() {
    List<float[]> images = GaussianImages.of(50, 3, 2, 1, 0.5, 0, 0, 0, 0, 0);
    LinearGenerator fitted = LinearGenerator.of(ImageSet.of(images), 3, 1);
    assertThat(fitted.discardedVariance()).isLessThan(1e-9 * fitted.totalVariance());

    assertThatThrownBy(() -> LinearGenerator.of(ImageSet.of(images), 4, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("vary in 3 directions only")
        .hasMessageContaining("give 3 at most");
  }

  /** Of images too large for their covariance: the same as of the few values that vary. */
  @Test
  void largeImagesGiveTheSame() {
    List<float[]> large = IMAGES.stream().map(image -> Arrays.copyOf(image, 12_300)).toList();
    LinearGenerator expected = LinearGenerator.of(ImageSet.of(IMAGES), 9, 1);
    LinearGenerator fitted = LinearGenerator.of(ImageSet.of(large), 9, 1);
    assertThat(fitted.deviations()).containsExactly(expected.deviations(), within(1e-6));
    assertThat(fitted.totalVariance()).isCloseTo(expected.totalVariance(), within(1e-5));
    for (int i = 0; i < 9; i++) {
      assertThat(Arrays.copyOf(fitted.directions()[i], 40))
          .containsExactly(expected.directions()[i], within(1e-5));
      assertThat(Arrays.stream(fitted.directions()[i]).skip(40)).allMatch(v -> v == 0);
    }
  }

  /** The model run on ONNX Runtime, against μ + W z. */
  @Test
  void theModelIsTheMap() throws Exception {
    LinearGenerator fitted = LinearGenerator.of(ImageSet.of(IMAGES), 3, 1);
    OnnxModel model = fitted.model("pca", List.of(2L, 4L, 5L));
    float[] z = {0.5f, -1, 2, 0, 0, 0};
    try (Engine engine = new OnnxRuntimeEngine(1);
        Executable executable = engine.load(model)) {
      Tensor images = executable.run(new Tensor(z, new long[] {2, 3})).get(0);
      assertThat(images.shape()).containsExactly(2, 2, 4, 5);
      for (int k = 0; k < 40; k++) {
        double expected = fitted.mean()[k];
        assertThat((double) images.values()[40 + k]).isCloseTo(expected, within(1e-6));
        for (int i = 0; i < 3; i++) {
          expected += fitted.deviations()[i] * fitted.directions()[i][k] * z[i];
        }
        assertThat((double) images.values()[k]).isCloseTo(expected, within(1e-5));
      }
    }
    assertThatThrownBy(() -> fitted.model("pca", List.of(1L, 6L, 6L)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("40 values");

    ModelProto file = ModelProto.parseFrom(model.toBytes(fitted.metadata()));
    assertThat(file.getMetadataPropsList())
        .extracting(StringStringEntryProto::getKey)
        .contains("images", "discarded_variance", "standard_deviations");
    assertThat(ModelProto.parseFrom(model.toBytes()).getMetadataPropsCount()).isZero();
  }

  @Test
  void refusesWhatGivesNoGenerator() {
    assertRefused(List.of(), 1, "no images");
    assertRefused(IMAGES, 0, "at least 1");
    assertRefused(IMAGES, 41, "latent dimension of 40 at most");
    assertRefused(IMAGES.subList(0, 5), 5, "takes 6 images at least");
    float[] same = {1, 2, 3};
    assertRefused(List.of(same, same, same), 1, "All images are the same");
    assertRefused(List.of(same, new float[] {1, 2}), 1, "Image 1 has 2 values and the first one 3");
    assertRefused(List.of(same, new float[] {1, Float.NaN, 3}), 1, "Image 1 holds NaN");
    float[] large = new float[1 << 24];
    assertRefused(
        Collections.nCopies(17, large), 1, "takes 16 at most; give fewer images, or make them");
  }

  private static void assertRefused(List<float[]> images, int d, String message) {
    assertThatThrownBy(() -> LinearGenerator.of(ImageSet.of(new ArrayList<>(images)), d, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }
}
