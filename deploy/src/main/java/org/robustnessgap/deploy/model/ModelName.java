package org.robustnessgap.deploy.model;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.robustnessgap.onnx.graph.OnnxModel;

/** What metrics, tables and keys call the model in a file. */
public final class ModelName {
  private static final Pattern SERVED =
      Pattern.compile(
          "(oip\\+)?(https?|grpcs?)://(?<host>[^/:]+)[^/]*(/.*?v2/models/(?<name>[^/]+).*|/.*)?");

  private static final Pattern REGISTERED = Pattern.compile("models:/(?<name>[^/@]+).*");

  private ModelName() {}

  /**
   * Of what {@code --classifier} names: a file, or an address, whose model is called as there; of
   * an address that names none, its host.
   */
  public static String ofLocation(String location) {
    Matcher served = SERVED.matcher(location);
    Matcher registered = REGISTERED.matcher(location);
    if (served.matches()) {
      String named = served.group("name");
      return safe(named == null ? served.group("host") : named);
    }
    return registered.matches() ? safe(registered.group("name")) : of(Path.of(location));
  }

  /** A file may be called anything; a model may not. */
  public static String of(Path file) {
    return safe(OnnxModel.nameOf(file));
  }

  private static String safe(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "_");
    return Character.isLetterOrDigit(safe.charAt(0)) ? safe : "m" + safe;
  }
}
