package org.robustnessgap.fit.memorisation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.fit.training.StoredImages;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PixelRange;

class MemorisationTest {
  private static final int SIZE = 7;

  private final SplittableRandom random = new SplittableRandom(17);

  private float[] point() {
    float[] point = new float[SIZE];
    for (int k = 0; k < SIZE; k++) {
      point[k] = (float) random.nextGaussian();
    }
    return point;
  }

  /** Over more than two blocks, the last of them short. */
  @Test
  void theNearestIsThatOfAllDistances() {
    StoredImages images = new StoredImages(SIZE, new PixelRange(-1, 1));
    for (int n = 0; n < 2500; n++) {
      images.add(point());
    }
    float[][] points = new float[40][];
    for (int p = 0; p < points.length; p++) {
      points[p] = p == 0 ? images.image(2400) : point();
    }
    NearestImages.Neighbour[] found;
    try (Engine engine = new OnnxRuntimeEngine(1)) {
      found = new NearestImages(images, engine).of(points);
    }
    for (int p = 0; p < points.length; p++) {
      double least = Double.POSITIVE_INFINITY;
      int nearest = -1;
      for (int n = 0; n < images.count(); n++) {
        double sum = 0;
        for (int k = 0; k < SIZE; k++) {
          sum += Math.pow((double) points[p][k] - images.image(n)[k], 2);
        }
        if (sum < least) {
          least = sum;
          nearest = n;
        }
      }
      assertThat(found[p].index()).isEqualTo(nearest);
      assertThat(found[p].distance()).isCloseTo(Math.sqrt(least), within(1e-9));
    }
    assertThat(found[0]).isEqualTo(new NearestImages.Neighbour(2400, 0));
  }

  @Test
  void countsThoseNearerThanHeldOutImagesAre() {
    double[] heldOut = IntStream.rangeClosed(1, 200).mapToDouble(i -> i).toArray();
    // The third of 200 is the first beyond 1 %.
    double[] generated = DoubleStream.of(0, 2.5, 3, 400).toArray();
    assertThat(Memorisation.of(generated, heldOut)).isEqualTo(new Memorisation(2.75, 100.5, 0.5));
    assertThat(Memorisation.of(heldOut, heldOut).nearer()).isEqualTo(Memorisation.QUANTILE);
    assertThatThrownBy(() -> Memorisation.of(generated, new double[0]))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("hold some out");
  }
}
