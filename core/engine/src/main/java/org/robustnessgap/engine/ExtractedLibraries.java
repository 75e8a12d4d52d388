package org.robustnessgap.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The temporary folder that ONNX Runtime loads its native libraries from. It asks the JVM to delete
 * the folder before the files in it, which leaves the folder behind at every exit.
 */
final class ExtractedLibraries {
  private static final Path MAPPED = Path.of("/proc/self/maps");
  private static final String PREFIX = "onnxruntime-java";

  private ExtractedLibraries() {}

  /** Once ONNX Runtime is loaded; does nothing where the system does not say what is loaded. */
  static void deleteAtExit() {
    if (Files.isReadable(MAPPED)) {
      folder()
          .ifPresent(
              folder ->
                  Runtime.getRuntime()
                      .addShutdownHook(new Thread(() -> delete(folder), "onnxruntime-folder")));
    }
  }

  static Optional<Path> folder() {
    try (Stream<String> lines = Files.lines(MAPPED)) {
      return lines
          .filter(line -> line.contains("/" + PREFIX))
          .map(line -> Path.of(line.substring(line.indexOf('/'))).getParent())
          .filter(folder -> folder.getFileName().toString().startsWith(PREFIX))
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // What is left is a temporary folder.
    }
  }
}
