package org.robustnessgap.campaign.fold;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.Subject;

/**
 * What is made of the results of one kind of job: the figures they add up to, what is published of
 * them, and the metrics. {@link SubjectState} does the rest for all kinds. Stateless.
 */
public interface KindFold {
  JobKind kind();

  /** A figure of no result. */
  Figure figure(@Nullable Provenance provenance);

  /**
   * What is published of a window.
   *
   * @param window whose figures are of this kind
   * @param former a window before it, of the version before the one it shows; null if none is known
   * @param limits of the same subject; null while unknown
   */
  Gap gap(
      Subject subject, WindowState window, @Nullable WindowState former, @Nullable Limits limits);

  /** How a window of this kind is read from the state that an aggregator wrote. */
  Class<? extends WrittenWindow> written();

  /** Every metric of this kind. */
  List<Metric> metrics();

  /**
   * The values of the metrics for one subject.
   *
   * @param gap the figures shown; null before the first job
   */
  void report(Subject subject, SubjectState state, @Nullable Gap gap, Series series);
}
