package org.robustnessgap.attack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.VisiblePixels;
import org.robustnessgap.attack.metric.NormMetric;
import org.robustnessgap.attack.plausibility.Plausibility;
import org.robustnessgap.attack.search.KktResiduals;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Suspicion;

/**
 * An attack on the images of a classifier, in pixel space.
 *
 * @param classifier as the attack sees it
 * @param bounds of every pixel of a perturbed image; null for none
 */
record ImageSearch(
    Attack attack, Classifier classifier, DifferentiableMap seen, @Nullable PixelRange bounds) {
  /** Images searched together: memory does not grow with their number. */
  private static final int BATCH = 32;

  static ImageSearch of(Attack attack, Classifier classifier) {
    PixelRange declared = attack.pixelRange().orElse(null);
    Optional<PixelRange> visible =
        attack.keepsToBounds() ? classifier.visiblePixels() : Optional.empty();
    return new ImageSearch(
        attack,
        classifier,
        visible
            .<DifferentiableMap>map(range -> new VisiblePixels(classifier.map(), range))
            .orElse(classifier.map()),
        visible.map(range -> within(declared, range)).orElse(declared));
  }

  /** A shortest perturbation stays where the classifier sees it. */
  private static PixelRange within(@Nullable PixelRange declared, PixelRange visible) {
    if (declared == null) {
      return visible;
    }
    double lower = Math.max(declared.lower(), visible.lower());
    double upper = Math.min(declared.upper(), visible.upper());
    return lower < upper ? new PixelRange(lower, upper) : declared;
  }

  /**
   * What the attack is to solve.
   *
   * @param images [n, size of the classifier's input]
   */
  SearchProblem problem(Rows images) {
    return new SearchProblem(seen, images, new NormMetric(attack.norm(), images, bounds))
        .shaped(classifier.imageShape());
  }

  /**
   * Attacks images.
   *
   * @param labels the true class of each; null to take the classifier's own
   */
  AttackReport report(float[][] images, int @Nullable [] labels) {
    Rows all = classifier.rows(images);
    if (labels != null) {
      requireFit(labels, images.length);
    }
    List<SearchResult> results = new ArrayList<>();
    List<Suspicion> suspicions = new ArrayList<>();
    for (int from = 0; from < all.count(); from += BATCH) {
      int to = Math.min(from + BATCH, all.count());
      Rows batch = all.slice(from, to);
      Logits answers = new Logits(classifier.map().answer(batch));
      int[] own = answers.labels();
      int[] given = labels == null ? own : Arrays.copyOfRange(labels, from, to);
      List<SearchResult> found = search(batch, own, given, answers);
      results.addAll(found);
      suspicions(batch, answers, found).stream()
          .filter(suspicion -> suspicions.stream().noneMatch(s -> s.kind() == suspicion.kind()))
          .forEach(suspicions::add);
    }
    return new AttackReport(results, suspicions);
  }

  private void requireFit(int[] labels, int images) {
    if (labels.length != images) {
      throw new InvalidInputException(
          String.format(
              "There are %d labels for %d images; give one for each.", labels.length, images));
    }
    for (int label : labels) {
      if (label < 0 || label >= classifier.classes()) {
        throw new InvalidInputException(
            String.format(
                "The label %d is no class of %s, whose classes are 0 to %d.",
                label, classifier.name(), classifier.classes() - 1));
      }
    }
  }

  private List<SearchResult> search(Rows batch, int[] own, int[] given, Logits answers) {
    int[] right =
        IntStream.range(0, own.length)
            .filter(i -> own[i] == given[i] || !answers.isFinite(i))
            .toArray();
    List<SearchResult> results = new ArrayList<>();
    for (int label : own) {
      results.add(new SearchResult.Misclassified(label, 0, 1));
    }
    if (right.length > 0) {
      SearchProblem problem = problem(batch.select(right));
      List<SearchResult> found = attack.search(problem);
      if (found.size() != right.length) {
        throw new IllegalStateException(
            String.format(
                "The attack %s returned %d results for %d samples.",
                attack.name(), found.size(), right.length));
      }
      List<SearchResult> measured =
          KktResiduals.added(problem, found, IntStream.of(right).map(i -> own[i]).toArray());
      for (int i = 0; i < right.length; i++) {
        results.set(right[i], measured.get(i));
      }
    }
    return results;
  }

  private List<Suspicion> suspicions(Rows batch, Logits answers, List<SearchResult> results) {
    List<Suspicion> suspicions = new ArrayList<>(classifier.suspicions(batch, answers));
    if (attack.norm() == Norm.L2) {
      List<Outcome> outcomes = results.stream().map(SearchResult::outcome).toList();
      new Plausibility(classifier.name(), answers.labels())
          .ofDistances(Space.UNCONSTRAINED, batch, outcomes)
          .ifPresent(suspicions::add);
    }
    return suspicions;
  }
}
