package org.robustnessgap.worker.attack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;

/**
 * The distance of images, seen from latent space: D(r) = ‖g(z+r) − g(z)‖. Lengths and their
 * gradients, J(z+r)ᵀ (g(z+r) − g(z)), are exact wherever they are asked for; the curvature is that
 * at the sample, M = JᵀJ = CCᵀ with J the Jacobian of g at z, from forward differences: one
 * evaluation of g a latent dimension.
 *
 * <p>Directions that hardly move the image would be taken for free although they are so at z only;
 * a thousandth of M's mean eigenvalue is added to all of them.
 */
final class ImageMetric implements Metric {
  private static final double DIFFERENCE = 1e-2;
  private static final double FLOOR = 1e-3;

  /** With which power of the shortening the damping of Levenberg and Marquardt grows. */
  private static final double DAMPING = 3;

  private final DifferentiableMap generator;
  private final Rows z;
  private final Rows images;

  private final List<Axes> axes;

  private ImageMetric(DifferentiableMap generator, Rows z, Rows images, List<Axes> axes) {
    this.generator = generator;
    this.z = z;
    this.images = images;
    this.axes = axes;
  }

  /**
   * @param generator g
   * @param z [n, d]
   * @param images g(z), [n, m]
   */
  static ImageMetric of(DifferentiableMap generator, Rows z, Rows images) {
    List<Axes> axes = new ArrayList<>();
    for (int sample = 0; sample < z.count(); sample++) {
      axes.add(Axes.of(metric(generator, z.row(sample), images.row(sample))));
    }
    return new ImageMetric(generator, z, images, axes);
  }

  @Override
  public double[] lengths(int[] samples, Rows perturbations) {
    Rows displacements = displacements(samples, generator.apply(moved(samples, perturbations)));
    return IntStream.range(0, samples.length).mapToDouble(displacements::norm).toArray();
  }

  @Override
  public Rows slopes(int[] samples, Rows perturbations) {
    Rows at = moved(samples, perturbations);
    return generator.vjp(at, displacements(samples, generator.apply(at))).gradients();
  }

  /** z + r. */
  private Rows moved(int[] samples, Rows perturbations) {
    int d = z.width();
    float[] points = perturbations.values().clone();
    for (int i = 0; i < points.length; i++) {
      points[i] += z.values()[samples[i / d] * d + i % d];
    }
    return new Rows(points, d);
  }

  /** g(z+r) − g(z). */
  private Rows displacements(int[] samples, Rows moved) {
    int m = images.width();
    float[] differences = moved.values().clone();
    for (int i = 0; i < differences.length; i++) {
      differences[i] -= images.values()[samples[i / m] * m + i % m];
    }
    return new Rows(differences, m);
  }

  /**
   * r + s, where s minimises ½ sᵀMs + slope · s among the steps onto the plane: s = M⁻¹(λn −
   * slope). With a vanishing slope at r = 0 this is the nearest point of the plane in the metric M.
   */
  /** In the directions of M's eigenvectors: s = (M + μ)⁻¹ (λn − slope). */
  @Override
  public Nearest nearest(Place place, List<Plane> planes, double step) {
    Plane last = planes.get(planes.size() - 1);
    float[] normal = last.normal();
    Axes axes = this.axes.get(place.sample());
    double damping = axes.floor * Math.pow(step, -DAMPING);
    double[] n = axes.coordinates(normal);
    double[] h = axes.coordinates(place.slope());
    double missing = last.offset() - Vectors.dot(normal, place.perturbation());
    double multiplier = (missing + axes.product(n, h, damping)) / axes.product(n, n, damping);
    if (!Double.isFinite(multiplier)) {
      return new Nearest(place.perturbation(), Double.POSITIVE_INFINITY);
    }
    double[] along = new double[n.length];
    double squared = place.length() * place.length();
    for (int i = 0; i < along.length; i++) {
      along[i] = (multiplier * n[i] - h[i]) / (axes.curvatures[i] + damping);
      squared += along[i] * (axes.curvatures[i] * along[i] + 2 * h[i]);
    }
    return new Nearest(axes.moved(place.perturbation(), along), Math.sqrt(Math.max(squared, 0)));
  }

