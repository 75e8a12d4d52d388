package org.robustnessgap.campaign.evidence;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;

/** Why images of one's own have no limit to be held against, and what divides their distances. */
final class NoLimits {
  /** Of data whose distribution nobody knows. */
  private static final String WITHOUT_GENERATOR =
      "no generator was given, and limits are of its latent vectors";

  /** The theorem is about N(0, I), and nobody knows how the vectors of images are distributed. */
  private static final String OF_GIVEN_IMAGES =
      "limits are of latent vectors drawn from N(0, I), and those of given images need not be";

  private NoLimits() {}

  /** For each space whose distances are known to have a mean norm that divides them. */
  static Map<Space, SpaceLimit> ofImages(LabelEvidence labels, List<Double> quantiles) {
    Map<Space, SpaceLimit> spaces = new EnumMap<>(Space.class);
    String reason = labels.inverted() ? OF_GIVEN_IMAGES : WITHOUT_GENERATOR;
    if (labels.meanLatentNorm() > 0) {
      spaces.put(Space.LATENT, SpaceLimit.none(reason, labels.meanLatentNorm(), quantiles));
    }
    if (labels.meanImageNorm() > 0) {
      SpaceLimit none = SpaceLimit.none(reason, labels.meanImageNorm(), quantiles);
      spaces.put(Space.UNCONSTRAINED, none);
      if (labels.inverted()) {
        spaces.put(Space.IN_DISTRIBUTION, none);
      }
    }
    return spaces;
  }
}
