package org.robustnessgap.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionTest {
  private static final int[] ONE = {1, 1};

  /** By its definition, on every image of this size: an [outputs × inputs] matrix. */
  private static double[][] matrix(Convolution c, int size, int pad) {
    int outHeight = windows(size, pad, c.height(), c.strides()[0], c.dilations()[0]);
    int outWidth = windows(size, pad, c.width(), c.strides()[1], c.dilations()[1]);
    double[][] matrix = new double[c.outputs() * outHeight * outWidth][c.inputs() * size * size];
    int perGroup = c.inputs() / c.groups();
    for (int m = 0; m < c.outputs(); m++) {
      int firstInput = m / (c.outputs() / c.groups()) * perGroup;
      for (int i = 0; i < outHeight * outWidth; i++) {
        for (int tap = 0; tap < perGroup * c.height() * c.width(); tap++) {
          int channel = tap / (c.height() * c.width());
          int y =
              i / outWidth * c.strides()[0] - pad + tap / c.width() % c.height() * c.dilations()[0];
          int x = i % outWidth * c.strides()[1] - pad + tap % c.width() * c.dilations()[1];
          if (y >= 0 && y < size && x >= 0 && x < size) {
            matrix[m * outHeight * outWidth + i][((firstInput + channel) * size + y) * size + x] +=
                c.weights()[m * perGroup * c.height() * c.width() + tap];
          }
        }
      }
    }
    return matrix;
  }

  private static int windows(int size, int pad, int kernel, int stride, int dilation) {
    return (size + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
  }

  private static Convolution gaussian(
      int outputs, int inputs, int kernel, int stride, int dilation, int groups) {
    Random random = new Random(51);
    double[] weights =
        random
            .doubles((long) outputs * inputs / groups * kernel * kernel)
            .map(u -> u - 0.4)
            .toArray();
    return new Convolution(
        weights,
        outputs,
        inputs,
        kernel,
        kernel,
        new int[] {stride, stride},
        new int[] {dilation, dilation},
        groups);
  }

  /** Never below the norm on any image, and close to it on a larger one. */
  @ParameterizedTest
  @CsvSource({
    "3, 2, 3, 1, 1, 1",
    "2, 3, 5, 1, 1, 1",
    "3, 2, 4, 1, 1, 1",
    "3, 2, 4, 2, 1, 1",
    "2, 2, 3, 2, 1, 1",
    "2, 2, 5, 3, 1, 1",
    "2, 2, 3, 1, 2, 1",
    "2, 2, 3, 2, 2, 1",
    "4, 6, 3, 1, 1, 2",
    "5, 3, 1, 1, 1, 1"
  })
  void boundsTheOperatorWhateverTheImage(
      int outputs, int inputs, int kernel, int stride, int dilation, int groups) {
    Convolution convolution = gaussian(outputs, inputs, kernel, stride, dilation, groups);
    double bound = convolution.norm();
    for (int size : new int[] {6, 11}) {
      for (int pad : new int[] {0, 2}) {
        if (windows(size, pad, kernel, stride, dilation) > 0) {
          assertThat(SpectralNorm.of(matrix(convolution, size, pad))).isLessThanOrEqualTo(bound);
        }
      }
    }
    assertThat(SpectralNorm.of(matrix(convolution, 12, kernel * dilation)))
        .isGreaterThan(bound / 1.15);
  }

  /** The symbol of 5 × 5 ones is largest at frequency 0, where it is 25. */
  @Test
  void goldenNormOfAllOnes() {
    double[] ones = new double[25];
    Arrays.fill(ones, 1);
    Convolution convolution = new Convolution(ones, 1, 1, 5, 5, ONE, ONE, 1);
    assertThat(convolution.norm()).isBetween(25.0, 25.3);
  }

  /** Windows that do not overlap: the rows are orthogonal, of length ½. */
  @Test
  void goldenNormOfAveragesThatDoNotOverlap() {
    double[] quarters = {0.25, 0.25, 0.25, 0.25};
    Convolution convolution = new Convolution(quarters, 1, 1, 2, 2, new int[] {2, 2}, ONE, 1);
    assertThat(convolution.norm()).isCloseTo(0.5, within(1e-7));
  }

  @Test
  void aSingleWindowIsAMatrix() {
    Convolution convolution = gaussian(4, 3, 3, 1, 1, 1);
    assertThat(convolution.normOfOneWindow())
        .isCloseTo(SpectralNorm.of(matrix(convolution, 3, 0)), Percentage.withPercentage(0.1))
        .isGreaterThanOrEqualTo(SpectralNorm.of(matrix(convolution, 3, 0)))
        .isLessThan(convolution.norm());
  }

  @Test
  void channelsCanBeScaled() {
    Convolution convolution = gaussian(4, 6, 3, 1, 1, 2);
    double[] outputs = {1, -2, 3, 0.5};
    double[] inputs = {1, 2, 3, -4, 5, 6};
    double[][] scaled = matrix(convolution.withScaledOutputs(outputs), 4, 0);
    double[][] plain = matrix(convolution, 4, 0);
    assertThat(scaled[2 * 4 + 1][3 * 16]).isEqualTo(3 * plain[2 * 4 + 1][3 * 16]);
    double[][] fed = matrix(convolution.withScaledInputs(inputs), 4, 0);
    assertThat(fed[2 * 4][3 * 16]).isEqualTo(-4 * plain[2 * 4][3 * 16]).isNotZero();
    assertThat(fed[0][16]).isEqualTo(2 * plain[0][16]).isNotZero();
  }

  /** A matrix with more rows than columns, one with fewer, and one too large to square. */
  @Test
  void matricesAreBoundedFromAbove() {
    Random random = new Random(52);
    for (int[] shape : new int[][] {{30, 20}, {20, 30}, {1, 40}, {25, 25}}) {
      double[][] matrix = new double[shape[0]][];
      Arrays.setAll(matrix, i -> random.doubles(shape[1]).map(u -> u - 0.5).toArray());
      double exact = SpectralNorm.of(matrix);
      double[] flat = Arrays.stream(matrix).flatMapToDouble(Arrays::stream).toArray();
      assertThat(OperatorNorm.ofMatrix(flat, shape[0], shape[1]))
          .isGreaterThanOrEqualTo(exact)
          .isCloseTo(exact, Percentage.withPercentage(0.2));
    }
    double[] zero = new double[12];
    assertThat(OperatorNorm.ofMatrix(zero, 3, 4)).isZero();
    int huge = 3_000;
    double[] diagonal = new double[huge * huge];
    for (int i = 0; i < huge; i++) {
      diagonal[i * huge + i] = i % 7;
    }
    assertThat(OperatorNorm.ofMatrix(diagonal, huge, huge)).isCloseTo(6, within(1e-6));
  }
}
