package org.robustnessgap.attack.query;

import org.robustnessgap.messages.ModelIdentity;

/**
 * Another version of a served model answers than answered before: what was found of the one says
 * nothing of the other, so the work must be done again.
 */
public final class ModelChangedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ModelChangedException(String model, ModelIdentity before, ModelIdentity now) {
    super(
        String.format(
            "%s changed in mid-work, from %s to %s; the work begins again with what answers now.",
            model, before.describe(), now.describe()));
  }
}
