package org.robustnessgap.campaign.fold;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.robustnessgap.messages.JobId;

/**
 * What went wrong in one campaign.
 *
 * @param smoothnessGivenUp smoothness jobs given up; a plan has finitely many
 * @param recent the last few failures of any kind
 */
public record CampaignFailures(SortedSet<String> smoothnessGivenUp, Failure.Recent recent) {
  static final CampaignFailures NONE =
      new CampaignFailures(Collections.emptySortedSet(), Failure.Recent.NONE);

  public CampaignFailures {
    smoothnessGivenUp = Collections.unmodifiableSortedSet(new TreeSet<>(smoothnessGivenUp));
  }

  /** The last few failures, newest first. */
  public List<Failure> recentFailures() {
    return recent.failures();
  }

  CampaignFailures withSmoothness(JobId jobId, Failure failure) {
    SortedSet<String> more = new TreeSet<>(smoothnessGivenUp);
    return more.add(jobId.toString()) ? new CampaignFailures(more, recent.plus(failure)) : this;
  }

  CampaignFailures with(Failure failure) {
    return new CampaignFailures(smoothnessGivenUp, recent.plus(failure));
  }
}
