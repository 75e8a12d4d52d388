package org.robustnessgap.attack.plausibility;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.robustnessgap.attack.map.Neighbours;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Suspicion;

/** What looks wrong about a batch although each sample has an outcome. */
public final class Plausibility {
  /** Fewer samples say little of the others. */
  private static final int LEAST_SAMPLES = 4;

  /** Scores of two images that differ by less, relative to the largest, are the same. */
  private static final double SAME_SCORE = 1e-6;

  private final String classifier;
  private final int[] labels;

  /**
   * @param labels of the samples; −1 for a sample that has none
   */
  public Plausibility(String classifier, int[] labels) {
    this.classifier = classifier;
    this.labels = labels;
  }

  /** Whether the scores are the same for all images, though these are not. */
  public Optional<Suspicion> ofScores(Rows scores, Rows images) {
    if (scores.count() < LEAST_SAMPLES || new Neighbours(images, labels).farthest(0) == 0) {
      return Optional.empty();
    }
    double largest = 0;
    double spread = 0;
    for (int i = 0; i < scores.count(); i++) {
      for (int k = 0; k < scores.width(); k++) {
        float first = scores.values()[k];
        float score = scores.values()[i * scores.width() + k];
        largest = Math.max(largest, Math.abs(score));
        spread = Math.max(spread, Math.abs((double) score - first));
      }
    }
    return spread > SAME_SCORE * largest
        ? Optional.empty()
        : Optional.of(
            new Suspicion(
                Suspicion.Kind.CONSTANT_SCORES,
                String.format(
                    "%s gives %d different images the same scores, so its distances mean nothing; do the range and the layout of the images fit it?",
                    classifier, scores.count())));
  }

  /**
   * Perturbations that are longer than the way to another sample: the nearest with another label,
   * which proves that they are not minimal; or any at all, which says that no image is so far away.
   *
   * @param points the samples in the space where distances are ℓ2
   */
  public Optional<Suspicion> ofDistances(Space space, Rows points, List<Outcome> outcomes) {
    Neighbours neighbours = new Neighbours(points, labels);
    List<Integer> notMinimal = new ArrayList<>();
    List<Integer> beyondAll = new ArrayList<>();
    for (int i = 0; i < outcomes.size(); i++) {
      OptionalDouble found = outcomes.get(i).distanceIfKnown();
      if (found.isPresent()) {
        double distance = found.getAsDouble();
        OptionalInt nearest = neighbours.nearestOtherwiseLabelled(i);
        if (nearest.isPresent() && distance > points.distance(nearest.getAsInt(), points, i)) {
          notMinimal.add(i);
        } else if (outcomes.size() >= LEAST_SAMPLES && distance > neighbours.farthest(i)) {
          beyondAll.add(i);
        }
      }
    }
    if (!notMinimal.isEmpty()) {
      return Optional.of(
          suspicion(
              "%s: %d of %d perturbations (%s) are longer than the way to another sample with another label, so they are not minimal; search with boundary-descent and --effort thorough, and look for functions that flatten with inspect.",
              space, notMinimal.size(), outcomes.size()));
    }
    return beyondAll.isEmpty()
        ? Optional.empty()
        : Optional.of(
            suspicion(
                "%s: %d of %d perturbations (%s) are longer than the way to any other sample, so its label hardly depends on the image; are all numbers of its output scores of classes (--output, --output-slice), and do range and layout of the images fit it?",
                space, beyondAll.size(), outcomes.size()));
  }

  private Suspicion suspicion(String format, Space space, int count, int all) {
    return new Suspicion(
        Suspicion.Kind.IMPLAUSIBLE_DISTANCE,
        String.format(format, classifier, count, all, space.label()));
  }
}
