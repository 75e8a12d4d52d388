package org.robustnessgap.attack.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BfgsTest {
  private static final int D = 12;
  private final SplittableRandom random = new SplittableRandom(3);

  /** The update as Broyden, Fletcher, Goldfarb and Shanno write it, one secant after the other. */
  private static RealMatrix updated(double[] diagonal, List<Metric.Secant> secants) {
    RealMatrix b = MatrixUtils.createRealDiagonalMatrix(diagonal);
    for (Metric.Secant secant : secants) {
      RealVector s = MatrixUtils.createRealVector(secant.step());
      RealVector y = MatrixUtils.createRealVector(secant.change());
      RealVector bs = b.operate(s);
      b =
          b.subtract(bs.outerProduct(bs).scalarMultiply(1 / s.dotProduct(bs)))
              .add(y.outerProduct(y).scalarMultiply(1 / s.dotProduct(y)));
    }
    return b;
  }

  private double[] gaussian() {
    double[] vector = new double[D];
    Arrays.setAll(vector, i -> random.nextGaussian());
    return vector;
  }

  private double[] positive() {
    double[] vector = new double[D];
    Arrays.setAll(vector, i -> 0.1 + random.nextDouble());
    return vector;
  }

  private List<Metric.Secant> secants(int count) {
    List<Metric.Secant> secants = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double[] step = gaussian();
      double[] change = gaussian();
      double[] scale = positive();
      // Mostly along the step, so that their product is positive.
      Arrays.setAll(change, j -> 3 * scale[j] * step[j] + 0.1 * change[j]);
      secants.add(new Metric.Secant(step, change));
    }
    return secants;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 20})
  void invertsTheUpdatedAndDampedMatrix(int count) {
    double[] diagonal = positive();
    List<Metric.Secant> secants = secants(count);
    for (double damping : new double[] {0, 0.3, 100}) {
      double[] b = gaussian();
      double[] expected =
          new LUDecomposition(
                  updated(diagonal, secants)
                      .add(MatrixUtils.createRealIdentityMatrix(D).scalarMultiply(damping)))
              .getSolver()
              .solve(MatrixUtils.createRealVector(b))
              .toArray();

      assertThat(Bfgs.inverse(diagonal, secants, damping).times(b))
          .containsExactly(expected, within(1e-8));
    }
  }

  @Test
  void leadsFromTheLatestChangeBackToItsStep() {
    List<Metric.Secant> secants = secants(6);
    Metric.Secant latest = secants.get(5);

    assertThat(Bfgs.inverse(positive(), secants, 0).times(latest.change()))
        .containsExactly(latest.step(), within(1e-8));
  }

  @Test
  void aRepeatedSecantChangesNothing() {
    double[] diagonal = positive();
    List<Metric.Secant> once = secants(1);
    double[] b = gaussian();

    assertThat(Bfgs.inverse(diagonal, List.of(once.get(0), once.get(0)), 0).times(b))
        .containsExactly(Bfgs.inverse(diagonal, once, 0).times(b), within(1e-8));
  }
}
