package org.robustnessgap.campaign.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.OnnxFile;

/** Which version of an ONNX file there is; reads a file only once it changed. One thread. */
final class FileVersions {
  private final Map<Path, Known> known = new HashMap<>();

  /** A version, the files of weights that it names, and its digest once somebody asked. */
  private record Known(
      FileVersion version, SortedMap<String, Path> weights, @Nullable String digest) {}

  /**
   * @throws InvalidInputException if the file is missing or no ONNX file
   */
  FileVersion of(Path file) {
    return look(file).version();
  }

  /**
   * The digest of the version that there is.
   *
   * @throws InvalidInputException likewise, or if it cannot be read
   */
  String digest(Path file) {
    Known now = look(file);
    String digest = now.digest();
    if (digest == null) {
      digest = now.version().digest();
      known.put(file, new Known(now.version(), now.weights(), digest));
    }
    return digest;
  }

  private Known look(Path file) {
    FileVersion.Part own = own(file);
    Known before = known.get(file);
    SortedMap<String, Path> weights =
        before != null && before.version().own().equals(own)
            ? before.weights()
            : OnnxFile.weights(file);
    FileVersion version = FileVersion.of(own, weights);
    if (before != null && before.version().equals(version)) {
      return before;
    }
    Known now = new Known(version, weights, null);
    known.put(file, now);
    return now;
  }

  private static FileVersion.Part own(Path file) {
    try {
      return FileVersion.Part.of("", file);
    } catch (IOException e) {
      throw new InvalidInputException(
          "There is no file " + file + "; put the ONNX model there, or correct its location.", e);
    }
  }
}
