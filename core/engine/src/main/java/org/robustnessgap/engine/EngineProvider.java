package org.robustnessgap.engine;

import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/**
 * A runtime that runs models. Providers are found with {@link java.util.ServiceLoader}: an engine
 * is there if its library is on the class path.
 */
@StableApi
public interface EngineProvider {
  /** What command lines and results call it: lower case, without the device. */
  String name();

  /**
   * Starts the engine.
   *
   * @throws InvalidInputException if the device is not there, with the remedy
   */
  Engine open(EngineSettings settings);
}
