package org.robustnessgap.worker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.robustnessgap.messages.InvalidInputException;

/**
 * What a worker is told on its command line.
 *
 * @param models where relative locations of models begin
 * @param threads of the engine; 0 for one a core
 */
public record WorkerOptions(Path models, int threads) {
  public WorkerOptions {
    Objects.requireNonNull(models, "models is null");
    if (!Files.isDirectory(models)) {
      throw new InvalidInputException(
          "There is no folder " + models + "; pass --models with the one that holds the models.");
    }
    if (threads < 0) {
      throw new InvalidInputException("--threads is " + threads + " but must not be negative.");
    }
  }
}
