package org.robustnessgap.messages;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What nothing that a kind of job measures of a subject can exceed. */
public interface Limits {
  /** Whose limits they are. */
  Subject subject();

  /** Latent vectors that estimated limits rest on; null if there were none. */
  @Nullable Long smoothnessSamples();

  /** The limit in each space where one is known. */
  Map<Space, TheoreticalLimits.SpaceLimit> spaces();
}
