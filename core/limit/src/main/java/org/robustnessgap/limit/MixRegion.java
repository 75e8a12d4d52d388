package org.robustnessgap.limit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.robustnessgap.limit.ClopperPearson.End;
import org.robustnessgap.limit.MixLimit.Share;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * Which class measures m_i and which shares q_i of the data are compatible with the labels counted
 * of either: all within their Clopper–Pearson intervals at error rate ε/2K, so together with
 * confidence 1 − ε (Bonferroni). Classes that were never generated are one class of their own, of
 * which nothing is known.
 *
 * <p>[m − Q(a + t)] / m descends in m at every t, since the numerator is concave in m and 0 at 0.
 * So the limit is least at the upper ends of the m_i with as much of the data as possible in the
 * largest, and greatest the other way round. That these m_i do not sum to 1 makes the interval
 * longer, not wrong. Deterministic.
 */
@StableApi
public final class MixRegion {
  private final List<Interval> classes = new ArrayList<>();

  /** Of what is never generated; upper 0 if everything is. */
  private final double unknownLower;

  private final double unknownUpper;

  /** Ends of the intervals of one class that is generated. */
  private record Interval(
      double leastMeasure, double mostMeasure, double leastShare, double mostShare) {}

  /**
   * @param generated labels of generated samples, by class, not all 0
   * @param mix labels of the data, of as many classes, not all 0
   * @param errorRate ε, in (0, 1)
   * @throws InvalidInputException if they are no such counts
   */
  public MixRegion(List<Long> generated, List<Long> mix, double errorRate) {
    requireCounts(generated, mix);
    long samples = sum(generated);
    long data = sum(mix);
    long unknown = 0;
    boolean anyUnknown = false;
    int known = 0;
    for (int i = 0; i < mix.size(); i++) {
      if (generated.get(i) == 0) {
        anyUnknown = true;
        unknown += mix.get(i);
      } else {
        known++;
      }
    }
    double each = errorRate / 2 / (anyUnknown ? known + 1 : known);
    ClopperPearson least = new ClopperPearson(End.LOWER, each);
    ClopperPearson most = new ClopperPearson(End.UPPER, each);
    for (int i = 0; i < mix.size(); i++) {
      if (generated.get(i) > 0) {
        classes.add(
            new Interval(
                least.of(generated.get(i), samples),
                most.of(generated.get(i), samples),
                least.of(mix.get(i), data),
                most.of(mix.get(i), data)));
      }
    }
    unknownLower = anyUnknown ? least.of(unknown, data) : 0;
    unknownUpper = anyUnknown ? most.of(unknown, data) : 0;
  }

  /**
   * The limit of the frequencies themselves.
   *
   * @throws InvalidInputException if they are no counts of the same classes, not all 0
   */
  public static MixLimit ofFrequencies(List<Long> generated, List<Long> mix) {
    requireCounts(generated, mix);
    return new MixLimit(frequencies(generated), frequencies(mix));
  }

  private static double[] frequencies(List<Long> counts) {
    double sum = sum(counts);
    return counts.stream().mapToDouble(count -> count / sum).toArray();
  }

  private static long sum(List<Long> counts) {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  private static void requireCounts(List<Long> generated, List<Long> mix) {
    if (generated.size() != mix.size()) {
      throw new InvalidInputException(
          String.format(
              "The generator's samples have labels of %d classes, the mix of %d; count both by the"
                  + " same classifier.",
              generated.size(), mix.size()));
    }
    for (List<Long> counts : List.of(generated, mix)) {
      if (counts.stream().anyMatch(count -> count < 0)) {
        throw new InvalidInputException("A class cannot have fewer than 0 labels; count again.");
      }
      if (sum(counts) == 0) {
        throw new InvalidInputException("No mix follows from no label; label some data.");
      }
    }
  }

  /** A limit that is nowhere above that of the true numbers: its quantiles are the largest. */
  public MixLimit lowest() {
    List<Interval> order = new ArrayList<>(classes);
    order.sort(Comparator.comparingDouble(Interval::mostMeasure).reversed());
    double[] shares = shares(order, unknownLower, unknownUpper);
    return new MixLimit(
        classes(order, shares, true),
        0,
        classes.stream()
            .map(one -> new Share(one.leastMeasure(), one.mostShare()))
            .toArray(Share[]::new),
        0);
  }

  /** A limit that is nowhere below it: its quantiles are the smallest. */
  public MixLimit highest() {
    List<Interval> order = new ArrayList<>(classes);
    order.sort(Comparator.comparingDouble(Interval::leastMeasure));
    double[] shares = shares(order, unknownLower, unknownUpper);
    double known = 0;
    for (double share : shares) {
      known += share;
    }
    return new MixLimit(
        classes(order, shares, false),
        Math.max(0, 1 - known),
        classes.stream()
            .map(one -> new Share(one.mostMeasure(), one.leastShare()))
            .toArray(Share[]::new),
        // The most favoured are at least as dense as all that are generated.
        1 - unknownUpper);
  }

  private static Share[] classes(List<Interval> order, double[] shares, boolean most) {
    Share[] classes = new Share[shares.length];
    for (int i = 0; i < shares.length; i++) {
      Interval one = order.get(i);
      classes[i] = new Share(most ? one.mostMeasure() : one.leastMeasure(), shares[i]);
    }
    return classes;
  }

  /**
   * As much as possible in what is never generated, then in the first, and so on; sum with it 1.
   */
  private static double[] shares(List<Interval> order, double unknownLower, double unknownUpper) {
    double[] shares = order.stream().mapToDouble(Interval::leastShare).toArray();
    double rest = 1 - unknownLower;
    for (double share : shares) {
      rest -= share;
    }
    rest -= Math.min(rest, unknownUpper - unknownLower);
    for (int i = 0; i < shares.length; i++) {
      double added = Math.min(rest, order.get(i).mostShare() - shares[i]);
      shares[i] += added;
      rest -= added;
    }
    return shares;
  }
}
