package org.robustnessgap.concentration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.robustnessgap.distance.Euclidean;

/**
 * Unions of balls for ℓ2 (Mahloujifar, Zhang, Mahmoody, Evans 2019, Algorithm 2): one ball after
 * the other, each where an equal part of what is still missing brings the fewest further training
 * images within ε. Centres are drawn from them; there all are tried, and sizes other than equal.
 *
 * <p>Validation images choose the number of balls and one growth of all radii, as balls hold too
 * few others than those they were made for.
 */
public final class BallUnions implements ErrorSetFamily {
  private static final int[] BALLS = {1, 2, 5, 10, 20};
  private static final int CENTRES = 512;

  private final float[][] validation;
  private final int images;
  private final List<Centre> centres;

  /** Distances of the training images, and their order by them. */
  private record Centre(float[] point, double[] distances, int[] order) {}

  private record Ball(Centre centre, double radius, int further) {}

  /**
   * @param seed determines which training images are centres
   */
  public BallUnions(Split split, long seed) {
    float[][] training = split.training();
    this.validation = split.validation();
    this.images = training.length;
    this.centres =
        new SplittableRandom(seed)
                .ints(0, training.length)
                .distinct()
                .limit(Math.min(CENTRES, training.length))
                .boxed()
                .toList()
                .parallelStream()
                .map(i -> centre(training[i], training))
                .toList();
  }

  private static Centre centre(float[] point, float[][] images) {
    double[] distances =
        Arrays.stream(images).mapToDouble(x -> Euclidean.distance(point, x)).toArray();
    int[] order =
        IntStream.range(0, distances.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> distances[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    return new Centre(point, distances, order);
  }

  @Override
  public String label() {
    return "unions of balls";
  }

  @Override
  public ErrorSet find(int least, double epsilon) {
    int wanted = (int) Math.ceil((double) least * images / validation.length);
    return Arrays.stream(BALLS)
        .mapToObj(balls -> grown(greedy(balls, wanted, epsilon), least))
        .min(Comparator.comparingInt(set -> Concentration.count(validation, set, epsilon)))
        .orElseThrow();
  }

  private List<Ball> greedy(int balls, int least, double epsilon) {
    BitSet covered = new BitSet(images);
    BitSet near = new BitSet(images);
    List<Ball> union = new ArrayList<>();
    while (covered.cardinality() < least) {
      int left = Math.max(1, balls - union.size());
      int wanted = (least - covered.cardinality() + left - 1) / left;
      Ball ball =
          centres.parallelStream()
              .map(centre -> ball(centre, wanted, epsilon, covered, near))
              .min(Comparator.comparingInt(Ball::further))
              .orElseThrow();
      union.add(ball);
      for (int i : ball.centre.order) {
        double distance = ball.centre.distances[i];
        if (distance > ball.radius + epsilon) {
          break;
        }
        near.set(i);
        covered.set(i, covered.get(i) || distance <= ball.radius);
      }
    }
    return union;
  }

  /** With the radii longer or shorter by what brings so many validation images in. */
  private BallUnion grown(List<Ball> union, int least) {
    double[] beyond =
        Arrays.stream(validation).parallel().mapToDouble(x -> beyond(union, x)).sorted().toArray();
    // A little more, so that rounding of the sum leaves none out.
    double growth = beyond[least - 1] + 1e-9 * (1 + Math.abs(beyond[least - 1]));
    List<Ball> left = union.stream().filter(ball -> ball.radius + growth >= 0).toList();
    return new BallUnion(
        left.stream().map(ball -> ball.centre.point).toArray(float[][]::new),
        left.stream().mapToDouble(ball -> ball.radius + growth).toArray());
  }

  private static double beyond(List<Ball> union, float[] x) {
    return union.stream()
        .mapToDouble(ball -> Euclidean.distance(ball.centre.point, x) - ball.radius)
        .min()
        .orElseThrow();
  }

  /** The smallest ball that covers so many more. */
  private static Ball ball(Centre centre, int wanted, double epsilon, BitSet covered, BitSet near) {
    int found = 0;
    int further = 0;
    double radius = Double.POSITIVE_INFINITY;
    for (int i : centre.order) {
      double distance = centre.distances[i];
      if (distance > radius + epsilon) {
        break;
      }
      further += near.get(i) ? 0 : 1;
      if (!covered.get(i) && ++found == wanted) {
        radius = distance;
      }
    }
    return new Ball(centre, radius, further);
  }
}