  @Override
  public double kktResidual(Place place, float[] normal) {
    Axes axes = this.axes.get(place.sample());
    double[] n = axes.coordinates(normal);
    double[] h = axes.coordinates(place.slope());
    double cosine =
        axes.product(n, h, axes.floor)
            / Math.sqrt(axes.product(n, n, axes.floor) * axes.product(h, h, axes.floor));
    return 1 - Math.max(-1, Math.min(1, cosine));
  }

  @Override
  public float[] steepest(int sample, float[] normal) {
    Axes axes = this.axes.get(sample);
    double[] n = axes.coordinates(normal);
    double curvature = axes.product(n, n, axes.floor);
    double[] along = new double[n.length];
    for (int i = 0; i < along.length; i++) {
      along[i] = n[i] / (axes.curvatures[i] + axes.floor) / curvature;
    }
    return axes.moved(new float[n.length], along);
  }

  /**
   * M at one sample.
   *
   * @param directions its eigenvectors, a row each
   * @param curvatures its eigenvalues
   * @param floor added to them
   */
  private record Axes(double[][] directions, double[] curvatures, double floor) {
    static Axes of(double[][] lower) {
      int d = lower.length;
      double trace = 0;
      for (int i = 0; i < d; i++) {
        trace += lower[i][i];
        for (int k = 0; k < i; k++) {
          lower[k][i] = lower[i][k];
        }
      }
      EigenDecomposition eigen = new EigenDecomposition(MatrixUtils.createRealMatrix(lower));
      // A generator that does not move at all here leaves the latent norm as the only measure.
      double floor = trace > 0 ? FLOOR * trace / d : 1;
      double[] curvatures = eigen.getRealEigenvalues();
      Arrays.setAll(curvatures, i -> Math.max(curvatures[i], 0));
      return new Axes(eigen.getVT().getData(), curvatures, floor);
    }

    double[] coordinates(float[] vector) {
      double[] coordinates = new double[vector.length];
      for (int i = 0; i < coordinates.length; i++) {
        for (int j = 0; j < vector.length; j++) {
          coordinates[i] += directions[i][j] * vector[j];
        }
      }
      return coordinates;
    }

    /** aᵀ(M + damping)⁻¹b. */
    double product(double[] a, double[] b, double damping) {
      double sum = 0;
      for (int i = 0; i < a.length; i++) {
        sum += a[i] * b[i] / (curvatures[i] + damping);
      }
      return sum;
    }

    float[] moved(float[] perturbation, double[] along) {
      double[] moved = new double[perturbation.length];
      for (int i = 0; i < along.length; i++) {
        for (int j = 0; j < moved.length; j++) {
          moved[j] += along[i] * directions[i][j];
        }
      }
      float[] result = perturbation.clone();
      for (int j = 0; j < result.length; j++) {
        result[j] += (float) moved[j];
      }
      return result;
    }
  }

  /** JᵀJ, row-major [d, d]; the lower triangle is filled. */
  private static double[][] metric(DifferentiableMap generator, float[] z, float[] image) {
    int d = z.length;
    float[] shifted = new float[d * d];
    for (int i = 0; i < d; i++) {
      System.arraycopy(z, 0, shifted, i * d, d);
      shifted[i * d + i] += (float) DIFFERENCE;
    }
    float[] jacobian = generator.apply(new Rows(shifted, d)).values();
    int m = image.length;
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < m; j++) {
        jacobian[i * m + j] = (float) ((jacobian[i * m + j] - image[j]) / DIFFERENCE);
      }
    }
    double[][] metric = new double[d][d];
    for (int i = 0; i < d; i++) {
      for (int k = 0; k <= i; k++) {
        metric[i][k] = dot(jacobian, i * m, k * m, m);
      }
    }
    return metric;
  }

  private static double dot(float[] values, int a, int b, int length) {
    // Eight partial sums let the compiler use vectors, and keep the rounding error small.
    float[] sums = new float[8];
    int whole = length - length % 8;
    double total = 0;
    for (int i = 0; i < whole; i += 8) {
      for (int lane = 0; lane < 8; lane++) {
        sums[lane] += values[a + i + lane] * values[b + i + lane];
      }
    }
    for (float sum : sums) {
      total += sum;
    }
    for (int i = whole; i < length; i++) {
      total += values[a + i] * values[b + i];
    }
    return total;
  }
}
