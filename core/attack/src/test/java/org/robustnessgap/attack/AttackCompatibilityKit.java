package org.robustnessgap.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.RowMap;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PixelRange;

/** What every {@link Attack} must do. Extend it to check one of your own. */
public abstract class AttackCompatibilityKit {
  private static final int IMAGES = 40;
  private static final int PIXELS = 12;
  private static final int CLASSES = 5;

  /** Float32 rounding of points and logits around 1. */
  private static final double ROUNDING = 1e-5;

  /** The attack to check. */
  protected abstract Attack attack();

  private static RowMap smooth() {
    return RowMap.Network.random(11, PIXELS, CLASSES);
  }

  private static Classifier classifier(RowMap map) {
    return Classifier.of("kit", map);
  }

  /** Pixels in [0.2, 0.8]. */
  private static float[][] images(int seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] images = new float[count][PIXELS];
    for (float[] image : images) {
      for (int i = 0; i < PIXELS; i++) {
        image[i] = (float) (0.2 + 0.6 * random.nextDouble());
      }
    }
    return images;
  }

  private List<SearchResult> search(RowMap map, float[][] images) {
    return attack().search(classifier(map), images).results();
  }

  private double length(float[] perturbation) {
    double largest = 0;
    for (float value : perturbation) {
      largest = Math.max(largest, Math.abs(value));
    }
    return attack().norm() == Norm.L2 ? Vectors.norm(perturbation) : largest;
  }

  private static double[] distances(List<SearchResult> results) {
    return results.stream()
        .mapToDouble(result -> result.distanceIfKnown().orElse(Double.NaN))
        .toArray();
  }

  @Test
  void whatIsFoundChangesTheLabelOfTheImageAlone() {
    RowMap map = smooth();
    float[][] images = images(1, IMAGES);
    int[] labels = classifier(map).labels(images);
    List<SearchResult> results = search(map, images);
    int found = 0;
    for (int i = 0; i < IMAGES; i++) {
      if (results.get(i).found().isPresent()) {
        SearchResult.Found here = results.get(i).found().get();
        int[] label = classifier(map).labels(new float[][] {here.point()});
        assertThat(label[0]).as("image %d", i).isEqualTo(here.label()).isNotEqualTo(labels[i]);
        found++;
      }
    }
    assertThat(results).hasSize(IMAGES);
    assertThat(found).as("found at all").isGreaterThan(IMAGES / 2);
  }

  @Test
  void distancesAreTheNormsOfPerturbations() {
    float[][] images = images(2, IMAGES);
    List<SearchResult> results = search(smooth(), images);
    for (int i = 0; i < IMAGES; i++) {
      if (results.get(i).found().isPresent()) {
        SearchResult.Found found = results.get(i).found().get();
        double length = length(found.perturbation(images[i]));
        assertThat(found.distance()).as("image %d", i).isCloseTo(length, within(ROUNDING * length));
        assertThat(found.kktResidual()).isBetween(0.0, 2.0);
      }
    }
  }

  /** A half-space that nothing is nearer to: |f| over the dual norm of its gradient. */
  @Test
  void nothingIsNearerThanTheBoundary() {
    double[][] weights = new double[2][PIXELS];
    Arrays.setAll(weights[1], i -> Math.sin(1 + i));
    RowMap.Affine map = new RowMap.Affine(weights, new double[] {0, 0.1});
    double dual = 0;
    for (double weight : weights[1]) {
      dual += attack().norm() == Norm.L2 ? weight * weight : Math.abs(weight);
    }
    dual = attack().norm() == Norm.L2 ? Math.sqrt(dual) : dual;
    float[][] images = images(3, IMAGES);
    double[] distances = distances(search(map, images));
    for (int i = 0; i < IMAGES; i++) {
      double exact = Math.abs(map.value(RowMap.wide(images[i]))[1]) / dual;
      assertThat(distances[i]).as("image %d", i).isGreaterThan(exact * (1 - 1e-4) - ROUNDING);
    }
  }

  @Test
  void keepsToItsPixelRange() {
    if (attack().pixelRange().isEmpty()) {
      return;
    }
    PixelRange range = attack().pixelRange().get();
    float[][] images = images(4, IMAGES);
    for (float[] image : images) {
      for (int i = 0; i < PIXELS; i++) {
        image[i] = (float) (range.lower() + image[i] * (range.upper() - range.lower()));
      }
    }
    int found = 0;
    for (SearchResult result : search(smooth(), images)) {
      if (result.found().isPresent()) {
        for (float pixel : result.found().get().point()) {
          assertThat((double) pixel).isBetween(range.lower() - ROUNDING, range.upper() + ROUNDING);
        }
        found++;
      }
    }
    assertThat(found).isPositive();
  }

  @Test
  void findsTheSameTwice() {
    float[][] images = images(5, IMAGES);
    List<SearchResult> once = search(smooth(), images);
    List<SearchResult> again = search(smooth(), images);
    assertThat(distances(once)).containsExactly(distances(again));
    for (int i = 0; i < IMAGES; i++) {
      assertThat(again.get(i).gradients()).isEqualTo(once.get(i).gradients());
      assertThat(again.get(i).forwards()).isEqualTo(once.get(i).forwards());
    }
  }

  /** Each image has its own result, wherever it stands among the others. */
  @Test
  void theOrderOfImagesDoesNotMatter() {
    float[][] images = images(6, 8);
    List<float[]> turned = new ArrayList<>(List.of(images));
    Collections.reverse(turned);
    double[] forwards = distances(search(smooth(), images));
    double[] backwards = distances(search(smooth(), turned.toArray(float[][]::new)));
    for (int i = 0; i < images.length; i++) {
      assertThat(backwards[images.length - 1 - i]).isEqualTo(forwards[i]);
    }
  }

  @Test
  void leavesTheImagesAlone() {
    float[][] images = images(7, 4);
    search(smooth(), images);
    assertThat(images).isDeepEqualTo(images(7, 4));
  }

  @Test
  void saysWhatItCost() {
    RowMap map = smooth();
    List<SearchResult> results = search(map, images(8, IMAGES));
    int gradients = results.stream().mapToInt(SearchResult::gradients).sum();
    int forwards = results.stream().mapToInt(SearchResult::forwards).sum();
    assertThat(gradients).isEqualTo(map.gradients());
    // The labels are asked for once before the search.
    assertThat(forwards).isEqualTo(map.forwards() - IMAGES);
  }

  @Test
  void onTheBoundaryTheDistanceIsZero() {
    RowMap tied = new RowMap.Affine(new double[][] {{1, 0}, {0, 1}}, new double[2]);
    SearchResult result = search(tied, new float[][] {{0.5f, 0.5f}}).get(0);
    assertThat(result.distanceIfKnown()).isPresent();
    assertThat(result.distanceIfKnown().getAsDouble()).isLessThan(1e-4);
  }

  @Test
  void withoutAGradientNothingIsFound() {
    RowMap flat = new RowMap.Affine(new double[2][PIXELS], new double[] {1, 0});
    assertThat(search(flat, images(9, 3)))
        .hasSize(3)
        .allSatisfy(result -> assertThat(result.distanceIfKnown()).isEmpty());
  }

  @Test
  void answersThatAreNoNumbersFail() {
    RowMap broken = new RowMap.Bounded(smooth(), 1e-3);
    assertThat(search(broken, images(10, 3)))
        .hasSize(3)
        .hasOnlyElementsOfType(SearchResult.Failed.class);
  }

  @Test
  void whatTheClassifierGetsWrongIsNotSearched() {
    RowMap map = smooth();
    float[][] images = images(11, 6);
    int[] own = classifier(map).labels(images);
    int[] labels = own.clone();
    labels[2] = (own[2] + 1) % CLASSES;
    AttackReport report = attack().search(classifier(map), images, labels);
    assertThat(report.results().get(2)).isEqualTo(new SearchResult.Misclassified(own[2], 0, 1));
    assertThat(report.results())
        .filteredOn(result -> result instanceof SearchResult.Misclassified)
        .hasSize(1);
  }

  @Test
  void noImages() {
    assertThat(search(smooth(), new float[0][])).isEmpty();
  }

  @Test
  void refusesWhatDoesNotFit() {
    Classifier classifier = classifier(smooth());
    assertRefused(
        () -> attack().search(classifier, new float[][] {{1, 2, 3}}), "12 values", "has 3");
    assertRefused(
        () -> attack().search(classifier, images(12, 2), new int[1]), "1 labels", "2 images");
    assertRefused(
        () -> attack().search(classifier, images(12, 1), new int[] {CLASSES}), "label 5", "0 to 4");
  }

  private static void assertRefused(Runnable call, String... parts) {
    assertThatThrownBy(call::run)
        .isInstanceOf(InvalidInputException.class)
        .message()
        .contains(parts);
  }
}
