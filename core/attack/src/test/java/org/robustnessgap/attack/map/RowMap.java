package org.robustnessgap.attack.map;

import java.util.Arrays;
import java.util.SplittableRandom;

/** A map in double precision, one row at a time, that counts the rows it is asked for. */
public abstract class RowMap implements DifferentiableMap {
  private final int inputSize;
  private final int outputSize;
  private int forwards;
  private int gradients;

  protected RowMap(int inputSize, int outputSize) {
    this.inputSize = inputSize;
    this.outputSize = outputSize;
  }

  public abstract double[] value(double[] x);

  /** vᵀ J(x). */
  public abstract double[] gradient(double[] x, double[] v);

  /** Rows of all calls of {@link #apply}. */
  public int forwards() {
    return forwards;
  }

  /** Rows of all calls of {@link #vjp}. */
  public int gradients() {
    return gradients;
  }

  @Override
  public int inputSize() {
    return inputSize;
  }

  @Override
  public int outputSize() {
    return outputSize;
  }

  @Override
  public Rows apply(Rows points) {
    forwards += points.count();
    return values(points);
  }

  @Override
  public Product vjp(Rows points, Rows cotangents) {
    gradients += points.count();
    float[] products = new float[points.count() * inputSize];
    for (int row = 0; row < points.count(); row++) {
      double[] product = gradient(wide(points.row(row)), wide(cotangents.row(row)));
      System.arraycopy(narrow(product), 0, products, row * inputSize, inputSize);
    }
    return new Product(values(points), new Rows(products, inputSize));
  }

  private Rows values(Rows points) {
    float[] values = new float[points.count() * outputSize];
    for (int row = 0; row < points.count(); row++) {
      System.arraycopy(
          narrow(value(wide(points.row(row)))), 0, values, row * outputSize, outputSize);
    }
    return new Rows(values, outputSize);
  }

  public static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }

  public static float[] narrow(double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }

  public static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  public static double[][] gaussian(SplittableRandom random, int rows, int columns) {
    double[][] matrix = new double[rows][columns];
    for (double[] row : matrix) {
      Arrays.setAll(row, i -> random.nextGaussian());
    }
    return matrix;
  }

  /** x ↦ Wx + b. */
  public static final class Affine extends RowMap {
    final double[][] weights;
    final double[] bias;

    public Affine(double[][] weights, double[] bias) {
      super(weights[0].length, weights.length);
      this.weights = weights;
      this.bias = bias;
    }

    public static Affine random(int seed, int inputs, int classes) {
      SplittableRandom random = new SplittableRandom(seed);
      return new Affine(gaussian(random, classes, inputs), gaussian(random, 1, classes)[0]);
    }

    @Override
    public double[] value(double[] x) {
      double[] y = new double[weights.length];
      Arrays.setAll(y, k -> dot(weights[k], x) + bias[k]);
      return y;
    }

    @Override
    public double[] gradient(double[] x, double[] v) {
      double[] product = new double[x.length];
      for (int k = 0; k < v.length; k++) {
        for (int i = 0; i < x.length; i++) {
          product[i] += v[k] * weights[k][i];
        }
      }
      return product;
    }

    /** min over k of |f_k − f_y| / ‖w_k − w_y‖. */
    public double distance(float[] point) {
      double[] y = value(wide(point));
      int label = argMax(y);
      double nearest = Double.POSITIVE_INFINITY;
      for (int k = 0; k < y.length; k++) {
        if (k != label) {
          nearest = Math.min(nearest, (y[label] - y[k]) / separation(k, label));
        }
      }
      return nearest;
    }

    private double separation(int k, int label) {
      double sum = 0;
      for (int i = 0; i < weights[k].length; i++) {
        sum += Math.pow(weights[k][i] - weights[label][i], 2);
      }
      return Math.sqrt(sum);
    }
  }

  /** x ↦ W₂ tanh(W₁ x) + b. */
  public static final class Network extends RowMap {
    private final double[][] first;
    private final Affine second;

    public Network(double[][] first, Affine second) {
      super(first[0].length, second.bias.length);
      this.first = first;
      this.second = second;
    }

    public static Network random(int seed, int inputs, int classes) {
      SplittableRandom random = new SplittableRandom(seed);
      double[][] first = gaussian(random, 16, inputs);
      for (double[] row : first) {
        Arrays.setAll(row, i -> row[i] / Math.sqrt(inputs));
      }
      return new Network(
          first, new Affine(gaussian(random, classes, 16), gaussian(random, 1, classes)[0]));
    }

    private double[] hidden(double[] x) {
      double[] h = new double[first.length];
      Arrays.setAll(h, j -> Math.tanh(dot(first[j], x)));
      return h;
    }

    @Override
    public double[] value(double[] x) {
      return second.value(hidden(x));
    }

    @Override
    public double[] gradient(double[] x, double[] v) {
      double[] h = hidden(x);
      double[] back = second.gradient(h, v);
      double[] product = new double[x.length];
      for (int j = 0; j < h.length; j++) {
        for (int i = 0; i < x.length; i++) {
          product[i] += back[j] * (1 - h[j] * h[j]) * first[j][i];
        }
      }
      return product;
    }
  }

  /** Logits (0, ‖x‖² − radius²): class 0 inside a sphere around the origin. */
  public static final class Sphere extends RowMap {
    private final double radius;

    public Sphere(int inputSize, double radius) {
      super(inputSize, 2);
      this.radius = radius;
    }

    @Override
    public double[] value(double[] x) {
      return new double[] {0, dot(x, x) - radius * radius};
    }

    @Override
    public double[] gradient(double[] x, double[] v) {
      double[] product = new double[x.length];
      Arrays.setAll(product, i -> 2 * v[1] * x[i]);
      return product;
    }
  }

  /** Another map seen through changes of its input and its output. */
  public static final class Changed extends RowMap {
    private final RowMap map;
    private final double[][] rotation;
    private final double scale;
    private final double shift;

    /** x ↦ scale · map(rotation x) + shift. */
    public Changed(RowMap map, double[][] rotation, double scale, double shift) {
      super(map.inputSize(), map.outputSize());
      this.map = map;
      this.rotation = rotation;
      this.scale = scale;
      this.shift = shift;
    }

    private double[] rotated(double[] x) {
      double[] y = new double[x.length];
      Arrays.setAll(y, i -> dot(rotation[i], x));
      return y;
    }

    @Override
    public double[] value(double[] x) {
      double[] y = map.value(rotated(x));
      Arrays.setAll(y, k -> scale * y[k] + shift);
      return y;
    }

    @Override
    public double[] gradient(double[] x, double[] v) {
      double[] inner = map.gradient(rotated(x), v);
      double[] product = new double[x.length];
      for (int j = 0; j < x.length; j++) {
        for (int i = 0; i < x.length; i++) {
          product[i] += scale * inner[j] * rotation[j][i];
        }
      }
      return product;
    }
  }

  /** Another map that answers NaN far from the origin. */
  public static final class Bounded extends RowMap {
    private final RowMap map;
    private final double radius;

    public Bounded(RowMap map, double radius) {
      super(map.inputSize(), map.outputSize());
      this.map = map;
      this.radius = radius;
    }

    @Override
    public double[] value(double[] x) {
      double[] y = map.value(x);
      if (dot(x, x) > radius * radius) {
        Arrays.fill(y, Double.NaN);
      }
      return y;
    }

    @Override
    public double[] gradient(double[] x, double[] v) {
      return map.gradient(x, v);
    }
  }

  public static int argMax(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
