package org.robustnessgap.campaign.fold;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.robustnessgap.messages.JsonForm;

/**
 * Something that went wrong, for people to read.
 *
 * @param source job id, or place of a record
 * @param reason one sentence, at most 300 characters
 * @param at epoch milliseconds
 */
public record Failure(String source, String reason, long at) {
  private static final int LENGTH = 300;

  public Failure {
    reason = reason.length() <= LENGTH ? reason : reason.substring(0, LENGTH - 1) + "…";
  }

  /**
   * The last few failures, newest first; which they are does not depend on the order in which they
   * were added.
   */
  record Recent(@JsonForm List<Failure> failures) {
    static final Recent NONE = new Recent(List.of());
    private static final int KEPT = 5;

    @JsonForm
    Recent {
      failures = List.copyOf(failures);
    }

    Recent plus(Failure failure) {
      Set<String> sources = new HashSet<>();
      return new Recent(
          Stream.concat(failures.stream(), Stream.of(failure))
              .sorted(
                  Comparator.comparingLong(Failure::at)
                      .reversed()
                      .thenComparing(Failure::source)
                      .thenComparing(Failure::reason))
              .filter(kept -> sources.add(kept.source()))
              .limit(KEPT)
              .toList());
    }
  }
}
