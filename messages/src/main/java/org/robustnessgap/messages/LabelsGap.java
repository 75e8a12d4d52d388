package org.robustnessgap.messages;

import java.util.List;

/**
 * How often a classifier gives each label: the value of topic {@code label-counts}, keyed by
 * campaign/model.
 *
 * @param counts one for each label that was given
 */
public record LabelsGap(
    StreamId stream, long generated, long measured, long failed, List<Count> counts)
    implements Gap {
  /**
   * @param label from 0; −1 where scores are not finite
   */
  public record Count(int label, long samples) {
    public Count {
      Checks.atLeast(label, -1, "label");
      Checks.atLeast(samples, 1, "samples of a label");
    }
  }

  public LabelsGap {
    Checks.present(stream, "stream");
    counts = Checks.list(counts, "counts of labels");
  }

  @Override
  public Subject subject() {
    return new Subject(JobKind.LABELS, stream.campaign(), stream.classifier());
  }

  @Override
  public String key() {
    return stream.toString();
  }

  /** It has no limits. */
  @Override
  public boolean restsOn(long smoothnessSamples) {
    return true;
  }

  @Override
  public boolean measuredAnything() {
    return !counts.isEmpty();
  }
}
