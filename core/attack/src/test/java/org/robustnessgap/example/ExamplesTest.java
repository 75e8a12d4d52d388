package org.robustnessgap.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.AttackReport;
import org.robustnessgap.attack.Classifier;
import org.robustnessgap.attack.map.OnnxMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.engine.Golden;

/** The examples of the documentation do what it says. */
class ExamplesTest {
  private static final Path MODEL = Golden.model("mnist-lenet");
  private static final int PIXELS = 784;

  @Test
  void attacksImages() {
    float[][] images = RandomImages.uniform(6, PIXELS);
    int[] labels;
    try (Classifier classifier = Classifier.open(MODEL)) {
      labels = classifier.labels(images);
    }
    int own = labels[2];
    labels[2] = (own + 1) % 10;

    AttackReport report = AttackExample.attack(MODEL, images, labels);

    for (int i = 0; i < images.length; i++) {
      SearchResult result = report.results().get(i);
      if (i == 2) {
        assertThat(result).isEqualTo(new SearchResult.Misclassified(own, 0, 1));
      } else {
        SearchResult.Found found = result.found().orElseThrow();
        assertThat(found.label()).isNotEqualTo(labels[i]);
        for (float pixel : found.point()) {
          assertThat(pixel).isBetween(0f, 1f);
        }
      }
    }
    assertThat(report.robustAccuracy(0)).isCloseTo(5.0 / 6, within(1e-12));
  }

  /** Along the gradient the output grows as fast as it is long. */
  @Test
  void differentiatesAModel() {
    float[] x = RandomImages.uniform(1, PIXELS)[0];
    float[] gradient = DifferentiateExample.gradient(MODEL, x, 3);
    double length = Vectors.norm(gradient);
    double step = 1e-2;
    float[] after = Vectors.sum(x, gradient, step / length);
    float[] before = Vectors.sum(x, gradient, -step / length);
    try (OnnxMap f = OnnxMap.open(MODEL)) {
      Rows values = f.apply(Rows.of(List.of(after, before), PIXELS));
      double slope = ((double) values.row(0)[3] - values.row(1)[3]) / (2 * step);
      assertThat(slope).isCloseTo(length, within(0.02 * length));
    }
    assertThat(length).isPositive();
  }
}
