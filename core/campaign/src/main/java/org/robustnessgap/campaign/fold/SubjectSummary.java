package org.robustnessgap.campaign.fold;

import org.robustnessgap.messages.RangeSet;

/**
 * What outlives the windows of one subject.
 *
 * @param past counts of the windows no longer held
 * @param closed their indices
 * @param divergentDuplicates results that contradict an earlier result of the same job
 * @param givenUpJobs jobs given up, including those answered after all
 * @param updated timestamp of the newest message that changed anything, epoch milliseconds
 */
record SubjectSummary(
    Counts past, RangeSet closed, long divergentDuplicates, long givenUpJobs, long updated) {
  static final SubjectSummary EMPTY = new SubjectSummary(Counts.ZERO, RangeSet.EMPTY, 0, 0, 0);

  SubjectSummary updatedAt(long at) {
    return new SubjectSummary(
        past, closed, divergentDuplicates, givenUpJobs, Math.max(updated, at));
  }

  SubjectSummary withDivergentDuplicate() {
    return new SubjectSummary(past, closed, divergentDuplicates + 1, givenUpJobs, updated);
  }

  SubjectSummary withGivenUpJob() {
    return new SubjectSummary(past, closed, divergentDuplicates, givenUpJobs + 1, updated);
  }

  SubjectSummary closing(WindowState window) {
    return new SubjectSummary(
        past.plus(window.counts()),
        closed.plus(window.window().index()),
        divergentDuplicates,
        givenUpJobs,
        updated);
  }
}
