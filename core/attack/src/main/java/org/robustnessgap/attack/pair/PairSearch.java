package org.robustnessgap.attack.pair;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.robustnessgap.attack.descent.BoundaryDescent;
import org.robustnessgap.attack.descent.Schedule;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.metric.NormMetric;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.Outcome;

/**
 * The smallest ℓ2 perturbations of one sample: of each of two classifiers, and of both at once.
 * What a search finds for one serves the others where it fools them, so the common one is at least
 * as long as each own one, and no longer than an own one that fools both.
 *
 * @param both the one that changes both labels; its label is the first classifier's
 * @param first the first classifier's own
 * @param second the second classifier's own
 */
public record PairSearch(SearchResult both, OwnPerturbation first, OwnPerturbation second) {
  /**
   * @param foolsOther whether it changes the other classifier's label too
   */
  public record OwnPerturbation(SearchResult search, boolean foolsOther) {}

  /**
   * A point and what both classifiers say of it alone, since rounding differs between batch sizes.
   *
   * @param firstLabel −1 where the first classifier's label has not changed
   * @param secondLabel the same of the second
   */
  private record Candidate(float[] point, double distance, int firstLabel, int secondLabel) {
    boolean foolsBoth() {
      return firstLabel >= 0 && secondLabel >= 0;
    }
  }

  /**
   * @param first classifier, from the space that is searched to logits
   * @param second another one of the same points and classes
   * @param start the samples, [n, width]
   * @param effort of each of the three searches
   * @return one for each row, in order
   */
  public static List<PairSearch> of(
      DifferentiableMap first, DifferentiableMap second, Rows start, Effort effort) {
    Logits firstLogits = new Logits(first.answer(start));
    Logits secondLogits = new Logits(second.answer(start));
    List<SearchResult> firstOwn = search(SearchProblem.euclidean(first, start), effort);
    List<SearchResult> secondOwn = search(SearchProblem.euclidean(second, start), effort);
    List<SearchResult> both =
        search(
            new SearchProblem(
                new JointMargins(first, second, firstLogits, secondLogits),
                start,
                NormMetric.euclidean(start)),
            effort);
    List<PairSearch> pairs = new ArrayList<>();
    for (int i = 0; i < start.count(); i++) {
      LabelledSample sample =
          new LabelledSample(
              start.slice(i, i + 1),
              first,
              second,
              firstLogits.isFinite(i) ? firstLogits.label(i) : -1,
              secondLogits.isFinite(i) ? secondLogits.label(i) : -1);
      pairs.add(sample.settled(firstOwn.get(i), secondOwn.get(i), both.get(i)));
    }
    return pairs;
  }

  private static List<SearchResult> search(SearchProblem problem, Effort effort) {
    return BoundaryDescent.search(problem, Schedule.of(effort));
  }

  /** One sample, and its labels; −1 where the logits are not finite. */
  private record LabelledSample(
      Rows start,
      DifferentiableMap first,
      DifferentiableMap second,
      int firstLabel,
      int secondLabel) {
    /**
     * @param descent towards both boundaries
     */
    PairSearch settled(SearchResult firstOwn, SearchResult secondOwn, SearchResult descent) {
      List<Candidate> candidates = new ArrayList<>();
      offer(candidates, firstOwn);
      offer(candidates, secondOwn);
      SearchResult both = descent;
      boolean open = descent.found().isPresent() || descent.outcome().unchanged();
      // An own perturbation that fools both cannot be undercut.
      if (open && candidates.stream().noneMatch(Candidate::foolsBoth)) {
        SearchResult edge = new CommonEdge(first, second, start).beyond(firstLabel, secondLabel);
        offer(candidates, edge);
        both =
            descent.charged(
                descent.gradients() + edge.gradients(), descent.forwards() + edge.forwards());
      }
      offer(candidates, descent);
      return new PairSearch(
          both instanceof SearchResult.Tie
              ? both
              : withNearest(both, candidates, Candidate::foolsBoth, Candidate::firstLabel),
          own(firstOwn, candidates, true),
          own(secondOwn, candidates, false));
    }

    private void offer(List<Candidate> candidates, SearchResult search) {
      search.found().map(this::candidate).ifPresent(candidates::add);
    }

    private Candidate candidate(SearchResult.Found found) {
      Rows point = new Rows(found.point(), start.width());
      return new Candidate(
          found.point(),
          point.distance(0, start, 0),
          changed(first, point, firstLabel),
          changed(second, point, secondLabel));
    }

    /** The label of a point; −1 if it is that of the sample, or if either is unknown. */
    private static int changed(DifferentiableMap classifier, Rows point, int label) {
      Logits logits = new Logits(classifier.answer(point));
      boolean changed = label >= 0 && logits.isFinite(0) && logits.label(0) != label;
      return changed ? logits.label(0) : -1;
    }
  }

  private static OwnPerturbation own(
      SearchResult search, List<Candidate> candidates, boolean ofFirst) {
    ToIntFunction<Candidate> label = ofFirst ? Candidate::firstLabel : Candidate::secondLabel;
    if (search instanceof SearchResult.Tie) {
      return new OwnPerturbation(search, false);
    }
    Predicate<Candidate> fooling = candidate -> label.applyAsInt(candidate) >= 0;
    boolean foolsOther = nearest(candidates, fooling).filter(Candidate::foolsBoth).isPresent();
    return new OwnPerturbation(withNearest(search, candidates, fooling, label), foolsOther);
  }

  private static Optional<Candidate> nearest(
      List<Candidate> candidates, Predicate<Candidate> fooling) {
    return candidates.stream().filter(fooling).min(Comparator.comparingDouble(Candidate::distance));
  }

  /** The search with the nearest candidate as what it found, at its own cost. */
  private static SearchResult withNearest(
      SearchResult search,
      List<Candidate> candidates,
      Predicate<Candidate> fooling,
      ToIntFunction<Candidate> label) {
    int gradients = search.gradients();
    int forwards = search.forwards();
    Optional<Candidate> nearest = nearest(candidates, fooling);
    if (nearest.isPresent()) {
      Candidate at = nearest.get();
      int newLabel = label.applyAsInt(at);
      return new SearchResult.Found(
          at.point, at.distance, newLabel, Double.NaN, gradients, forwards);
    }
    // What was found in a batch but does not hold alone is not found.
    return search.found().isPresent()
        ? new SearchResult.NotFound(Outcome.NotFound.Reason.BUDGET, gradients, forwards)
        : search;
  }
}
