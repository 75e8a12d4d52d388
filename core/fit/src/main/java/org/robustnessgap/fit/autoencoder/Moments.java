package org.robustnessgap.fit.autoencoder;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.fit.training.Draws;
import org.robustnessgap.fit.training.StoredImages;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.spectrum.Eigenpairs;

/**
 * x ↦ μ + c (x − m + W (T − I) Wᵀ (x − m)): generated images, of mean m, get the mean μ of the
 * fitted ones, their covariance along given directions W, and their total variance. A decoder makes
 * of a latent vector about the mean of the images that have it, so its images vary less than those;
 * a limit computed with them would be too low by as much.
 *
 * <p>T is the optimal transport between normal distributions of covariances A, of generated images
 * along W, and B, of fitted ones: A^(−½) (A^½ B A^½)^½ A^(−½) (Dowson, Landau 1982).
 *
 * @param spread the root of the quotient of total variances
 * @param factor c, the same after T
 * @param offset of each value
 * @param directions W, [m, k]; k may be 0
 * @param change c (T − I) Wᵀ, [k, m]
 */
record Moments(double spread, double factor, float[] offset, float[] directions, float[] change) {
  /** How many images are drawn to know their moments, and at most taken of the fitted ones. */
  private static final int DRAWN = 8192;

  private static final int BATCH = 256;

  /**
   * @param decoder from [n, d] to [n, m]
   * @param images that it was fitted to
   * @param directions k vectors of m values, orthonormal; k may be 0
   * @param seed of the latent vectors
   */
  static Moments of(
      OnnxModel decoder, StoredImages images, double[][] directions, long seed, Engine engine) {
    int size = images.size();
    int k = directions.length;
    Sums made = generated(decoder, new Sums(size, directions), seed, engine);
    Sums given = new Sums(size, directions);
    StoredImages some = images.some(DRAWN, seed);
    for (int n = 0; n < some.count(); n++) {
      given.add(some.image(n), 0);
    }
    Change change = Change.of(made.covariance(), given.covariance());
    double total = images.totalVariance();
    double factor = Math.sqrt(total / (made.variance() + change.gained()));
    float[] offset = images.mean();
    double[] mean = made.mean();
    float[] columns = new float[size * k];
    float[] changed = new float[k * size];
    for (int v = 0; v < size; v++) {
      offset[v] -= (float) (factor * mean[v]);
      for (int j = 0; j < k; j++) {
        double sum = 0;
        for (int i = 0; i < k; i++) {
          sum += change.matrix()[j][i] * directions[i][v];
        }
        columns[v * k + j] = (float) directions[j][v];
        changed[j * size + v] = (float) (factor * sum);
        offset[v] -= (float) (factor * sum * made.meanAlong(j));
      }
    }
    return new Moments(Math.sqrt(total / made.variance()), factor, offset, columns, changed);
  }

  private static Sums generated(OnnxModel decoder, Sums sums, long seed, Engine engine) {
    int latent = Math.toIntExact(decoder.input().statedShape().get(1));
    try (Executable executable = engine.load(decoder)) {
      for (int batch = 0; batch < DRAWN / BATCH; batch++) {
        SplittableRandom random = Draws.LATENTS.of(seed, batch);
        float[] latents = new float[BATCH * latent];
        for (int i = 0; i < latents.length; i++) {
          latents[i] = (float) random.nextGaussian();
        }
        Tensor input = new Tensor(latents, new long[] {BATCH, latent});
        float[] made = executable.run(input).get(0).values();
        for (int n = 0; n < BATCH; n++) {
          sums.add(made, n * sums.size());
        }
      }
    }
    return sums;
  }

  /**
   * Adds the nodes of the map.
   *
   * @param values [n, m]
   * @return likewise
   */
  String apply(GraphBuilder graph, String values) {
    String scaled = Autoencoder.affine(graph, values, (float) factor, offset);
    if (directions.length == 0) {
      return scaled;
    }
    int size = offset.length;
    int k = directions.length / size;
    String along = graph.emit("MatMul", List.of(values, graph.floats(directions, size, k)));
    String changed = graph.emit("MatMul", List.of(along, graph.floats(change, k, size)));
    return graph.emit("Add", List.of(scaled, changed));
  }

