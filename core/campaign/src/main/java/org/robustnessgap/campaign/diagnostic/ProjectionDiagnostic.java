package org.robustnessgap.campaign.diagnostic;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.projection.NearestPointAttack;
import org.robustnessgap.attack.projection.ProjectedSample;
import org.robustnessgap.attack.projection.ProjectedSample.Inversion;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.limit.NearestPoint;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.Space;

/**
 * The classifier behind a projection onto the generator's images: Theorem 2 of Fawzi et al. 2018.
 */
public final class ProjectionDiagnostic implements SampleDiagnostic {
  public static final String NAME = "projection";

  /** Names of its numbers. */
  public static final String DISTANCE = "projected_distance";

  public static final String IN_DISTRIBUTION = "projected_in_distribution";
  public static final String LEAST = "projected_least_distance";
  public static final String GRADIENTS = "projection_gradients";
  public static final String FORWARDS = "projection_forwards";
  public static final String INVERSION_RESIDUAL = "inversion_residual";
  public static final String INVERSION_KEEPS_LABEL = "inversion_keeps_label";
  public static final String INVERSION_STARTS = "inversion_starts";
  public static final String INVERSION_DISAGREEING = "inversion_disagreeing";

  /** The starts that do not know z are the same whatever the campaign: a job has no seed. */
  private static final long SEED = 0;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(
        DISTANCE,
        "r_unc of the nearest-point classifier, ℓ2, not normalised; absent if no change of label"
            + " was found");
    values.put(
        IN_DISTRIBUTION,
        "r_in of the classifier, the shortest that any search came across; not normalised");
    values.put(LEAST, "what Theorem 2 says projected_distance is at least");
    values.put(GRADIENTS, "vector–Jacobian products spent on the sample");
    values.put(FORWARDS, "evaluations without a gradient spent on the sample");
    values.put(
        INVERSION_RESIDUAL,
        "how near to the sample's image a search comes that does not know its latent vector; not"
            + " normalised");
    values.put(INVERSION_KEEPS_LABEL, "1 if the classifier answers there as at the sample, else 0");
    values.put(INVERSION_STARTS, "starts of that search");
    values.put(INVERSION_DISAGREEING, "those that lead to a point with another label");
    return values;
  }

  @Override
  public void requireFits(AttackPlan plan) {
    if (!plan.spaces().containsAll(List.of(Space.IN_DISTRIBUTION, Space.UNCONSTRAINED))) {
      throw new InvalidInputException(
          "The diagnostic projection compares the spaces in-distribution and unconstrained at"
              + " images of a generator; add them to the spaces, which takes a generator in place"
              + " of images of your own.");
    }
    if (plan.norm() != Norm.L2 || plan.pixelRange() != null) {
      throw new InvalidInputException(
          "The diagnostic projection is about ℓ2 norms without bounds; leave it out, or the norm"
              + " linf and the pixel range.");
    }
  }

  @Override
  public Probe open(AttackTarget target, Engine engine) {
    NearestPointAttack attack = new NearestPointAttack(target.generator(), target, SEED);
    return (latents, attacked) ->
        attack.attack(latents, attacked).stream().map(ProjectionDiagnostic::values).toList();
  }

  private static SampleValues values(ProjectedSample sample) {
    Inversion inversion = sample.inversion();
    SampleValues values =
        new SampleValues()
            .with(
                Space.UNCONSTRAINED,
                DISTANCE,
                sample.outcome().distanceIfKnown().orElse(Double.NaN))
            .with(Space.UNCONSTRAINED, IN_DISTRIBUTION, sample.inDistribution())
            .with(
                Space.UNCONSTRAINED,
                LEAST,
                NearestPoint.leastUnconstrained(sample.inDistribution(), sample.excess()))
            .with(Space.UNCONSTRAINED, GRADIENTS, (double) sample.outcome().gradients())
            .with(Space.UNCONSTRAINED, FORWARDS, (double) sample.outcome().forwards());
    return inversion == null
        ? values
        : values
            .with(Space.UNCONSTRAINED, INVERSION_RESIDUAL, inversion.residual())
            .with(Space.UNCONSTRAINED, INVERSION_KEEPS_LABEL, inversion.keepsLabel() ? 1.0 : 0.0)
            .with(Space.UNCONSTRAINED, INVERSION_STARTS, (double) inversion.starts())
            .with(Space.UNCONSTRAINED, INVERSION_DISAGREEING, (double) inversion.disagreeing());
  }
}
