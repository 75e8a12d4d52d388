package org.robustnessgap.deploy.model;

import java.nio.file.Path;
import org.robustnessgap.onnx.graph.OnnxModel;

/** What metrics, tables and keys call the model in a file. */
public final class ModelName {
  private ModelName() {}

  /** A file may be called anything; a model may not. */
  public static String of(Path file) {
    String safe = OnnxModel.nameOf(file).replaceAll("[^A-Za-z0-9._-]", "_");
    return Character.isLetterOrDigit(safe.charAt(0)) ? safe : "m" + safe;
  }
}
