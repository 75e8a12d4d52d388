package org.robustnessgap.messages;

import org.jspecify.annotations.Nullable;

/**
 * What the perturbations of a result were searched on and how. Figures of different provenance are
 * never mixed. Results of older workers carry none: then neither norm nor algorithm is known.
 *
 * @param generator name of the generator that the images come from
 * @param attack how perturbations were searched
 * @param model which classifier was measured; absent where that is unknown
 * @param access what the search was allowed to learn of it; absent for gradients
 * @param second which the second of a pair of classifiers was; absent where that is unknown, and of
 *     one classifier
 */
public record Provenance(
    String generator,
    AttackPlan attack,
    @OmitEmpty @Nullable ModelIdentity model,
    @OmitEmpty @Nullable Access access,
    @OmitEmpty @Nullable ModelIdentity second) {
  /** What stands for a norm, an algorithm or a generator that no result tells. */
  public static final String UNKNOWN = "unknown";

  /** By gradients, of a classifier of which nothing but its name is known. */
  public Provenance(String generator, AttackPlan attack) {
    this(generator, attack, null, null, null);
  }

  /** Of one classifier. */
  public Provenance(
      String generator, AttackPlan attack, @Nullable ModelIdentity model, @Nullable Access access) {
    this(generator, attack, model, access, null);
  }

  public Provenance {
    Checks.present(generator, "generator of a provenance");
    Checks.present(attack, "attack plan of a provenance");
    access = access == Access.GRADIENTS ? null : access;
  }

  /** The same whichever version of its classifiers was measured. */
  public Provenance ofAnyVersion() {
    return new Provenance(generator, attack, null, access, null);
  }

  /** Whether the other is by the same plan of another version, as far as both are known. */
  public boolean isOfOtherVersion(@Nullable Provenance other) {
    return other != null
        && model != null
        && other.model != null
        && !equals(other)
        && ofAnyVersion().equals(other.ofAnyVersion());
  }

  /** The norm of distances in a space; null where that is unknown: without provenance. */
  public static @Nullable Norm norm(@Nullable Provenance provenance, Space space) {
    if (space != Space.UNCONSTRAINED) {
      // Only perturbations of pixels were ever measured otherwise.
      return Norm.L2;
    }
    return provenance == null ? null : provenance.attack.norm();
  }

  /** For people and metrics: algorithm and effort, or {@link #UNKNOWN} without provenance. */
  public static String algorithm(@Nullable Provenance provenance) {
    return provenance == null ? UNKNOWN : provenance.attack.algorithm().describe();
  }

  /** For people, whether anything is known or not (null). */
  public static String text(@Nullable Provenance provenance) {
    return provenance == null ? UNKNOWN : provenance.describe();
  }

  /** For people, for instance {@code boundary-descent standard, l2, images of dcgan}. */
  public String describe() {
    return attack.describe()
        + ", images of "
        + generator
        + (access == null ? "" : ", by " + access + " alone");
  }
}
