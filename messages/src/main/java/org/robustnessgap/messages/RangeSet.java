package org.robustnessgap.messages;

import java.util.List;
import java.util.Map;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * A set of whole numbers from 0 that come almost in order, as few ranges as possible: its size in
 * memory is the number of gaps, not of members, and its operations take time logarithmic in that.
 * Immutable. In JSON: {@code [[first, last], …]}, ascending.
 */
public final class RangeSet {
  public static final RangeSet EMPTY = new RangeSet(TreePMap.empty());

  /** The numbers from first to last, both included. */
  @ArrayForm
  public record Range(long first, long last) {
    public Range {
      Checks.atLeast(first, 0, "first number of a range");
      Checks.atLeast(last, first, "last number of a range");
    }
  }

  private final PSortedMap<Long, Long> lastByFirst;

  private RangeSet(PSortedMap<Long, Long> lastByFirst) {
    this.lastByFirst = lastByFirst;
  }

  /**
   * The numbers in these ranges.
   *
   * @throws InvalidInputException if the ranges do not ascend with a gap between any two
   */
  @JsonForm
  public static RangeSet of(List<Range> ranges) {
    PSortedMap<Long, Long> lastByFirst = TreePMap.empty();
    Range previous = null;
    for (Range range : Checks.list(ranges, "ranges")) {
      Checks.check(
          previous == null || range.first() - 1 > previous.last(),
          "%s comes after %s, but ranges must ascend with gaps between them",
          range,
          previous);
      lastByFirst = lastByFirst.plus(range.first(), range.last());
      previous = range;
    }
    return new RangeSet(lastByFirst);
  }

  /** As few ranges as hold exactly these numbers, ascending. */
  @JsonForm
  public List<Range> ranges() {
    return lastByFirst.entrySet().stream()
        .map(range -> new Range(range.getKey(), range.getValue()))
        .toList();
  }

  public boolean contains(long number) {
    Map.Entry<Long, Long> range = lastByFirst.floorEntry(number);
    return range != null && number <= range.getValue();
  }

  /**
   * This set with one more number; the same object if it was there.
   *
   * @throws InvalidInputException if the number is negative
   */
  public RangeSet plus(long number) {
    Checks.atLeast(number, 0, "number of a set");
    Map.Entry<Long, Long> before = lastByFirst.floorEntry(number);
    if (before != null && number <= before.getValue()) {
      return this;
    }
    boolean follows = before != null && before.getValue() == number - 1;
    // Past the largest number comes the smallest, which no set holds.
    Long lastOfNext = lastByFirst.get(number + 1);
    return new RangeSet(
        lastByFirst
            .minus(number + 1)
            .plus(follows ? before.getKey() : number, lastOfNext == null ? number : lastOfNext));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RangeSet that && lastByFirst.equals(that.lastByFirst);
  }

  @Override
  public int hashCode() {
    return lastByFirst.hashCode();
  }

  @Override
  public String toString() {
    return ranges().toString();
  }
}
