package org.robustnessgap.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.Attacks;
import org.robustnessgap.attack.Classifier;
import org.robustnessgap.engine.Golden;

class LowerBoundExampleTest {
  /** What is certified is positive and below what an attack finds. */
  @Test
  void isBelowWhatAnAttackFinds() {
    SplittableRandom random = new SplittableRandom(1);
    float[] image = new float[784];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) random.nextDouble();
    }
    double certified = LowerBoundExample.certified(Golden.model("mnist-mlp"), image);
    try (Classifier classifier = Classifier.open(Golden.model("mnist-mlp"))) {
      double found =
          Attacks.boundaryDescent()
              .search(classifier, new float[][] {image})
              .results()
              .get(0)
              .distanceIfKnown()
              .orElseThrow();
      assertThat(certified).isPositive().isLessThan(found);
    }
  }
}
