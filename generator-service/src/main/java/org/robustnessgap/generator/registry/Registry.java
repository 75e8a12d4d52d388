package org.robustnessgap.generator.registry;

import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.messages.InvalidInputException;

/** A model registry. */
@FunctionalInterface
public interface Registry {
  /**
   * The version that an alias points to now.
   *
   * @param alias as {@code models:/name@alias}
   * @throws ServerUnavailableException if the registry does not answer
   * @throws InvalidInputException if it knows no such alias
   */
  String version(String alias);
}
