package org.robustnessgap.campaign.fold;

import java.util.Comparator;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.Window;

/**
 * Everything folded so far about one classifier of one campaign.
 *
 * @param limits the latest; null before the first
 * @param windows open windows and the newest complete one, by index
 */
public record StreamState(
    StreamSummary summary, TheoreticalLimits limits, PSortedMap<Long, WindowState> windows) {
  static final StreamState EMPTY = new StreamState(StreamSummary.EMPTY, null, TreePMap.empty());

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

  /** Attack jobs given up, including those answered after all. */
  public long givenUpJobs() {
    return summary.givenUpJobs();
  }

  /** Timestamp of the newest message that changed anything, epoch milliseconds. */
  public long updated() {
    return summary.updated();
  }

  StreamState generated(Event.Generated event) {
    return inWindow(
        event.window(),
        event.at(),
        window -> window.generated(event.jobId().firstOrdinal(), event.samples()));
  }

  StreamState measured(Event.Measured event) {
    WindowState known = windows.get(event.result().window().index());
    if (known != null && known.contradicts(event.result())) {
      return withSummary(summary.withDivergentDuplicate().updatedAt(event.at()));
    }
    return inWindow(
        event.result().window(), event.at(), window -> window.measured(event.result(), event.at()));
  }

  StreamState givenUp(JobFailure.GivenUp failure, long at) {
    StreamState next =
        inWindow(
            failure.window(),
            at,
            window -> window.givenUp(failure.jobId().firstOrdinal(), failure.samples()));
    return next == this ? this : next.withSummary(next.summary.withGivenUpJob());
  }

  StreamState limits(TheoreticalLimits newer, long at) {
    return new StreamState(summary.updatedAt(at), newer, windows);
  }

  StreamState retire() {
    WindowState newest = newestComplete().orElse(null);
    StreamState next = this;
    for (WindowState window : windows.values()) {
      if (window.complete() && window != newest) {
        next =
            new StreamState(
                next.summary.closing(window), limits, next.windows.minus(window.window().index()));
      }
    }
    return next;
  }

  private StreamState inWindow(Window key, long at, UnaryOperator<WindowState> change) {
    if (summary.closed().contains(key.index())) {
      return this;
    }
    WindowState known = windows.get(key.index());
    WindowState before = known == null ? WindowState.empty(key) : known;
    WindowState after = change.apply(before);
    return after == before
        ? this
        : new StreamState(summary.updatedAt(at), limits, windows.plus(key.index(), after));
  }

  private StreamState withSummary(StreamSummary other) {
    return new StreamState(other, limits, windows);
  }

  private Optional<WindowState> newestComplete() {
    return windows.values().stream().filter(WindowState::complete).reduce((old, newer) -> newer);
  }
}
