package org.robustnessgap.campaign.quantile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JsonForm;

/**
 * How many distances fell in each of a fixed set of buckets. Bucket i holds [e^(i/1000),
 * e^((i+1)/1000)), so a bucket's middle is within 0.05 % of everything in it; zero and what is
 * smaller than every normal double share one further bucket.
 *
 * <p>Adding is integer addition on a scale that never changes. The result therefore depends neither
 * on the order of the distances nor on how they were grouped, and counts at bucket edges are exact.
 * Immutable; a sum shares most of its memory with its first operand.
 *
 * <p>In JSON: one array of integers, the zero bucket's count, then for each bucket in use its
 * distance from the previous one's index and its count.
 */
public final class LogHistogram {
  private static final double BUCKETS_PER_UNIT = 1000;
  private static final LogHistogram EMPTY = new LogHistogram(0, TreePMap.empty(), 0);

  private final long zeros;
  private final PSortedMap<Integer, Long> buckets;
  private final long count;

  private LogHistogram(long zeros, PSortedMap<Integer, Long> buckets, long count) {
    this.zeros = zeros;
    this.buckets = buckets;
    this.count = count;
  }

  public static LogHistogram empty() {
    return EMPTY;
  }

  /** The histogram of these distances. */
  public static LogHistogram of(double... distances) {
    LogHistogram histogram = EMPTY;
    for (double distance : distances) {
      histogram = histogram.plus(distance);
    }
    return histogram;
  }

  @JsonForm
  static LogHistogram ofJson(long[] json) {
    if (json.length % 2 == 0) {
      throw new InvalidInputException("A histogram has an odd number of integers.");
    }
    PSortedMap<Integer, Long> buckets = TreePMap.empty();
    long index = 0;
    long count = json[0];
    for (int i = 1; i < json.length; i += 2) {
      if (json[i + 1] <= 0 || (i > 1 && json[i] <= 0)) {
        throw new InvalidInputException("A histogram's buckets ascend and are not empty.");
      }
      index += json[i];
      count += json[i + 1];
      buckets = buckets.plus(Math.toIntExact(index), json[i + 1]);
    }
    return new LogHistogram(json[0], buckets, count);
  }

  @JsonForm
  long[] json() {
    long[] json = new long[1 + 2 * buckets.size()];
    json[0] = zeros;
    int i = 1;
    int previous = 0;
    for (Map.Entry<Integer, Long> bucket : buckets.entrySet()) {
      json[i++] = bucket.getKey() - previous;
      json[i++] = bucket.getValue();
      previous = bucket.getKey();
    }
    return json;
  }

  /**
   * This histogram with one more distance.
   *
   * @param distance finite, not negative
   */
  public LogHistogram plus(double distance) {
    if (!(distance >= 0 && distance <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException("a distance must be finite and not negative: " + distance);
    }
    return distance < Double.MIN_NORMAL
        ? new LogHistogram(zeros + 1, buckets, count + 1)
        : new LogHistogram(zeros, added(buckets, indexOf(distance), 1), count + 1);
  }

  /** The histogram of the distances of both. */
  public LogHistogram plus(LogHistogram other) {
    PSortedMap<Integer, Long> sum = buckets;
    for (Map.Entry<Integer, Long> bucket : other.buckets.entrySet()) {
      sum = added(sum, bucket.getKey(), bucket.getValue());
    }
    return new LogHistogram(zeros + other.zeros, sum, count + other.count);
  }

  private static PSortedMap<Integer, Long> added(
      PSortedMap<Integer, Long> buckets, int index, long count) {
    return buckets.plus(index, buckets.getOrDefault(index, 0L) + count);
  }

  /** Number of distances. */
  public long count() {
    return count;
  }

  /**
   * The bucket that holds the distance of this rank.
   *
   * @param rank from 1, the smallest distance, to {@link #count()}
   */
  public Bucket bucketOfRank(long rank) {
    if (rank < 1 || rank > count) {
      throw new IllegalArgumentException("rank " + rank + " of " + count + " distances");
    }
    long below = zeros;
    if (rank <= below) {
      return Bucket.ZERO;
    }
    for (Map.Entry<Integer, Long> bucket : buckets.entrySet()) {
      below += bucket.getValue();
      if (rank <= below) {
        return Bucket.at(bucket.getKey());
      }
    }
    throw new AssertionError("the buckets hold fewer distances than their count");
  }

  /** The buckets in use, ascending, each with the number of distances in it and below it. */
  public List<Cumulative> cumulative() {
    List<Cumulative> all = new ArrayList<>(buckets.size() + 1);
    long upTo = zeros;
    if (zeros > 0) {
      all.add(new Cumulative(Bucket.ZERO, upTo));
    }
    for (Map.Entry<Integer, Long> bucket : buckets.entrySet()) {
      upTo += bucket.getValue();
      all.add(new Cumulative(Bucket.at(bucket.getKey()), upTo));
    }
    return all;
  }

  /** A bucket and how many distances lie in it or below it. */
  public record Cumulative(Bucket bucket, long count) {}

  /**
   * A half-open interval of distances.
   *
   * @param lower its smallest distance
   * @param upper no distance in it reaches this
   */
  public record Bucket(double lower, double upper) {
    private static final Bucket ZERO = new Bucket(0, Double.MIN_NORMAL);

    private static Bucket at(int index) {
      return new Bucket(edge(index), edge(index + 1));
    }

    /** The number with the least relative error to anything in the bucket: the harmonic mean. */
    public double middle() {
      return lower == 0 ? 0 : 2 * lower / (1 + lower / upper);
    }
  }

  // StrictMath: the same bucket on every machine.
  private static int indexOf(double distance) {
    int index = (int) Math.floor(StrictMath.log(distance) * BUCKETS_PER_UNIT);
    // The logarithm is rounded; the edges decide.
    while (distance < edge(index)) {
      index--;
    }
    while (distance >= edge(index + 1)) {
      index++;
    }
    return index;
  }

  private static double edge(int index) {
    return StrictMath.exp(index / BUCKETS_PER_UNIT);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LogHistogram that
        && zeros == that.zeros
        && buckets.equals(that.buckets);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(zeros) + buckets.hashCode();
  }

  @Override
  public String toString() {
    return "LogHistogram[" + count + " distances in " + buckets.size() + " buckets]";
  }
}
