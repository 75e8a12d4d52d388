package org.robustnessgap.campaign.fold;

import java.util.Comparator;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.Subject;
import org.robustnessgap.messages.Window;

/**
 * Everything folded so far about one subject: a classifier under attack, a pair of classifiers.
 *
 * @param kind what is made of its results
 * @param limits the latest; null before the first
 * @param formerLimits the latest of the version of the model before; null if there was none
 * @param windows by index: open windows, the newest complete one, and the newest complete one of
 *     the version of the model before; {@link Window#ALL} alone if its kind has none
 */
public record SubjectState(
    KindFold kind,
    SubjectSummary summary,
    @Nullable Limits limits,
    @Nullable Limits formerLimits,
    PSortedMap<Long, WindowState> windows) {

  static SubjectState empty(KindFold kind) {
    return new SubjectState(kind, SubjectSummary.EMPTY, null, null, TreePMap.empty());
  }

  /** The window whose figures are shown: the newest complete one, else the best filled one. */
  public Optional<WindowState> shown() {
    Optional<WindowState> complete = newestComplete();
    return complete.isPresent()
        ? complete
        : windows.values().stream()
            .max(
                Comparator.comparingLong((WindowState window) -> window.counts().measured())
                    .thenComparing(window -> -window.window().index()));
  }

  /** The window being filled: the oldest open one, else the newest complete one. */
  public Optional<WindowState> current() {
    Optional<WindowState> open =
        windows.values().stream().filter(window -> !window.complete()).findFirst();
    return open.isPresent() ? open : newestComplete();
  }

  /** The figures of a window. */
  public Gap gap(Subject subject, WindowState window) {
    return kind.gap(subject, window, former(window).orElse(null), limits(window));
  }

  /** The limits that belong to what a window shows, else the latest; null before the first. */
  public @Nullable Limits limits(WindowState window) {
    Provenance shown = window.shown().map(Figure::provenance).orElse(null);
    return limits == null
            || limits.areOf(shown)
            || formerLimits == null
            || !formerLimits.areOf(shown)
        ? limits
        : formerLimits;
  }

  /** The newest complete window before this one that shows another version of the model. */
  private Optional<WindowState> former(WindowState window) {
    Provenance now = window.shown().map(Figure::provenance).orElse(null);
    return windows.headMap(window.window().index()).values().stream()
        .filter(WindowState::complete)
        .filter(before -> before.shown().filter(shown -> shown.isOfOtherVersion(now)).isPresent())
        .reduce((old, newer) -> newer);
  }

  /** The figures shown; empty before the first job. */
  public Optional<Gap> gap(Subject subject) {
    return shown().map(window -> gap(subject, window));
  }

  /**
   * Its metrics.
   *
   * @param gap the figures shown; null before the first job
   */
  public void report(Subject subject, @Nullable Gap gap, Series series) {
    kind.report(subject, this, gap, series);
  }

  /** Counts over all windows, also those no longer held. */
  public Counts total() {
    Counts total = summary.past();
    for (WindowState window : windows.values()) {
      total = total.plus(window.counts());
    }
    return total;
  }

  /** Results that contradict an earlier result of the same job. */
  public long divergentDuplicates() {
    return summary.divergentDuplicates();
  }

  /** Jobs given up, including those answered after all. */
  public long givenUpJobs() {
    return summary.givenUpJobs();
  }

  /** Timestamp of the newest message that changed anything, epoch milliseconds. */
  public long updated() {
    return summary.updated();
  }

  SubjectState sent(Event.Sent event) {
    return inWindow(
        event.window(),
        event.at(),
        window -> window.sent(event.jobId().firstOrdinal(), event.samples()));
  }

  SubjectState answered(JobResult result, long at) {
    WindowState known = windows.get(whole(result.window()).index());
    if (known != null && known.contradicts(result)) {
      return with(summary.withDivergentDuplicate().updatedAt(at));
    }
    return inWindow(
        result.window(),
        at,
        window -> window.answered(result, kind.figure(result.provenance()), at));
  }

  SubjectState givenUp(JobFailure.GivenUp failure, long at) {
    SubjectState next =
        inWindow(
            failure.window(),
            at,
            window -> window.givenUp(failure.jobId().firstOrdinal(), failure.samples()));
    return next == this ? this : next.with(next.summary.withGivenUpJob());
  }

  SubjectState limitsChanged(Limits newer, long at) {
    boolean ofSame = limits == null || limits.areOfVersionOf(newer);
    return new SubjectState(
        kind, summary.updatedAt(at), newer, ofSame ? formerLimits : limits, windows);
  }

  SubjectState retire() {
    WindowState newest = newestComplete().orElse(null);
    if (newest == null) {
      return this;
    }
    WindowState former = former(newest).orElse(null);
    SubjectState next = this;
    for (WindowState window : windows.values()) {
      if (window.complete() && window != newest && window != former) {
        next =
            new SubjectState(
                kind,
                next.summary.closing(window),
                limits,
                formerLimits,
                next.windows.minus(window.window().index()));
      }
    }
    return next;
  }

  private SubjectState inWindow(
      @Nullable Window windowOrNull, long at, UnaryOperator<WindowState> change) {
    Window key = whole(windowOrNull);
    if (summary.closed().contains(key.index())) {
      return this;
    }
    WindowState known = windows.get(key.index());
    WindowState before = known == null ? WindowState.empty(key) : known;
    WindowState after = change.apply(before);
    return after == before ? this : with(after).with(summary.updatedAt(at));
  }

  private static Window whole(@Nullable Window window) {
    return window == null ? Window.ALL : window;
  }

  SubjectState with(SubjectSummary other) {
    return new SubjectState(kind, other, limits, formerLimits, windows);
  }

  SubjectState with(@Nullable Limits latest, @Nullable Limits former) {
    return new SubjectState(kind, summary, latest, former, windows);
  }

  SubjectState with(WindowState window) {
    return new SubjectState(
        kind, summary, limits, formerLimits, windows.plus(window.window().index(), window));
  }

  private Optional<WindowState> newestComplete() {
    return windows.values().stream().filter(WindowState::complete).reduce((old, newer) -> newer);
  }
}
