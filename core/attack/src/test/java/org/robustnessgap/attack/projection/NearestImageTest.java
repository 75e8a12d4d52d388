package org.robustnessgap.attack.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;

class NearestImageTest {
  private static float[] gaussian(SplittableRandom random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Images are the plane of the first two of three axes; the third is what remains. */
  @Test
  void inAPlaneItIsTheFootOfThePerpendicular() {
    OnnxModel plane = TestGraph.linear("plane", new float[][] {{2, 0, 0}, {1, 3, 0}});
    try (GeneratorModel generator = GeneratorModel.open(plane, new OnnxRuntimeEngine(1))) {
      Cost cost = new Cost();
      NearestImage search =
          new NearestImage(new float[] {5, -3, 0.5f}, new Start(new float[] {-7, 20}, null), cost);
      NearestImage.run(generator.map(), List.of(search), 20, 20);

      assertThat(search.image()[0]).isCloseTo(5, within(1e-3f));
      assertThat(search.image()[1]).isCloseTo(-3, within(1e-3f));
      assertThat(search.residual()).isCloseTo(0.5, within(1e-5));
      assertThat(cost.gradients()).isPositive();
      assertThat(cost.forwards()).isGreaterThan(cost.gradients());
    }
  }

  /** By the condition that the residual is perpendicular to the images nearby. */
  @Test
  void nearARealImageItIsAMinimumAndNeverFartherThanTheStart() {
    OnnxModel model = OnnxModel.read(Golden.model("mnist-dcgan"));
    SplittableRandom random = new SplittableRandom(3);
    try (GeneratorModel generator = GeneratorModel.open(model, new OnnxRuntimeEngine(1))) {
      DifferentiableMap g = generator.map();
      List<NearestImage> searches = new ArrayList<>();
      List<float[]> starts = new ArrayList<>();
      List<float[]> targets = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        float[] z = gaussian(random, 100);
        float[] image = g.apply(new Rows(z, 100)).row(0);
        float[] target = Vectors.sum(image, gaussian(random, image.length), 0.02);
        starts.add(z);
        targets.add(target);
        searches.add(new NearestImage(target, new Start(z, null), new Cost()));
      }
      NearestImage.run(g, searches, 60, 60);
      for (int i = 0; i < 3; i++) {
        NearestImage search = searches.get(i);
        Rows start = g.apply(new Rows(starts.get(i), 100));
        assertThat(search.residual())
            .isLessThan(Vectors.norm(Vectors.sum(start.row(0), targets.get(i), -1)));
        // A latent step in any direction, of a length that moves the image by a hundredth of the
        // residual, gains next to nothing.
        float[] direction = gaussian(random, 100);
        float[] back = Vectors.sum(search.z(), direction, -1e-2);
        float[] forth = Vectors.sum(search.z(), direction, 1e-2);
        for (float[] other : List.of(back, forth)) {
          float[] image = g.apply(new Rows(other, 100)).row(0);
          assertThat(Vectors.norm(Vectors.sum(image, targets.get(i), -1)))
              .isGreaterThan(search.residual() * (1 - 1e-3));
        }
      }
    }
  }
}
