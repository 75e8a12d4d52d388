package org.robustnessgap.concentration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.spectrum.SampleCovariance;
import org.robustnessgap.spectrum.SubspaceIteration;

/**
 * Half-spaces to either side along the coordinates, the principal components w, and components with
 * entries ±|w_k|^p: between both, as ℓ∞ favours few coordinates (Prescott, Zhang, Evans 2021; for
 * Gaussian data the first component is optimal in ℓ2). In each direction the smallest half-space
 * that holds enough images has the fewest within any ε, so only directions are searched.
 */
public final class HalfSpaces implements ErrorSetFamily {
  private static final int COMPONENTS = 32;
  private static final double[] POWERS = {1, 1.5, 2, 3, 5};
  private static final int MOST_POINTS = 8000;

  /** Directions are candidates for a search, so they need not be exact. */
  private static final double ROUGHLY = 1e-3;

  /** Smaller variances, relative to the largest, are rounding. */
  private static final double ROUNDING = 1e-12;

  private final float[][] validation;
  private final List<Direction> directions;

  /** A coordinate needs no vector to be projected onto. */
  private record Direction(
      String name, ToDoubleFunction<float[]> projection, Supplier<double[]> normal) {}

  private record Found(Direction direction, int sign, double offset, int expanded) {
    HalfSpace set() {
      double[] normal = Arrays.stream(direction.normal.get()).map(v -> sign * v).toArray();
      return new HalfSpace(
          normal, offset, "half-space, " + direction.name + (sign > 0 ? ", high" : ", low"));
    }
  }

  /**
   * @param norm of distances
   * @param seed where the search for principal components starts
   */
  public HalfSpaces(Split split, Norm norm, long seed) {
    this.validation = split.validation();
    this.directions = new ArrayList<>();
    int size = validation[0].length;
    for (int k = 0; k < size; k++) {
      int coordinate = k;
      directions.add(new Direction("value " + k, x -> x[coordinate], () -> unit(coordinate, size)));
    }
    double[][] components = components(split.training(), Math.min(COMPONENTS, size), seed);
    for (int i = 0; i < components.length; i++) {
      for (double power : POWERS) {
        double[] w = normalised(powered(components[i], power), norm);
        String name = "principal component " + (i + 1) + (power == 1 ? "" : ", power " + power);
        directions.add(new Direction(name, x -> HalfSpace.product(w, x), () -> w));
      }
    }
  }

  /** As many as the points vary in, if those are fewer. */
  private static double[][] components(float[][] points, int count, long seed) {
    float[][] used = Arrays.copyOf(points, Math.min(points.length, MOST_POINTS));
    SubspaceIteration found =
        SubspaceIteration.of(new SampleCovariance(used), count, seed, ROUGHLY);
    return IntStream.range(0, count)
        .filter(i -> found.values()[i] > ROUNDING * found.values()[0])
        .mapToObj(i -> found.vectors()[i])
        .toArray(double[][]::new);
  }

  @Override
  public String label() {
    return "half-spaces";
  }

  @Override
  public ErrorSet find(int least, double epsilon) {
    return directions.parallelStream()
        .flatMap(direction -> sides(direction, least, epsilon))
        .min(Comparator.comparingInt(Found::expanded))
        .orElseThrow()
        .set();
  }

  private Stream<Found> sides(Direction direction, int least, double epsilon) {
    double[] sorted =
        Arrays.stream(validation).mapToDouble(direction.projection).sorted().toArray();
    double high = sorted[sorted.length - least];
    double low = sorted[least - 1];
    int above = (int) Arrays.stream(sorted).filter(p -> p >= high - epsilon).count();
    int below = (int) Arrays.stream(sorted).filter(p -> -p >= -low - epsilon).count();
    return Stream.of(new Found(direction, 1, high, above), new Found(direction, -1, -low, below));
  }

  private static double[] unit(int coordinate, int size) {
    double[] unit = new double[size];
    unit[coordinate] = 1;
    return unit;
  }

  private static double[] powered(double[] w, double power) {
    return Arrays.stream(w).map(v -> Math.signum(v) * Math.pow(Math.abs(v), power)).toArray();
  }

  /** To length 1 in the dual norm. */
  private static double[] normalised(double[] w, Norm norm) {
    double length =
        switch (norm) {
          case L2 -> Math.sqrt(Arrays.stream(w).map(v -> v * v).sum());
          case LINF -> Arrays.stream(w).map(Math::abs).sum();
        };
    return Arrays.stream(w).map(v -> v / length).toArray();
  }
}
