package org.robustnessgap.limit;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * The probabilities m_i = P(f(g(z)) = i) of a classifier's own labels. Limits do not depend on the
 * order of classes, so equal measures are kept once, with their number: 10⁵ equal classes cost as
 * much as one. Immutable.
 */
@StableApi
public final class ClassMeasures {
  private static final double SUM_TOLERANCE = 1e-9;

  private final int classes;

  /** Distinct, positive, ascending; Σ measures × multiplicities = 1. */
  private final double[] measures;

  private final int[] multiplicities;

  private ClassMeasures(int classes, double[] measures, int[] multiplicities) {
    this.classes = classes;
    this.measures = measures;
    this.multiplicities = multiplicities;
  }

  /**
   * @param probabilities one for each class, not negative, with sum 1 to 1e-9; what is missing to 1
   *     is spread in proportion
   * @throws InvalidInputException if they are no such probabilities
   */
  public static ClassMeasures of(double... probabilities) {
    for (double probability : probabilities) {
      if (!(probability >= 0 && probability <= 1 + SUM_TOLERANCE)) {
        throw new InvalidInputException(
            "The class measure "
                + probability
                + " is no probability; give numbers between 0 and 1.");
      }
    }
    double[] ascending = probabilities.clone();
    Arrays.sort(ascending);
    double sum = Arrays.stream(ascending).sum();
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new InvalidInputException(
          "The class measures sum to " + sum + "; they must sum to 1 (within 1e-9).");
    }
    return grouped(ascending, sum);
  }

  /**
   * K classes of measure 1/K.
   *
   * @throws InvalidInputException if K is less than 1
   */
  public static ClassMeasures equiprobable(int classes) {
    if (classes < 1) {
      throw new InvalidInputException(
          "There cannot be " + classes + " equiprobable classes; give at least 1.");
    }
    return new ClassMeasures(classes, new double[] {1.0 / classes}, new int[] {classes});
  }

  /**
   * Relative frequencies.
   *
   * @param counts labels seen of each class, not negative, not all 0
   * @throws InvalidInputException if they are no such counts
   */
  public static ClassMeasures ofCounts(List<Long> counts) {
    double[] ascending = new double[counts.size()];
    double sum = 0;
    for (int i = 0; i < ascending.length; i++) {
      long count = counts.get(i);
      if (count < 0) {
        throw new InvalidInputException("Class " + i + " cannot have " + count + " labels.");
      }
      ascending[i] = count;
      sum += count;
    }
    if (sum == 0) {
      throw new InvalidInputException("No class measure follows from no label; label some data.");
    }
    Arrays.sort(ascending);
    return grouped(ascending, sum);
  }

  private static ClassMeasures grouped(double[] ascending, double sum) {
    double[] measures = new double[ascending.length];
    int[] multiplicities = new int[ascending.length];
    int groups = 0;
    for (double value : ascending) {
      double measure = value / sum;
      if (measure == 0) {
        continue;
      }
      if (groups == 0 || measures[groups - 1] != measure) {
        measures[groups++] = measure;
      }
      multiplicities[groups - 1]++;
    }
    return new ClassMeasures(
        ascending.length, Arrays.copyOf(measures, groups), Arrays.copyOf(multiplicities, groups));
  }

  /** K, including classes of measure 0. */
  public int classes() {
    return classes;
  }

  /** The largest measure. */
  public double largest() {
    return measures[measures.length - 1];
  }

  /** Whether every class has the same measure. */
  public boolean areEqual() {
    return multiplicities[0] == classes;
  }

  /** 1 − {@link #largest}, which does not cancel. */
  double complementOfLargest() {
    return complement(measures.length - 1);
  }

  int groups() {
    return measures.length;
  }

  double measure(int group) {
    return measures[group];
  }

  int multiplicity(int group) {
    return multiplicities[group];
  }

  /** P(another label) for a class of this group; does not cancel where the measure is near 1. */
  double complement(int group) {
    if (measures[group] <= 0.5) {
      return 1 - measures[group];
    }
    double others = 0;
    for (int i = 0; i < group; i++) {
      others += measures[i] * multiplicities[i];
    }
    return others;
  }
}
