package org.robustnessgap.campaign.fold;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;

/**
 * What went wrong in one campaign.
 *
 * @param givenUp jobs given up of kinds without figures, whose plans have finitely many
 * @param recent the last few failures of any kind
 */
public record CampaignFailures(SortedSet<String> givenUp, Failure.Recent recent) {
  static final CampaignFailures NONE =
      new CampaignFailures(Collections.emptySortedSet(), Failure.Recent.NONE);

  public CampaignFailures {
    givenUp = Collections.unmodifiableSortedSet(new TreeSet<>(givenUp));
  }

  /** How many jobs of a kind without figures were given up. */
  public long givenUp(JobKind kind) {
    return givenUp.stream().filter(id -> JobId.parse(id).kind() == kind).count();
  }

  /** The last few failures, newest first. */
  public List<Failure> recentFailures() {
    return recent.failures();
  }

  CampaignFailures withGivenUp(JobId jobId, Failure failure) {
    SortedSet<String> more = new TreeSet<>(givenUp);
    return more.add(jobId.toString()) ? new CampaignFailures(more, recent.plus(failure)) : this;
  }

  CampaignFailures with(Failure failure) {
    return new CampaignFailures(givenUp, recent.plus(failure));
  }

  /**
   * As it was written.
   *
   * @param givenUp null from older aggregators
   * @param smoothnessGivenUp what these wrote instead; null from newer ones
   */
  record Written(
      @Nullable SortedSet<String> givenUp,
      @Nullable SortedSet<String> smoothnessGivenUp,
      Failure.Recent recent) {
    CampaignFailures failures() {
      return new CampaignFailures(
          Stream.of(Optional.ofNullable(givenUp), Optional.ofNullable(smoothnessGivenUp))
              .flatMap(Optional::stream)
              .findFirst()
              .orElseThrow(
                  () -> new InvalidInputException("The list of jobs given up is missing.")),
          recent);
    }
  }
}
