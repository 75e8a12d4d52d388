package org.robustnessgap.worker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.messages.InvalidInputException;

/**
 * What a worker is told on its command line.
 *
 * @param models where relative locations of models begin
 * @param engine that runs them
 */
public record WorkerOptions(Path models, EngineSettings engine) {
  public WorkerOptions {
    Objects.requireNonNull(models, "models is null");
    Objects.requireNonNull(engine, "engine is null");
    if (!Files.isDirectory(models)) {
      throw new InvalidInputException(
          "There is no folder " + models + "; pass --models with the one that holds the models.");
    }
  }
}
