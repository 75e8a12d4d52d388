package org.robustnessgap.attack.projection;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.AttackedSample;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.Space;

/** What is known of f̃ around one image x = g(z). */
final class SampleProjection {
  /**
   * A perturbation that changes the label of f̃.
   *
   * @param nearest the search that ended nearest to x + v
   */
  record ProjectedPerturbation(
      float[] perturbation, double length, NearestImage nearest, int label) {}

  private final AttackedSample attacked;
  private final Outcome inDistributionOutcome;
  private final float[] z;
  private final float[] image;
  private final Cost cost = new Cost();
  private final List<Start> starts = new ArrayList<>();
  private ProjectedSample.@Nullable Inversion inversion;
  private @Nullable ProjectedPerturbation shortest;
  private double inDistribution;

  /** How much of the way that the linearisation shows is gone. */
  private double share = 1;

  SampleProjection(AttackedSample attacked, float[] z, float[] image) {
    this.attacked = attacked;
    this.z = z;
    this.image = image;
    this.inDistributionOutcome =
        Objects.requireNonNull(attacked.result().spaces().get(Space.IN_DISTRIBUTION));
    this.inDistribution = inDistributionOutcome.distanceIfKnown().orElse(Double.NaN);
  }

  boolean isUsable() {
    return label() >= 0;
  }

  /** Whether a perturbation that changes the label of f̃ is known to begin with: r_in(f)'s. */
  boolean isCrossed() {
    return hasPoint(Space.IN_DISTRIBUTION);
  }

  /** Whether a change of f's label was found in a space. */
  boolean hasPoint(Space space) {
    return attacked.points().containsKey(space);
  }

  /** z + r or x + v that changes f's label, where it was found. */
  float[] point(Space space) {
    return Objects.requireNonNull(attacked.points().get(space));
  }

  /** f(x). */
  int label() {
    return attacked.result().label();
  }

  float[] z() {
    return z;
  }

  /** x. */
  float[] image() {
    return image;
  }

  Cost cost() {
    return cost;
  }

  double inDistribution() {
    return inDistribution;
  }

  boolean hasShortest() {
    return shortest != null;
  }

  /** The shortest so far, once one was found. */
  ProjectedPerturbation shortest() {
    return Objects.requireNonNull(shortest, "no perturbation was found");
  }

  double share() {
    return share;
  }

  /** The linearisation led astray: go less far. */
  void halveShare() {
    share /= 2;
  }

  void addStart(Start start) {
    starts.add(start);
  }

  /** Where searches near x begin: z itself, then other minima. */
  List<Start> starts() {
    return List.copyOf(starts);
  }

  void inverted(ProjectedSample.Inversion how) {
    inversion = how;
  }

  /** Keeps it if it is shorter. Its nearest image changes the label of f, and so of f̃, too. */
  void offer(ProjectedPerturbation crossing) {
    NearestImage nearest = crossing.nearest();
    float[] onManifold = Vectors.sum(nearest.image(), image, -1);
    double length = Vectors.norm(onManifold);
    inDistribution = Math.min(inDistribution, length);
    keepShorter(crossing);
    keepShorter(
        new ProjectedPerturbation(onManifold, length, nearest.ofItsImage(), crossing.label()));
  }

  private void keepShorter(ProjectedPerturbation crossing) {
    if (shortest == null || crossing.length() < shortest.length()) {
      shortest = crossing;
    }
  }

  ProjectedSample result() {
    double excess =
        shortest == null ? Double.NaN : shortest.nearest().residual() - shortest.length();
    return new ProjectedSample(
        attacked.result().ordinal(), outcome(), inDistribution, excess, inversion);
  }

  private Outcome outcome() {
    if (shortest != null) {
      return new Outcome.Found(
          shortest.length(), shortest.label(), null, cost.gradients(), cost.forwards());
    }
    if (inDistributionOutcome instanceof Outcome.Tie) {
      return new Outcome.Tie(cost.gradients(), cost.forwards());
    }
    return inDistributionOutcome
        .failure()
        .<Outcome>map(reason -> new Outcome.Failed(reason, cost.gradients(), cost.forwards()))
        .orElseGet(
            () ->
                new Outcome.NotFound(
                    Outcome.NotFound.Reason.BUDGET, cost.gradients(), cost.forwards()));
  }
}
