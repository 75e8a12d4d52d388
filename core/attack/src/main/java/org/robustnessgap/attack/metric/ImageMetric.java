package org.robustnessgap.attack.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;

/**
 * The distance of images, seen from latent space: D(r) = ‖g(z+r) − g(z)‖. Lengths and their
 * gradients, J(z+r)ᵀ (g(z+r) − g(z)), are exact wherever they are asked for. Their curvature is
 * that at the sample, M = JᵀJ with J the Jacobian of g at z, from forward differences: one
 * evaluation of g a latent dimension; every step of a search corrects it ({@link Bfgs}).
 *
 * <p>Directions that hardly move the image would be taken for free although they are so at z only;
 * a share of M's mean eigenvalue is added to all of them.
 */
public final class ImageMetric implements Metric {
  private static final double DIFFERENCE = 1e-2;
  private static final double FLOOR = 0.03;

  /** Least share of the curvature that M expects along a step. */
  private static final double LEAST_CURVATURE = 0.2;

  /** With which power of the shortening the damping of Levenberg and Marquardt grows. */
  private static final double DAMPING = 3;

  private final DifferentiableMap generator;
  private final Rows z;
  private final Rows images;

  private final List<PrincipalAxes> axes;

  private ImageMetric(DifferentiableMap generator, Rows z, Rows images, List<PrincipalAxes> axes) {
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
  public static ImageMetric of(DifferentiableMap generator, Rows z, Rows images) {
    List<PrincipalAxes> axes = new ArrayList<>();
    for (int sample = 0; sample < z.count(); sample++) {
      axes.add(PrincipalAxes.of(metric(generator, z.row(sample), images.row(sample))));
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
   * r + s, where s minimises ½ sᵀ(B + μ)s + slope · s among the steps onto the plane: s = (B + μ)⁻¹
   * (λn − slope). B is M, corrected by what the steps so far taught; μ is the damping of Levenberg
   * and Marquardt. With a vanishing slope at r = 0 this is the nearest point of the plane in the
   * metric M.
   */
  @Override
  public Nearest nearest(Place place, List<Plane> planes, double step) {
    Plane last = planes.get(planes.size() - 1);
    PrincipalAxes axes = this.axes.get(place.sample());
    double damping = axes.floor * (Math.pow(step, -DAMPING) - 1);
    Bfgs inverse = Bfgs.inverse(axes.curvatures, place.secants(), damping);
    double[] n = axes.coordinates(last.normal());
    double[] h = axes.coordinates(place.slope());
    double[] shortest = inverse.times(n);
    double[] downhill = inverse.times(h);
    double missing = -last.excess(place.perturbation());
    double multiplier = (missing + Bfgs.dot(n, downhill)) / Bfgs.dot(n, shortest);
    if (!Double.isFinite(multiplier)) {
      return new Nearest(place.perturbation(), Double.POSITIVE_INFINITY);
    }
    double[] along = new double[n.length];
    double squared = place.length() * place.length();
    for (int i = 0; i < along.length; i++) {
      along[i] = multiplier * shortest[i] - downhill[i];
      squared += along[i] * (multiplier * n[i] + h[i] - damping * along[i]);
    }
    return new Nearest(axes.moved(place.perturbation(), along), Math.sqrt(Math.max(squared, 0)));
  }

  /**
   * Over a step the gradient of the Lagrangian ½ D² − λ margin changes by what both curve. A change
   * against the step, which no positive B explains, is mixed with what M expects (Powell 1978).
   */
  @Override
  public Place reached(Place before, Place place) {
    PrincipalAxes axes = this.axes.get(place.sample());
    double[] step = axes.coordinates(Vectors.sum(place.perturbation(), before.perturbation(), -1));
    double[] n = axes.coordinates(place.normal());
    double[] h = axes.coordinates(place.slope());
    double[] nBefore = axes.coordinates(before.normal());
    double[] hBefore = axes.coordinates(before.slope());
    double multiplier = axes.product(n, h) / axes.product(n, n);
    double[] change = new double[step.length];
    double curvature = 0;
    double expected = 0;
    for (int i = 0; i < change.length; i++) {
      change[i] = h[i] - hBefore[i] - multiplier * (n[i] - nBefore[i]);
      curvature += step[i] * change[i];
      expected += step[i] * axes.curvatures[i] * step[i];
    }
    if (!(expected > 0 && Double.isFinite(curvature))) {
      return place;
    }
    if (curvature < LEAST_CURVATURE * expected) {
      double share = (1 - LEAST_CURVATURE) * expected / (expected - curvature);
      for (int i = 0; i < change.length; i++) {
        change[i] = share * change[i] + (1 - share) * axes.curvatures[i] * step[i];
      }
    }
    List<Secant> secants = new ArrayList<>(before.secants());
    secants.add(new Secant(step, change));
    return new Place(
        place.sample(),
        place.perturbation(),
        place.length(),
        place.slope(),
        place.normal(),
        secants);
  }

  @Override
  public double kktResidual(Place place) {
    PrincipalAxes axes = this.axes.get(place.sample());
    double[] n = axes.coordinates(place.normal());
    double[] h = axes.coordinates(place.slope());
    double cosine = axes.product(n, h) / Math.sqrt(axes.product(n, n) * axes.product(h, h));
    return 1 - Math.max(-1, Math.min(1, cosine));
  }

  @Override
  public float[] steepest(int sample, float[] normal) {
    PrincipalAxes axes = this.axes.get(sample);
    double[] n = axes.coordinates(normal);
    double curvature = axes.product(n, n);
    double[] along = new double[n.length];
    for (int i = 0; i < along.length; i++) {
      along[i] = n[i] / axes.curvatures[i] / curvature;
    }
    return axes.moved(new float[n.length], along);
  }

  /**
   * M at one sample.
   *
   * @param directions its eigenvectors, a row each
   * @param curvatures its eigenvalues, raised by the floor
   */
  private record PrincipalAxes(double[][] directions, double[] curvatures, double floor) {
    static PrincipalAxes of(double[][] lower) {
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
      Arrays.setAll(curvatures, i -> Math.max(curvatures[i], 0) + floor);
      return new PrincipalAxes(eigen.getVT().getData(), curvatures, floor);
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

    /** aᵀM⁻¹b. */
    double product(double[] a, double[] b) {
      double sum = 0;
      for (int i = 0; i < a.length; i++) {
        sum += a[i] * b[i] / curvatures[i];
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
