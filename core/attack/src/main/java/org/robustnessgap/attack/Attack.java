package org.robustnessgap.attack;

import java.util.List;
import java.util.Optional;
import org.robustnessgap.attack.map.AttackCancelledException;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.StableApi;

/**
 * An algorithm that searches minimal perturbations, with its options. {@link Attacks} has those of
 * this project; implement it to add your own. What it returns must be
 *
 * <ul>
 *   <li>checked: a perturbation counts only if the classifier, asked about the perturbed sample
 *       alone, gives it another label, which {@link SearchProblem#verified} ensures;
 *   <li>within the pixel range, if it has one;
 *   <li>the same for the same problem.
 * </ul>
 *
 * Immutable, so one may serve many classifiers.
 */
@StableApi
public interface Attack {
  /** What results and messages call it, for instance {@code boundary-descent}. */
  String name();

  /** In which perturbations are to be short, and distances are stated. */
  Norm norm();

  /** What every value of a perturbed image stays within; empty for no bounds. */
  default Optional<PixelRange> pixelRange() {
    return Optional.empty();
  }

  /**
   * Whether it searches within the bounds of a problem. To one that does, a classifier that clamps
   * its own pixels adds these bounds, beyond which it sees nothing.
   */
  default boolean keepsToBounds() {
    return false;
  }

  /**
   * Searches for every sample.
   *
   * @return one result for each sample, in order
   * @throws AttackCancelledException if the thread is interrupted
   */
  List<SearchResult> search(SearchProblem problem);

  /**
   * Searches in latent space, by the norm there and by how far images move.
   *
   * @param byImage the same problem by another metric
   * @return the results by the norm, and those by the other metric if it knows any but norms
   */
  default List<List<SearchResult>> search(SearchProblem byNorm, SearchProblem byImage) {
    return List.of(search(byNorm));
  }

  /**
   * Attacks images, each towards any label but the classifier's own.
   *
   * @param images [n, size of the classifier's input], row-major as the classifier takes them
   * @throws InvalidInputException if an image has another size
   * @throws AttackCancelledException if the thread is interrupted
   */
  default AttackReport search(Classifier classifier, float[][] images) {
    return ImageSearch.of(this, classifier).report(images, null);
  }

  /**
   * Attacks labelled images. As in evaluations of robust accuracy, one that the classifier gets
   * wrong is not searched: it is {@link SearchResult.Misclassified}, at distance 0.
   *
   * @param images as above
   * @param labels the true class of each, from 0
   * @throws InvalidInputException also if there are more or fewer labels than images, or a label is
   *     no class
   */
  default AttackReport search(Classifier classifier, float[][] images, int[] labels) {
    return ImageSearch.of(this, classifier).report(images, labels.clone());
  }
}
