package org.robustnessgap.certificate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A convolution in two dimensions, as a linear operator on images of any size.
 *
 * @param weights [outputs, inputs / groups, height, width], row-major
 * @param strides along height and width
 * @param dilations along height and width
 */
record Convolution(
    double[] weights,
    int outputs,
    int inputs,
    int height,
    int width,
    int[] strides,
    int[] dilations,
    int groups) {

  /** Points of the frequency grid along an axis, for each degree of the symbol. */
  private static final int FINE = 32;

  private static final int COARSE = 16;

  /** Beyond so many channels a fine grid takes too long. */
  private static final int MANY_CHANNELS = 64;

  private static final int MOST_SQUARINGS = 6;

  /**
   * An upper bound on the operator norm, whatever the size of the image and its padding by zeros.
   *
   * <p>With zero padding the operator is a part of the convolution on the whole lattice, whose norm
   * is the largest norm of its symbol, the matrix A(θ) = Σ_q W_q e^(i q·θ) of frequency θ. A stride
   * s makes each of the s² phases of the input a channel of its own. A grid of N frequencies along
   * an axis along which the symbol has degree n finds at least cos(πn/N) of the maximum, by M.
   * Riesz's inequality for trigonometric polynomials applied to u*A(θ)v; so the grid's maximum is
   * divided by that.
   */
  double norm() {
    double largest = 0;
    for (int group = 0; group < groups; group++) {
      largest = Math.max(largest, normOf(symbol(group)));
    }
    return largest * OperatorNorm.ROUNDING;
  }

  /** The norm where every window but one sees nothing, that is on a single window's image. */
  double normOfOneWindow() {
    int perGroup = outputs / groups;
    int columns = weights.length / outputs;
    double largest = 0;
    for (int group = 0; group < groups; group++) {
      double[] rows =
          Arrays.copyOfRange(weights, group * perGroup * columns, (group + 1) * perGroup * columns);
      largest = Math.max(largest, OperatorNorm.ofMatrix(rows, perGroup, columns));
    }
    return largest;
  }

  /** Each output channel multiplied by a factor. */
  Convolution withScaledOutputs(double[] factors) {
    double[] scaled = weights.clone();
    int columns = weights.length / outputs;
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= factors[i / columns];
    }
    return new Convolution(scaled, outputs, inputs, height, width, strides, dilations, groups);
  }

  /** Each input channel multiplied by a factor. */
  Convolution withScaledInputs(double[] factors) {
    double[] scaled = weights.clone();
    int perGroup = inputs / groups;
    int taps = height * width;
    for (int i = 0; i < scaled.length; i++) {
      int output = i / (perGroup * taps);
      int group = output / (outputs / groups);
      scaled[i] *= factors[group * perGroup + i / taps % perGroup];
    }
    return new Convolution(scaled, outputs, inputs, height, width, strides, dilations, groups);
  }

  /**
   * The coefficients of one group's symbol.
   *
   * @param coefficients for each lag (down, across), the matrix [rows, columns]
   */
  private record Symbol(double[][] coefficients, int down, int across, int rows, int columns) {}

  private Symbol symbol(int group) {
    // Dilation without a stride only permutes frequencies.
    int spreadDown = strides[0] == 1 ? 1 : dilations[0];
    int spreadAcross = strides[1] == 1 ? 1 : dilations[1];
    int down = (spreadDown * (height - 1)) / strides[0] + 1;
    int across = (spreadAcross * (width - 1)) / strides[1] + 1;
    int phases = strides[0] * strides[1];
    int rows = outputs / groups;
    int channels = inputs / groups;
    int columns = channels * phases;
    double[][] coefficients = new double[down * across][rows * columns];
    for (int m = 0; m < rows; m++) {
      for (int c = 0; c < channels; c++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            int tapDown = spreadDown * y;
            int tapAcross = spreadAcross * x;
            int lag = tapDown / strides[0] * across + tapAcross / strides[1];
            int phase = tapDown % strides[0] * strides[1] + tapAcross % strides[1];
            coefficients[lag][m * columns + c * phases + phase] +=
                weights[(((group * rows + m) * channels + c) * height + y) * width + x];
          }
        }
      }
    }
    return new Symbol(coefficients, down, across, rows, columns);
  }

  private static double normOf(Symbol symbol) {
    int down = gridPoints(symbol, symbol.down());
    int across = gridPoints(symbol, symbol.across());
    // Best first: most frequencies are ruled out by a bound that takes no squaring.
    PriorityQueue<Frequency> open =
        new PriorityQueue<>(Comparator.comparingDouble((Frequency f) -> -f.bound));
    for (int j = 0; j < down; j++) {
      for (int k = 0; k < across; k++) {
        // A(−θ) is the conjugate of A(θ), of the same norm.
        int mirrored = (down - j) % down;
        if (j < mirrored || (j == mirrored && k <= (across - k) % across)) {
          open.add(new Frequency(symbol, 2 * Math.PI * j / down, 2 * Math.PI * k / across));
        }
      }
    }
    while (open.peek().squarings < MOST_SQUARINGS) {
      Frequency first = open.poll();
      first.refine();
      open.add(first);
    }
    return open.peek().bound / found(symbol.down(), down) / found(symbol.across(), across);
  }

  private static int degree(int lags) {
    return lags / 2;
  }

  private static int gridPoints(Symbol symbol, int lags) {
    boolean many = Math.min(symbol.rows(), symbol.columns()) > MANY_CHANNELS;
    return degree(lags) == 0 ? 1 : (many ? COARSE : FINE) * degree(lags);
  }

  /** The part of the maximum that the grid is sure to find. */
  private static double found(int lags, int points) {
    return Math.cos(Math.PI * degree(lags) / points);
  }

  /** The symbol at one frequency, bounded more and more closely. */
  private static final class Frequency {
    private final Symbol symbol;
    private final double down;
    private final double across;
    private @Nullable HermitianPower power;
    private int squarings;
    private double bound;

    Frequency(Symbol symbol, double down, double across) {
      this.symbol = symbol;
      this.down = down;
      this.across = across;
      this.bound = gram().bound();
    }

    private HermitianPower gram() {
      double[] real = new double[symbol.rows() * symbol.columns()];
      double[] imaginary = new double[real.length];
      for (int lag = 0; lag < symbol.coefficients().length; lag++) {
        double angle = down * (lag / symbol.across()) + across * (lag % symbol.across());
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        double[] matrix = symbol.coefficients()[lag];
        for (int i = 0; i < real.length; i++) {
          real[i] += cos * matrix[i];
          imaginary[i] += sin * matrix[i];
        }
      }
      return HermitianPower.gram(real, imaginary, symbol.rows(), symbol.columns());
    }

    void refine() {
      // Only the few frequencies that come here keep their matrix.
      if (power == null) {
        power = gram();
      }
      power.square();
      squarings++;
      bound = Math.min(bound, power.bound());
    }
  }
}
