package org.robustnessgap.serving.mlflow;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.serving.call.Credentials;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.call.Timer;

/**
 * The registry that {@code MLFLOW_TRACKING_URI} names, as for MLflow's own clients; {@code
 * MLFLOW_TRACKING_HEADERS_FILE} names a file of headers for it. Needed by few, so it is missed only
 * when it is asked. For one thread at a time.
 */
public final class RegistryFromEnvironment {
  private static final String TRACKING = "MLFLOW_TRACKING_URI";
  private static final String HEADERS = "MLFLOW_TRACKING_HEADERS_FILE";
  private static final String CACHE = "robustness-gap-models";

  private final Map<String, String> environment;

  /** Null until it is asked. */
  private @Nullable MlflowRegistry registry;

  /**
   * @param environment the variables of this process
   */
  public RegistryFromEnvironment(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /**
   * @param location that is to be read from it
   * @throws InvalidInputException if none is named
   */
  public MlflowRegistry reading(String location) {
    if (registry == null) {
      String tracking = environment.getOrDefault(TRACKING, "").strip();
      if (tracking.isEmpty()) {
        throw new InvalidInputException(
            "There is no registry to read "
                + location
                + " from; name its tracking server in the environment variable "
                + TRACKING
                + ".");
      }
      registry =
          new MlflowRegistry(
              tracking,
              new Credentials(environment.get(HEADERS)),
              Deadlines.STANDARD,
              Path.of(System.getProperty("java.io.tmpdir"), CACHE),
              Timer.SYSTEM);
    }
    return registry;
  }
}
