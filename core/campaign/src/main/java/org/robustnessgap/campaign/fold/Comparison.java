package org.robustnessgap.campaign.fold;

import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;

/**
 * Whether a limit may stand beside measured distances. Limits are of ℓ2 distances between images of
 * one generator, with perturbations of any size and sign; docs/explanation/theory.md says why they
 * are not held against others.
 *
 * @param norm how the distances are measured; null if unknown
 * @param normaliser what they are divided by; 1 where none belongs to their norm
 * @param notApplicable why no limit stands beside them; null if one does
 */
public record Comparison(@Nullable Norm norm, double normaliser, @Nullable String notApplicable) {

  /** Of the distances of a classifier's perturbations. */
  static Comparison of(
      Space space, @Nullable Provenance provenance, SpaceLimit limit, Limits limits) {
    Norm norm = Provenance.norm(provenance, space);
    if (norm == null) {
      return new Comparison(
          null,
          1,
          "limits are of l2 distances, and older results do not say of which norm they are");
    }
    if (norm != Norm.L2) {
      return new Comparison(
          norm,
          1,
          limit.notApplicable() != null
              ? limit.notApplicable()
              : "limits are of l2 distances, and " + norm + " distances may lie far below them");
    }
    return ofEuclidean(space, provenance, limit, limits);
  }

  /** Of ℓ2 distances: the pairs of all versions were searched by no other norm. */
  static Comparison ofEuclidean(
      Space space, @Nullable Provenance provenance, SpaceLimit limit, Limits limits) {
    String limitsGenerator = limits.generator();
    if (provenance != null
        && limitsGenerator != null
        && !limitsGenerator.equals(provenance.generator())) {
      return new Comparison(
          Norm.L2,
          1,
          "the limits known are of images of "
              + limitsGenerator
              + ", the distances of images of "
              + provenance.generator());
    }
    if (!limits.areOf(provenance)) {
      return new Comparison(
          Norm.L2,
          limit.normaliser(),
          "the limits known are of another version of the classifier than the distances");
    }
    if (limit.notApplicable() != null) {
      return new Comparison(Norm.L2, limit.normaliser(), limit.notApplicable());
    }
    PixelRange range = provenance == null ? null : provenance.attack().pixelRange();
    return new Comparison(
        Norm.L2,
        limit.normaliser(),
        range != null && space == Space.UNCONSTRAINED
            ? "limits allow pixels any value, and distances within "
                + range.describe()
                + " may lie above them"
            : null);
  }
}
