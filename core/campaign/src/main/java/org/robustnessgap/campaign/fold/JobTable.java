package org.robustnessgap.campaign.fold;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/** The jobs of one window, by first ordinal, so that each is folded once. Immutable. */
record JobTable(PSortedMap<Long, JobTable.Entry> byOrdinal) {
  static final JobTable EMPTY = new JobTable(TreePMap.empty());

  /** Where a job stands; a later constant outranks an earlier one. */
  enum JobState {
    @JsonProperty("g")
    IN_FLIGHT,
    @JsonProperty("f")
    FAILED,
    @JsonProperty("m")
    MEASURED
  }

  /**
   * One job.
   *
   * @param ordinal of its first sample
   * @param fingerprint of its result, or 0
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record Entry(long ordinal, int samples, JobState state, int fingerprint) {
    boolean isAnswered() {
      return state == JobState.MEASURED;
    }
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static JobTable of(List<Entry> entries) {
    JobTable table = EMPTY;
    for (Entry entry : entries) {
      table = table.plus(entry);
    }
    return table;
  }

  @JsonValue
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
