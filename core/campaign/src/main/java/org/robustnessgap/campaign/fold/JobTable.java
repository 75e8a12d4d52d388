package org.robustnessgap.campaign.fold;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;
import org.robustnessgap.messages.ArrayForm;
import org.robustnessgap.messages.JsonForm;

/** The jobs of one window, by first ordinal, so that each is folded once. Immutable. */
record JobTable(PSortedMap<Long, JobTable.Entry> byOrdinal) {
  static final JobTable EMPTY = new JobTable(TreePMap.empty());

  /** Where a job stands; a later constant outranks an earlier one. */
  enum JobState {
    IN_FLIGHT("g"),
    FAILED("f"),
    MEASURED("m");

    private final String letter;

    JobState(String letter) {
      this.letter = letter;
    }

    @JsonForm
    String letter() {
      return letter;
    }
  }

  /**
   * One job.
   *
   * @param ordinal of its first sample
   * @param fingerprint of its result, or 0
   */
  @ArrayForm
  record Entry(long ordinal, int samples, JobState state, int fingerprint) {
    boolean isAnswered() {
      return state == JobState.MEASURED;
    }
  }

  @JsonForm
  static JobTable of(List<Entry> entries) {
    JobTable table = EMPTY;
    for (Entry entry : entries) {
      table = table.plus(entry);
    }
    return table;
  }

  @JsonForm
  Collection<Entry> entries() {
    return byOrdinal.values();
  }

  Optional<Entry> get(long ordinal) {
    return Optional.ofNullable(byOrdinal.get(ordinal));
  }

  JobTable plus(Entry entry) {
    return new JobTable(byOrdinal.plus(entry.ordinal(), entry));
  }
}
