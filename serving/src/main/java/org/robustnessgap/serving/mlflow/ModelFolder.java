package org.robustnessgap.serving.mlflow;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.onnx.graph.OnnxFile;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.CallFailure.Kind;

/** Where fetched models are kept: a folder for each, named by model, version and digest. */
final class ModelFolder {
  /** Tells what a folder holds, on three lines: source, path of the ONNX file, SHA-256. */
  private static final String LABEL = "fetched";

  private static final int LABEL_LINES = 3;
  private static final int SHOWN = 12;

  private final Path root;

  ModelFolder(Path root) {
    this.root = root;
  }

  /** What was fetched of a version before. */
  Optional<FetchedModel> find(RegisteredVersion version) {
    if (!Files.isDirectory(root)) {
      return Optional.empty();
    }
    String prefix = prefix(version);
    try (Stream<Path> folders = Files.list(root)) {
      for (Path folder :
          folders.filter(each -> each.getFileName().toString().startsWith(prefix)).toList()) {
        List<String> label = Files.readAllLines(folder.resolve(LABEL));
        // A registry that was set up anew counts from 1 again.
        if (label.size() == LABEL_LINES && label.get(0).equals(version.source())) {
          return Optional.of(model(folder, version, label));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /**
   * Fetches a version.
   *
   * @throws CallFailure if the registry does not give it
   * @throws InvalidInputException if it is no ONNX model, or the folder cannot be written
   */
  FetchedModel add(String model, RegisteredVersion version, RegistryCalls registry)
      throws CallFailure {
    try {
      Files.createDirectories(root);
      Path part = Files.createTempDirectory(root, ".part-");
      try {
        List<String> label = fetch(model, version, registry, part);
        Files.write(part.resolve(LABEL), label);
        Path whole = root.resolve(prefix(version) + label.get(LABEL_LINES - 1).substring(0, SHOWN));
        return model(moved(part, whole), version, label);
      } finally {
        delete(part);
      }
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /** Another process may have been quicker. */
  private static Path moved(Path part, Path whole) throws IOException {
    try {
      Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.exists(whole.resolve(LABEL))) {
        throw e;
      }
    }
    return whole;
  }

  private static List<String> fetch(
      String model, RegisteredVersion version, RegistryCalls registry, Path part)
      throws CallFailure, IOException {
    Map<String, Long> sizes = registry.sizes(version);
    Path description = part.resolve(ModelDescription.PATH);
    registry.fetch(version, ModelDescription.PATH, description);
    String onnx = ModelDescription.onnx(model, description);
    Path file = part.resolve(onnx).normalize();
    if (!file.startsWith(part)) {
      throw new InvalidInputException(
          model + " names a file outside its own folder, " + onnx + "; log it again.");
    }
    Files.createDirectories(file.getParent());
    registry.fetch(version, onnx, file);
    requireWhole(onnx, file, sizes);
    SortedMap<String, Path> weights = weights(model, file);
    for (Path each : weights.values()) {
      String path = part.relativize(each).toString();
      Files.createDirectories(each.getParent());
      registry.fetch(version, path, each);
      requireWhole(path, each, sizes);
    }
    return List.of(version.source(), onnx, digest(file, weights));
  }

  private static SortedMap<String, Path> weights(String model, Path file) {
    try {
      return OnnxFile.weights(file);
    } catch (InvalidInputException e) {
      // The file is gone when somebody reads this.
      throw new InvalidInputException(e.getMessage().replace(file.toString(), model), e);
    }
  }

  private static void requireWhole(String path, Path file, Map<String, Long> sizes)
      throws CallFailure, IOException {
    Long size = sizes.get(path);
    if (size != null && size != Files.size(file)) {
      throw new CallFailure(
          Kind.UNAVAILABLE,
          String.format(
              "its registry gave %d bytes of %s, which has %d", Files.size(file), path, size));
    }
  }

  /** As that of any file with its weights, which results and campaigns state. */
  private static String digest(Path file, SortedMap<String, Path> weights) throws IOException {
    String own = sha256(file);
    if (weights.isEmpty()) {
      return own;
    }
    StringBuilder lines = new StringBuilder(own).append('\n');
    for (Map.Entry<String, Path> each : weights.entrySet()) {
      lines.append(sha256(each.getValue())).append("  ").append(each.getKey()).append('\n');
    }
    return HexFormat.of()
        .formatHex(sha256().digest(lines.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static FetchedModel model(Path folder, RegisteredVersion version, List<String> label) {
    return new FetchedModel(
        folder.resolve(label.get(1)), new ModelIdentity(version.version(), label.get(2), null));
  }

  private static String prefix(RegisteredVersion version) {
    return URLEncoder.encode(version.name(), StandardCharsets.UTF_8)
        + "-"
        + version.version()
        + "-";
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private InvalidInputException unusable(IOException e) {
    return new InvalidInputException(
        "The folder " + root + " for models of a registry cannot be used; is it writable?", e);
  }
}
