package org.robustnessgap.messages;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What nothing that a kind of job measures of a subject can exceed. */
public interface Limits {
  /** Whose limits they are. */
  Subject subject();

  /** Latent vectors that estimated limits rest on; null if there were none. */
  @Nullable Long smoothnessSamples();

  /** Whose images they are of; null where that is unknown. */
  @Nullable String generator();

  /** Which version of the classifier they are of, or of the first of two; null if unknown. */
  @Nullable ModelIdentity model();

  /** Which version of the second of two classifiers they are of; null if unknown, and of one. */
  default @Nullable ModelIdentity second() {
    return null;
  }

  /**
   * Whether they are of the version that was measured, as far as both tell.
   *
   * @param provenance of what was measured; null if unknown
   */
  default boolean areOf(@Nullable Provenance provenance) {
    return provenance == null
        || (ModelIdentity.mayBeSame(model(), provenance.model())
            && ModelIdentity.mayBeSame(second(), provenance.second()));
  }

  /** Whether both are of the same version. */
  default boolean areOfVersionOf(Limits other) {
    return Objects.equals(model(), other.model()) && Objects.equals(second(), other.second());
  }

  /** The limit in each space where one is known. */
  Map<Space, TheoreticalLimits.SpaceLimit> spaces();
}
