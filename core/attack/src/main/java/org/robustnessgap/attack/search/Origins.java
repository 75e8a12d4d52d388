package org.robustnessgap.attack.search;

import java.util.Optional;
import org.robustnessgap.attack.map.Logits;

/**
 * What a classifier says of the samples of a batch before they are perturbed.
 *
 * @param scores what a search goes by, [n, K]
 * @param answers what labels are taken from, [n, K]; the same where the classifier answers by its
 *     scores
 */
public record Origins(Logits scores, Logits answers) {
  static final String NOT_FINITE = "the logits of the unperturbed sample are not finite";

  /** Larger leads, relative to the largest score, are more than what rounding leaves of a tie. */
  private static final double TIE = 1e-5;

  /** The classifier's own label of a sample whose numbers are finite. */
  public int label(int sample) {
    return answers.label(sample);
  }

  boolean isFinite(int sample) {
    return scores.isFinite(sample) && answers.isFinite(sample);
  }

  /** Whether the sample lies on the decision boundary. */
  public boolean isTie(int sample) {
    if (answers == scores) {
      return answers.margin(sample, label(sample)) == 0;
    }
    return !follows(sample) && isNearTie(sample);
  }

  /** Why no search can begin from the sample; empty if one can. */
  public Optional<String> obstacle(int sample) {
    if (!isFinite(sample)) {
      return Optional.of(NOT_FINITE);
    }
    return follows(sample) || isNearTie(sample)
        ? Optional.empty()
        : Optional.of(Saturation.AT_SAMPLE);
  }

  /** Whether one class leads in the answer, the same as by the scores. */
  private boolean follows(int sample) {
    int label = answers.label(sample);
    return answers == scores || label == scores.label(sample) && answers.margin(sample, label) < 0;
  }

  private boolean isNearTie(int sample) {
    return answers == scores
        || -scores.margin(sample, scores.label(sample))
            <= TIE * Math.max(1, scores.largest(sample));
  }
}
