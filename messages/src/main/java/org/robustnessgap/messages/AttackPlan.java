package org.robustnessgap.messages;

import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How minimal perturbations are searched.
 *
 * @param spaces which robustnesses to measure
 * @param algorithm what searches
 * @param norm how perturbations of the unconstrained space are measured; absent means ℓ2
 * @param pixelRange what perturbed images of the unconstrained space must stay within; null for no
 *     bounds, as in the theory
 */
public record AttackPlan(
    List<Space> spaces, Algorithm algorithm, Norm norm, @Nullable PixelRange pixelRange)
    implements JobPlan {
  public AttackPlan {
    spaces = Checks.notEmpty(spaces, "list of spaces");
    Checks.check(
        EnumSet.copyOf(spaces).size() == spaces.size(), "a space is listed twice in %s", spaces);
    Checks.present(algorithm, "attack algorithm");
    norm = norm == null ? Norm.L2 : norm;
    Checks.check(
        norm == Norm.L2 && pixelRange == null || spaces.contains(Space.UNCONSTRAINED),
        "the %s is about the unconstrained space, which is not among %s; add it, or leave the %s out",
        norm == Norm.L2 ? "pixel range" : "norm " + norm,
        spaces,
        norm == Norm.L2 ? "pixel range" : "norm");
    Checks.check(
        algorithm.searches(norm, null),
        "only boundary-descent and query-descent search by the norm %s, and the algorithm is %s; change one of them",
        norm,
        algorithm.label());
    Checks.check(
        algorithm.searches(Norm.L2, pixelRange),
        "only boundary-descent and query-descent keep to a pixel range, and the algorithm is %s; change one of them",
        algorithm.label());
  }

  /** By ℓ2 norms and without a pixel range, as in the theory. */
  public static AttackPlan of(List<Space> spaces, Algorithm algorithm) {
    return new AttackPlan(spaces, algorithm, Norm.L2, null);
  }

  /** The same in some spaces alone; norm and pixel range go with the unconstrained one. */
  public AttackPlan in(List<Space> some) {
    return some.contains(Space.UNCONSTRAINED)
        ? new AttackPlan(some, algorithm, norm, pixelRange)
        : of(some, algorithm);
  }

  /** As it is followed on a classifier: one that can only be asked is searched by queries. */
  public AttackPlan on(ModelReference classifier) {
    if (!classifier.served()) {
      return this;
    }
    Endpoint endpoint = classifier.endpointOrStandard();
    return new AttackPlan(
        spaces, algorithm.asking(endpoint.queriesOfSample(), endpoint.access()), norm, pixelRange);
  }

  /** The norm of distances in a space: only that of the unconstrained one is for choice. */
  public Norm norm(Space space) {
    return space == Space.UNCONSTRAINED ? norm : Norm.L2;
  }

  /** For people, for instance {@code boundary-descent fast, linf, pixels in [-1, 1]}. */
  public String describe() {
    String where =
        spaces.size() == Space.values().length
            ? ""
            : ", "
                + spaces.stream().sorted().map(Space::label).collect(Collectors.joining(" and "))
                + " only";
    return algorithm.describe()
        + ", "
        + norm
        + (pixelRange == null ? "" : ", pixels in " + pixelRange.describe())
        + where;
  }

  @Override
  public OptionalLong end(SamplingPlan sampling) {
    return sampling.end();
  }

  @Override
  public int batchSize(SamplingPlan sampling) {
    return sampling.batchSize();
  }

  @Override
  public Job cut(Campaign campaign, JobId id, LatentBatch latents) {
    return new Job.Attack(
        id,
        campaign.source(),
        campaign.classifier(id.subject()),
        campaign.sampling().windowOf(id.firstOrdinal()),
        on(campaign.classifier(id.subject())),
        latents,
        campaign.diagnostics(),
        campaign.inversion());
  }

  /** All spaces, by descent on the boundary. */
  public static AttackPlan standard() {
    return of(List.of(Space.values()), Algorithm.BoundaryDescent.standard());
  }
}
