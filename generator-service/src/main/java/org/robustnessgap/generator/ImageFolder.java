package org.robustnessgap.generator;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Where the images of campaigns lie.
 *
 * @param path of the folder where relative locations begin, and outside which none is read
 */
public record ImageFolder(Path path) {
  public ImageFolder {
    Objects.requireNonNull(path, "path is null");
    if (!Files.isDirectory(path)) {
      throw new InvalidInputException(
          "There is no folder " + path + "; pass --images with the one that holds the images.");
    }
  }
}
