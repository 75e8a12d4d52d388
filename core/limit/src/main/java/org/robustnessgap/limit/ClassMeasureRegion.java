package org.robustnessgap.limit;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.messages.StableApi;

/**
 * Which class measures are compatible with the labels seen: each measure within its Clopper–Pearson
 * interval at error rate ε/K, so all together with confidence 1 − ε (Bonferroni).
 *
 * <p>For fixed t the limit Σ_i h(m_i), h(m) = m − Q(Q⁻¹(m) + t), is a sum of one function that is
 * concave (h' = 1 − exp(−a t − t²/2) descends as a = Q⁻¹(m) does), hence Schur-concave: evener
 * measures give a larger L(t), so a smaller quantile limit. The region has an evenest and a least
 * even element in the sense of majorisation, the same for all t; the limits of these two bound the
 * limit of every element exactly, at all quantiles together. Deterministic, and at most O(K log K)
 * time.
 */
@StableApi
public final class ClassMeasureRegion {
  /** Bounds of the measures, by ascending count: both ascend. */
  private final double[] lower;

  private final double[] upper;

  /**
   * @param counts labels seen of each class, not negative, not all 0
   * @param errorRate ε, in (0, 1)
   */
  public ClassMeasureRegion(List<Long> counts, double errorRate) {
    this(counts, counts.stream().mapToLong(Long::longValue).sum(), errorRate);
  }

  /**
   * Of measures that overlap: {@link #evenest(double)} and {@link #leastEven(double)} say what they
   * sum to.
   *
   * @param counts how many trials each was seen in
   * @param trials at least 1
   * @param errorRate ε, in (0, 1)
   */
  public ClassMeasureRegion(List<Long> counts, long trials, double errorRate) {
    long[] ascending = counts.stream().mapToLong(Long::longValue).sorted().toArray();
    int classes = ascending.length;
    ClopperPearson least = new ClopperPearson(ClopperPearson.End.LOWER, errorRate / classes);
    ClopperPearson most = new ClopperPearson(ClopperPearson.End.UPPER, errorRate / classes);
    lower = new double[classes];
    upper = new double[classes];
    for (int i = 0; i < classes; i++) {
      boolean repeated = i > 0 && ascending[i] == ascending[i - 1];
      lower[i] = repeated ? lower[i - 1] : least.of(ascending[i], trials);
      upper[i] = repeated ? upper[i - 1] : most.of(ascending[i], trials);
    }
  }

  /** Measures that every other element majorises: their limit is the lowest. */
  public ClassMeasures evenest() {
    return ClassMeasures.of(evenest(1));
  }

  /** The same of this sum, or of the nearest that the region holds; by ascending count. */
  public double[] evenest(double sum) {
    if (sum >= Arrays.stream(upper).sum()) {
      return upper.clone();
    }
    double level = Roots.ascending(x -> sum(x) - sum);
    double[] measures = new double[lower.length];
    for (int i = 0; i < measures.length; i++) {
      measures[i] = clamped(i, level);
    }
    return measures;
  }

  /** Measures that majorise every other element: their limit is the highest. */
  public ClassMeasures leastEven() {
    return ClassMeasures.of(leastEven(1));
  }

  /** The same of this sum, or of the nearest that the region holds; by ascending count. */
  public double[] leastEven(double sum) {
    double[] measures = lower.clone();
    double rest = Math.max(0, sum - Arrays.stream(lower).sum());
    for (int i = measures.length - 1; i >= 0; i--) {
      double added = Math.min(rest, upper[i] - lower[i]);
      measures[i] += added;
      rest -= added;
    }
    return measures;
  }

  private double sum(double level) {
    double sum = 0;
    for (int i = 0; i < lower.length; i++) {
      sum += clamped(i, level);
    }
    return sum;
  }

  private double clamped(int i, double level) {
    return Math.min(Math.max(level, lower[i]), upper[i]);
  }
}
