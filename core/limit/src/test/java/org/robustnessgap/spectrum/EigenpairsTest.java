package org.robustnessgap.spectrum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.math3.exception.MaxCountExceededException;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;

class EigenpairsTest {
  private static final int SIZE = 80;
  private static final int RANK = 28;

  /** Of a rank far below its size: that of the products of few images. */
  private static RealMatrix matrix() {
    SplittableRandom random = new SplittableRandom(4);
    double[][] rows = new double[RANK][SIZE];
    for (double[] row : rows) {
      Arrays.setAll(row, i -> random.nextGaussian());
    }
    double[][] products = new double[SIZE][SIZE];
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j <= i; j++) {
        for (double[] row : rows) {
          products[i][j] += row[i] * row[j];
        }
        products[j][i] = products[i][j];
      }
    }
    return new Array2DRowRealMatrix(products, false);
  }

  @Test
  void whereQlStepsDoNotConvergeTheDecompositionIsFoundAllTheSame() {
    RealMatrix matrix = matrix();
    assertThatThrownBy(() -> new EigenDecomposition(matrix))
        .isInstanceOf(MaxCountExceededException.class);

    Eigenpairs found = Eigenpairs.of(matrix);

    RealMatrix vectors = found.vectors();
    RealMatrix again =
        vectors
            .multiply(MatrixUtils.createRealDiagonalMatrix(found.values()))
            .multiply(vectors.transpose());
    double largest = found.values()[0];
    assertThat(again.subtract(matrix).getNorm()).isLessThan(1e-10 * largest);
    RealMatrix identity = MatrixUtils.createRealIdentityMatrix(SIZE);
    assertThat(vectors.transpose().multiply(vectors).subtract(identity).getNorm())
        .isLessThan(1e-10);
    assertThat(Arrays.stream(found.values()).filter(value -> value > 1e-9 * largest).count())
        .isEqualTo(RANK);
    for (int i = 1; i < SIZE; i++) {
      assertThat(found.values()[i]).isLessThanOrEqualTo(found.values()[i - 1]);
    }
  }
}
