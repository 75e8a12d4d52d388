package org.robustnessgap.campaign.fold;

import org.robustnessgap.messages.RangeSet;

/**
 * What outlives the windows of one classifier.
 *
 * @param past counts of the windows no longer held
 * @param closed their indices
 * @param divergentDuplicates results that contradict an earlier result of the same job
 * @param givenUpJobs attack jobs given up, including those answered after all
 * @param updated timestamp of the newest message that changed anything, epoch milliseconds
 */
record StreamSummary(
    Counts past, RangeSet closed, long divergentDuplicates, long givenUpJobs, long updated) {
  static final StreamSummary EMPTY = new StreamSummary(Counts.ZERO, RangeSet.EMPTY, 0, 0, 0);

  StreamSummary updatedAt(long at) {
    return new StreamSummary(past, closed, divergentDuplicates, givenUpJobs, Math.max(updated, at));
  }

  StreamSummary withDivergentDuplicate() {
    return new StreamSummary(past, closed, divergentDuplicates + 1, givenUpJobs, updated);
  }

  StreamSummary withGivenUpJob() {
    return new StreamSummary(past, closed, divergentDuplicates, givenUpJobs + 1, updated);
  }

  StreamSummary closing(WindowState window) {
    return new StreamSummary(
        past.plus(window.counts()),
        closed.plus(window.window().index()),
        divergentDuplicates,
        givenUpJobs,
        updated);
  }
}