  /**
   * What T is beside the identity.
   *
   * @param matrix T − I, [k, k]
   * @param gained the trace of T A T − A
   */
  private record Change(double[][] matrix, double gained) {
    /** T's eigenvalues: what a decoder hardly has is not to be made of its noise. */
    private static final double MOST = 2;

    private static final double ROUNDING = 1e-9;

    static Change of(double[][] from, double[][] to) {
      if (from.length == 0) {
        return new Change(from, 0);
      }
      RealMatrix a = new Array2DRowRealMatrix(from, false);
      RealMatrix b = new Array2DRowRealMatrix(to, false);
      RealMatrix root = byEigenvalues(a, Math::sqrt);
      RealMatrix inverse = byEigenvalues(a, value -> 1 / Math.sqrt(value));
      RealMatrix middle = byEigenvalues(root.multiply(b).multiply(root), Math::sqrt);
      RealMatrix transport =
          byEigenvalues(
              inverse.multiply(middle).multiply(inverse),
              value -> Math.max(1 / MOST, Math.min(MOST, value)));
      double gained = transport.multiply(a).multiply(transport).getTrace() - a.getTrace();
      RealMatrix identity = MatrixUtils.createRealIdentityMatrix(from.length);
      return new Change(transport.subtract(identity).getData(), gained);
    }

    /** A function of a symmetric positive matrix. */
    private static RealMatrix byEigenvalues(RealMatrix matrix, DoubleUnaryOperator function) {
      Eigenpairs found = Eigenpairs.of(matrix.add(matrix.transpose()).scalarMultiply(0.5));
      double[] values = found.values();
      double least = ROUNDING * Arrays.stream(values).max().orElseThrow();
      double[] changed =
          Arrays.stream(values).map(value -> Math.max(least, value)).map(function).toArray();
      RealMatrix vectors = found.vectors();
      return vectors
          .multiply(MatrixUtils.createRealDiagonalMatrix(changed))
          .multiply(vectors.transpose());
    }
  }

  /** First and second moments of images. */
  private static final class Sums {
    private final double[][] directions;
    private final double[] sum;
    private final double[] alongSum;
    private final double[][] products;
    private double squares;
    private long count;

    Sums(int size, double[][] directions) {
      this.directions = directions;
      this.sum = new double[size];
      this.alongSum = new double[directions.length];
      this.products = new double[directions.length][directions.length];
    }

    int size() {
      return sum.length;
    }

    void add(float[] values, int at) {
      for (int v = 0; v < sum.length; v++) {
        double value = values[at + v];
        sum[v] += value;
        squares += value * value;
      }
      double[] along = new double[directions.length];
      for (int i = 0; i < along.length; i++) {
        double[] direction = directions[i];
        double product = 0;
        for (int v = 0; v < direction.length; v++) {
          product += direction[v] * values[at + v];
        }
        along[i] = product;
        alongSum[i] += product;
        for (int j = 0; j <= i; j++) {
          products[i][j] += product * along[j];
        }
      }
      count++;
    }

    double[] mean() {
      return Arrays.stream(sum).map(value -> value / count).toArray();
    }

    /** The variances of all values, summed. */
    double variance() {
      return squares / count - Arrays.stream(mean()).map(value -> value * value).sum();
    }

    double meanAlong(int direction) {
      return alongSum[direction] / count;
    }

    double[][] covariance() {
      int k = directions.length;
      double[][] covariance = new double[k][k];
      for (int i = 0; i < k; i++) {
        for (int j = 0; j <= i; j++) {
          double value = products[i][j] / count - meanAlong(i) * meanAlong(j);
          covariance[i][j] = value;
          covariance[j][i] = value;
        }
      }
      return covariance;
    }
  }
}
