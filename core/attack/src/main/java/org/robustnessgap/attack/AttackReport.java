package org.robustnessgap.attack;

import java.util.List;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;
import org.robustnessgap.messages.Suspicion;

/**
 * What an attack on images found.
 *
 * @param results one for each image, in order
 * @param suspicions what looks wrong about them although nothing failed, with likely cause and
 *     remedy; empty if nothing does
 */
@StableApi
public record AttackReport(List<SearchResult> results, List<Suspicion> suspicions) {
  public AttackReport {
    results = List.copyOf(results);
    suspicions = List.copyOf(suspicions);
  }

  /**
   * The share of images whose label no perturbation found within a radius changes: if labels were
   * given, the robust accuracy, else how many keep the classifier's own label. An upper estimate,
   * as the attack may have missed some.
   *
   * @param radius ε, a length in the attack's norm, not negative
   * @return in [0, 1]
   * @throws InvalidInputException if there is no image, one has no usable answer, or the radius is
   *     negative
   */
  public double robustAccuracy(double radius) {
    if (!(radius >= 0)) {
      throw new InvalidInputException("The radius is " + radius + " but must not be negative.");
    }
    long failed = results.stream().filter(result -> result.outcome().failure().isPresent()).count();
    if (results.isEmpty() || failed > 0) {
      throw new InvalidInputException(
          String.format(
              "Robust accuracy needs an answer for every image, but %d of %d have none; leave them out.",
              failed, results.size()));
    }
    long changed =
        results.stream()
            .filter(result -> result.distanceIfKnown().orElse(Double.POSITIVE_INFINITY) <= radius)
            .count();
    return 1 - (double) changed / results.size();
  }
}
