package org.robustnessgap.deploy.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;

/** What the lines above a table say of its distances, and those below it of limits. */
final class TableHead {
  /** Of classifiers that can only be asked. */
  static final String BY_QUERIES =
      "Without gradients, from queries alone, longer perturbations are found: distances are upper"
          + " bounds, and so gap ratios are lower estimates.";

  private TableHead() {}

  /**
   * What distances are of and divided by.
   *
   * @param pixelNorms the norms in the unconstrained space, each once; null for an unknown one
   * @param given whether samples are images x of one's own
   */
  static String distances(Set<Space> spaces, List<@Nullable Norm> pixelNorms, boolean given) {
    String ofLatents = given ? "latent by the mean ‖z‖" : "latent by E‖z‖";
    String ofImages = given ? "the mean ‖x‖" : "E‖g(z)‖";
    if (spaces.equals(Set.of(Space.UNCONSTRAINED)) && pixelNorms.equals(List.of(Norm.L2))) {
      return "ℓ2 distances, normalised by the images' mean ℓ2 norm; 95 % intervals.\n";
    }
    if (pixelNorms.isEmpty() || pixelNorms.equals(List.of(Norm.L2))) {
      return String.format(
          "ℓ2 distances, normalised: %s, the others by %s; 95 %% intervals.\n",
          ofLatents, ofImages);
    }
    String rest =
        pixelNorms.size() > 1
            ? "by the norm in their column, normalised if ℓ2"
            : "by " + name(pixelNorms.get(0)) + ", not normalised";
    return spaces.size() == 1
        ? "Distances " + rest + "; 95 % intervals.\n"
        : String.format(
            "ℓ2 distances, normalised: %s, in-distribution by %s; unconstrained: %s; 95 %% intervals.\n",
            ofLatents, ofImages, rest);
  }

  /** For people; null for an unknown norm. */
  static String name(@Nullable Norm norm) {
    if (norm == null) {
      return "an unknown norm";
    }
    return norm == Norm.L2 ? "ℓ2" : "ℓ∞";
  }

  /** For people, what figures were made with. */
  static String madeWith(@Nullable Provenance provenance, List<String> engines) {
    return Provenance.text(provenance)
        + (engines.isEmpty() ? "" : ", " + String.join(" and ", engines));
  }

  /** Why limits do not apply, one sentence for each space and reason. */
  static List<String> notApplicable(Space space, List<SpaceGap> figures) {
    List<String> reasons = new ArrayList<>();
    figures.stream()
        .map(SpaceGap::notApplicable)
        .filter(reason -> reason != null)
        .distinct()
        .forEach(reason -> reasons.add("Not applicable, " + space + ": " + reason + "."));
    return reasons;
  }
}
