package org.robustnessgap.concentration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.robustnessgap.distance.Euclidean;

/**
 * Complements of unions of rectangles for ℓ∞ (Mahloujifar, Zhang, Mahmoody, Evans 2019, Algorithm
 * 1): k-means splits the images, each cluster's densest ones are covered by the smallest rectangle,
 * and this is grown by ε. As many of the densest are covered as leave enough images outside.
 *
 * <p>Unlike there, clusters are made once and not anew for each number of images covered, so that
 * rectangles are nested and bisection finds the largest number; and density is seen from a sample:
 * the distance to the k-th nearest of at most 1000 images. How many are covered, and of how many
 * clusters, validation images decide: of its own images a rectangle leaves too few outside.
 */
public final class RectangleComplements implements ErrorSetFamily {
  private static final int[] CLUSTERS = {1, 5, 10, 20, 40};
  private static final int CLUSTERED = 4000;
  private static final int SAMPLE = 1000;
  private static final int NEIGHBOURS = 10;

  /** The densest first. */
  private final float[][] training;

  private final float[][] validation;

  /** For each number of clusters, the cluster of each image. */
  private final List<int[]> assignments = new ArrayList<>();

  /**
   * @param seed determines the clusters
   */
  public RectangleComplements(Split split, long seed) {
    this.validation = split.validation();
    this.training = byDensity(split.training(), first(split.training(), SAMPLE));
    float[][] clustered = first(split.training(), CLUSTERED);
    for (int clusters : CLUSTERS) {
      assignments.add(new KMeans(clustered, clusters, seed).assign(this.training));
    }
  }

  private static float[][] first(float[][] images, int most) {
    return Arrays.copyOf(images, Math.min(images.length, most));
  }

  private static float[][] byDensity(float[][] images, float[][] sample) {
    int k = Math.min(NEIGHBOURS, sample.length - 1);
    double[] distances =
        Arrays.stream(images)
            .parallel()
            .mapToDouble(x -> distanceToNearest(x, sample, k))
            .toArray();
    return IntStream.range(0, images.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> distances[i]))
        .map(i -> images[i])
        .toArray(float[][]::new);
  }

  /** To the k-th other one if x is in the sample, so those in it look a little less dense. */
  private static double distanceToNearest(float[] x, float[][] sample, int k) {
    double[] distances = Arrays.stream(sample).mapToDouble(y -> Euclidean.distance(x, y)).toArray();
    Arrays.sort(distances);
    return distances[k];
  }

  @Override
  public String label() {
    return "complements of rectangles";
  }

  @Override
  public ErrorSet find(int least, double epsilon) {
    return assignments.stream()
        .map(clusters -> find(clusters, least, epsilon))
        .min(Comparator.comparingInt(set -> Concentration.count(validation, set, epsilon)))
        .orElseThrow();
  }

  private RectangleComplement find(int[] clusters, int least, double epsilon) {
    // Covering none leaves all outside, and rectangles only grow.
    int enough = 0;
    int tooMany = training.length + 1;
    while (tooMany - enough > 1) {
      int middle = (enough + tooMany) / 2;
      int outside = Concentration.count(validation, covering(middle, clusters, epsilon), 0);
      if (outside >= least) {
        enough = middle;
      } else {
        tooMany = middle;
      }
    }
    return covering(enough, clusters, epsilon);
  }

  /** What the densest ones leave. */
  private RectangleComplement covering(int densest, int[] clusters, double epsilon) {
    float[][] lower = new float[Arrays.stream(clusters).max().orElse(0) + 1][];
    float[][] upper = new float[lower.length][];
    for (int i = 0; i < densest; i++) {
      float[] x = training[i];
      int c = clusters[i];
      if (lower[c] == null) {
        lower[c] = x.clone();
        upper[c] = x.clone();
      }
      for (int k = 0; k < x.length; k++) {
        lower[c][k] = Math.min(lower[c][k], x[k]);
        upper[c][k] = Math.max(upper[c][k], x[k]);
      }
    }
    return new RectangleComplement(present(lower), present(upper), epsilon);
  }

  private static float[][] present(float[][] bounds) {
    return Arrays.stream(bounds).filter(bound -> bound != null).toArray(float[][]::new);
  }
}
