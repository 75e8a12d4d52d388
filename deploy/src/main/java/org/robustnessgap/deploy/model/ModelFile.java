package org.robustnessgap.deploy.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.OnnxModel;

/** A model that a command writes. */
public final class ModelFile {
  private ModelFile() {}

  /**
   * Writes a model, weights inside, and prints what it takes and gives.
   *
   * @throws InvalidInputException if it cannot be written
   */
  public static void write(Path out, OnnxModel model) {
    write(out, model, Map.of());
  }

  /**
   * The same with metadata, texts by key.
   *
   * @throws InvalidInputException if it cannot be written, or would replace what is no model
   */
  public static void write(Path out, OnnxModel model, Map<String, String> metadata) {
    if (Files.exists(out) && !out.toString().endsWith(".onnx")) {
      throw new InvalidInputException(
          out + " (--out) exists and is no .onnx file; name another file, or remove it.");
    }
    try {
      Files.write(out, model.toBytes(metadata));
    } catch (IOException e) {
      throw new InvalidInputException(
          "Cannot write " + out + " (--out); does its folder exist, and may you write there?", e);
    }
    System.out.println(out);
    model.inputs().forEach(input -> System.out.println("  input   " + input.describe()));
    model.outputs().forEach(output -> System.out.println("  output  " + output.describe()));
  }
}
