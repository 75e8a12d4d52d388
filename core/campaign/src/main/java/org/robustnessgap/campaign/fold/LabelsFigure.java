package org.robustnessgap.campaign.fold;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.LabelsGap;
import org.robustnessgap.messages.LabelsResult;
import org.robustnessgap.messages.OmitEmpty;
import org.robustnessgap.messages.Provenance;

/**
 * How often each label was given.
 *
 * @param provenance null: nothing is searched
 * @param counts samples by label
 */
public record LabelsFigure(
    @OmitEmpty Provenance provenance, long samples, SortedMap<Integer, Long> counts)
    implements Figure {
  public LabelsFigure {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
  }

  /** For other programs. */
  List<LabelsGap.Count> published() {
    return counts.entrySet().stream()
        .map(count -> new LabelsGap.Count(count.getKey(), count.getValue()))
        .toList();
  }

  @Override
  public LabelsFigure plus(JobResult answer) {
    SortedMap<Integer, Long> more = new TreeMap<>(counts);
    ((LabelsResult) answer).labels().forEach(label -> more.merge(label, 1L, Long::sum));
    return new LabelsFigure(provenance, samples + answer.sampleCount(), more);
  }
}
