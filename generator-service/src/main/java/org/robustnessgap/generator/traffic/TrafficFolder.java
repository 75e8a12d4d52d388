package org.robustnessgap.generator.traffic;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Where the files of Kafka properties lie by which topics of other clusters are read.
 *
 * @param path of the folder; null if there are none
 */
public record TrafficFolder(@Nullable Path path) {
  public TrafficFolder {
    if (path != null && !Files.isDirectory(path)) {
      throw new InvalidInputException(
          "There is no folder "
              + path
              + "; pass --traffic-properties with the one that holds the files of properties.");
    }
  }
}
