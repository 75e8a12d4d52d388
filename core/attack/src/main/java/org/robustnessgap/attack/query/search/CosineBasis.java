package org.robustnessgap.attack.query.search;

import java.util.Arrays;

/**
 * Products of cosines along the axes (the discrete cosine transform, type II): slopes of image
 * classifiers differ much in size by frequency and by mixture of channels, and little within a band
 * of frequencies.
 */
final class CosineBasis implements ProbeBasis {
  /** Bands along a long axis. */
  private static final int CUTS = 8;

  /** Frequencies of an axis as short as that of channels are bands of their own. */
  private static final int SHORT = 4;

  private final int[] axes;
  private final int size;

  /** Of each axis, by frequency and place. */
  private final double[][][] waves;

  CosineBasis(int... axes) {
    this.axes = axes.clone();
    this.size = Arrays.stream(axes).reduce(1, Math::multiplyExact);
    this.waves = new double[axes.length][][];
    for (int axis = 0; axis < axes.length; axis++) {
      int n = axes[axis];
      waves[axis] = new double[n][n];
      for (int u = 0; u < n; u++) {
        for (int k = 0; k < n; k++) {
          waves[axis][u][k] =
              Math.sqrt((u == 0 ? 1.0 : 2.0) / n) * Math.cos(Math.PI * (k + 0.5) * u / n);
        }
      }
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int bands() {
    int bands = 1;
    for (int n : axes) {
      bands *= cuts(n);
    }
    return bands;
  }

  private static int cuts(int n) {
    return n <= SHORT ? n : CUTS;
  }

  @Override
  public int band(int index) {
    int band = 0;
    int rest = index;
    int scale = 1;
    for (int axis = axes.length - 1; axis >= 0; axis--) {
      int n = axes[axis];
      band += scale * (rest % n * cuts(n) / n);
      rest /= n;
      scale *= cuts(n);
    }
    return band;
  }

  @Override
  public double frequency(int index) {
    double squared = 0;
    int rest = index;
    for (int axis = axes.length - 1; axis >= 0; axis--) {
      int n = axes[axis];
      double share = n <= SHORT ? 0 : (double) (rest % n) / n;
      squared += share * share;
      rest /= n;
    }
    return Math.min(1, Math.sqrt(squared));
  }

  @Override
  public void add(float[] target, int index, double factor) {
    double[] product = {factor};
    int below = size;
    int rest = index;
    for (int axis = 0; axis < axes.length; axis++) {
      int n = axes[axis];
      below /= n;
      double[] wave = waves[axis][rest / below];
      rest %= below;
      double[] next = new double[product.length * n];
      for (int i = 0; i < product.length; i++) {
        for (int k = 0; k < n; k++) {
          next[i * n + k] = product[i] * wave[k];
        }
      }
      product = next;
    }
    for (int i = 0; i < size; i++) {
      target[i] += (float) product[i];
    }
  }

  @Override
  public float[] combined(double[] coefficients) {
    double[] values = coefficients.clone();
    transform(values, true);
    float[] sum = new float[size];
    for (int i = 0; i < size; i++) {
      sum[i] = (float) values[i];
    }
    return sum;
  }

  @Override
  public double[] coefficients(float[] vector) {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = vector[i];
    }
    transform(values, false);
    return values;
  }

  /** One axis after the other, in place. */
  private void transform(double[] values, boolean inverse) {
    int stride = size;
    for (int axis = 0; axis < axes.length; axis++) {
      int n = axes[axis];
      stride /= n;
      double[] line = new double[n];
      for (int start = 0; start < size; start++) {
        if (start / stride % n == 0) {
          for (int k = 0; k < n; k++) {
            line[k] = values[start + k * stride];
          }
          for (int to = 0; to < n; to++) {
            double sum = 0;
            for (int from = 0; from < n; from++) {
              sum += line[from] * (inverse ? waves[axis][from][to] : waves[axis][to][from]);
            }
            values[start + to * stride] = sum;
          }
        }
      }
    }
  }
}
