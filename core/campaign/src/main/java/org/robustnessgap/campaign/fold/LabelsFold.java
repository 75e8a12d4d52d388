package org.robustnessgap.campaign.fold;

import java.util.List;
import java.util.TreeMap;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.LabelsGap;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Subject;
import org.robustnessgap.messages.Window;

/** Labels become counts. */
final class LabelsFold implements KindFold {
  private static final Metric SAMPLES =
      Metric.gauge(
          "robustness_label_samples",
          "Samples to which a classifier gives a label; -1 where its scores are not finite.",
          "campaign",
          "model",
          "label");

  @Override
  public JobKind kind() {
    return JobKind.LABELS;
  }

  @Override
  public LabelsFigure figure(Provenance provenance) {
    return new LabelsFigure(provenance, 0, new TreeMap<>());
  }

  @Override
  public LabelsGap gap(Subject subject, WindowState window, Limits limits) {
    Counts counts = window.counts();
    return new LabelsGap(
        new StreamId(subject.campaign(), subject.name()),
        counts.generated(),
        counts.measured(),
        counts.failed(),
        window
            .shown()
            .map(LabelsFigure.class::cast)
            .map(LabelsFigure::published)
            .orElse(List.of()));
  }

  @Override
  public Class<? extends WrittenWindow> written() {
    return Written.class;
  }

  /** As it is written. */
  record Written(
      Window window,
      JobTable jobs,
      Counts counts,
      List<LabelsFigure> figures,
      long firstResult,
      long lastResult)
      implements WrittenWindow {
    @Override
    public WindowState state() {
      return new WindowState(window, jobs, counts, List.copyOf(figures), firstResult, lastResult);
    }
  }

  @Override
  public List<Metric> metrics() {
    return List.of(SAMPLES);
  }

  @Override
  public void report(Subject subject, SubjectState state, Gap gap, Series series) {
    if (gap instanceof LabelsGap labels) {
      labels
          .counts()
          .forEach(
              count ->
                  series.add(
                      SAMPLES,
                      count.samples(),
                      subject.campaign(),
                      subject.name(),
                      Integer.toString(count.label())));
    }
  }
}
