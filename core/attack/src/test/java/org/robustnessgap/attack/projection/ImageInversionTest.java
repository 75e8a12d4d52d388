package org.robustnessgap.attack.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.Refusals.assertRefused;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.generator.Latents;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;

class ImageInversionTest {
  private static final Engine ENGINE = new OnnxRuntimeEngine(1);

  /** g(z) = W z in R⁴, its two columns orthogonal: u₁ = (1, 1, 0, 0)/√2, u₂ = (1, −1, 0, 0)/√2. */
  private static final float[][] PLANE = {{2, 2, 0, 0}, {0.5f, -0.5f, 0, 0}};

  private static final double FIRST = 2 * Math.sqrt(2);
  private static final double SECOND = 0.5 * Math.sqrt(2);

  private static OnnxModel plane() {
    return TestGraph.linear("plane", PLANE);
  }

  private static InvertedImage inverted(float... image) {
    try (GeneratorModel generator = GeneratorModel.open(plane(), ENGINE);
        ImageInversion inversion = ImageInversion.open(generator, null, ENGINE)) {
      return inversion.of(new LatentBatch(0, image.length, image)).get(0);
    }
  }

  /** z = Wᵀx / σ², and what is beside the plane remains. */
  @Test
  void onAPlaneItIsTheProjection() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20; i++) {
      float[] z = {(float) random.nextDouble(-2, 2), (float) random.nextDouble(-2, 2)};
      float third = (float) random.nextDouble(-3, 3);
      float fourth = (float) random.nextDouble(-3, 3);
      InvertedImage found = inverted(2 * z[0] + 0.5f * z[1], 2 * z[0] - 0.5f * z[1], third, fourth);

      assertThat(found.z()).containsExactly(z, within(1e-4f));
      assertThat(found.error()).isCloseTo(Math.hypot(third, fourth), within(1e-5));
    }
  }

  /** On the sphere, the residual's gradient points along z: of all there none is nearer. */
  @Test
  void beyondWhatIsDrawnItIsTheNearestOnTheSphere() {
    double radius = ImageInversion.longest(2);
    assertThat(radius).isCloseTo(Math.sqrt(-2 * Math.log(1e-3)), within(1e-9));

    InvertedImage found = inverted(30, 20, 0, 0);

    assertThat(Vectors.norm(found.z())).isLessThanOrEqualTo(radius).isCloseTo(radius, within(1e-2));
    double along = FIRST * (50 / Math.sqrt(2) - FIRST * found.z()[0]);
    double across = SECOND * (10 / Math.sqrt(2) - SECOND * found.z()[1]);
    assertThat(across / along).isCloseTo(found.z()[1] / found.z()[0], within(1e-2));
  }

  @Test
  void acrossThePlaneTheMeanIsAsNear() {
    InvertedImage found = inverted(0, 0, 3, -4);

    assertThat(found.error()).isCloseTo(5, within(1e-5));
    assertThat(found.share()).isCloseTo(1, within(1e-2));
  }

  /** Of a decoder that was trained, its own images come back. */
  @Test
  void generatedImagesComeBack() {
    OnnxModel model = OnnxModel.read(Golden.model("mnist-dcgan"));
    LatentBatch latents = Latents.gaussian(7, 2, 100);
    try (GeneratorModel generator = GeneratorModel.open(model, ENGINE);
        ImageInversion inversion = ImageInversion.open(generator, null, ENGINE)) {
      Rows images = generator.map().apply(generator.rows(latents));
      List<InvertedImage> found = inversion.of(new LatentBatch(0, images.width(), images.values()));

      assertThat(found).extracting(InvertedImage::share).allMatch(share -> share < 0.4);
      assertThat(found).allMatch(image -> Vectors.norm(image.z()) <= ImageInversion.longest(100));
      assertThat(inversion.of(new LatentBatch(0, images.width(), images.values()))).isSameAs(found);
    }
  }

  /** Wᵀ / σ², as columns for rows of images. */
  private static float[][] pseudoInverse(float sign) {
    float first = sign * 0.25f;
    float second = sign;
    return new float[][] {{first, second}, {first, -second}, {0, 0}, {0, 0}};
  }

  @Test
  void anEncoderSaysWhereToBegin() {
    try (GeneratorModel generator = GeneratorModel.open(plane(), ENGINE);
        ImageInversion inversion =
            ImageInversion.open(generator, TestGraph.linear("own", pseudoInverse(1)), ENGINE)) {
      InvertedImage found = inversion.of(new LatentBatch(0, 4, new float[] {3, 1, 1, 0})).get(0);

      assertThat(found.z()).containsExactly(new float[] {1, 2}, within(1e-4f));
      assertThat(found.error()).isCloseTo(1, within(1e-5));
    }
  }

  @Test
  void anEncoderOfAnotherGeneratorIsRefused() {
    try (GeneratorModel generator = GeneratorModel.open(plane(), ENGINE)) {
      refused(
          generator,
          "turned",
          pseudoInverse(-1),
          "of another generator, damaged, or trained too little");
      refused(generator, "wide", new float[4][3], "takes latent vectors of length 2");
      refused(generator, "small", new float[3][2], "takes images of shape [3]");
      float[][] broken = pseudoInverse(1);
      broken[0][0] = Float.NaN;
      refused(generator, "broken", broken, "of another generator, damaged, or trained too little");
    }
  }

  private static void refused(
      GeneratorModel generator, String name, float[][] weights, String reason) {
    assertRefused(
        () -> ImageInversion.open(generator, TestGraph.linear(name, weights), ENGINE),
        "Encoder " + name,
        reason,
        "leave the encoder out");
  }

  @Test
  void imagesOfAnotherSizeAreRefused() {
    assertRefused(() -> inverted(1, 2, 3), "have 3 values", "plane", "[4]");
  }
}
