package org.robustnessgap.aggregator.fold;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;

/**
 * A set of numbers as few ranges as possible, ascending; immutable.
 *
 * @param ranges disjoint, ascending, never adjacent
 */
record Ranges(@JsonValue List<Range> ranges) {
  static final Ranges NONE = new Ranges(List.of());

  /** The numbers from first to last, both included. */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record Range(long first, long last) {}

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  Ranges {
    ranges = List.copyOf(ranges);
  }

  boolean contains(long number) {
    return ranges.stream().anyMatch(range -> range.first() <= number && number <= range.last());
  }

  Ranges plus(long number) {
    if (contains(number)) {
      return this;
    }
    List<Range> union = new ArrayList<>(ranges.size() + 1);
    Range grown = new Range(number, number);
    for (Range range : ranges) {
      if (range.last() == grown.first() - 1) {
        grown = new Range(range.first(), grown.last());
      } else if (range.first() == grown.last() + 1) {
        grown = new Range(grown.first(), range.last());
      } else {
        union.add(range);
      }
    }
    union.add(grown);
    union.sort(java.util.Comparator.comparingLong(Range::first));
    return new Ranges(union);
  }
}
