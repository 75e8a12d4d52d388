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
   * Says before any work whether a model can be written there.
   *
   * @throws InvalidInputException if there is a folder or what is no model, or no folder for it
   */
  public static void requireWritable(Path out) {
    if (Files.isDirectory(out)) {
      throw new InvalidInputException(
          out
              + " (--out) is a folder; name a file in it, for instance "
              + out.resolve("g.onnx")
              + ".");
    }
    if (Files.exists(out) && !out.toString().endsWith(".onnx")) {
      throw new InvalidInputException(
          out + " (--out) exists and is no .onnx file; name another file, or remove it.");
    }
    Path folder = out.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new InvalidInputException(cannotWrite(out));
    }
  }

  private static String cannotWrite(Path out) {
    return "Cannot write " + out + " (--out); does its folder exist, and may you write there?";
  }

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
    requireWritable(out);
    try {
      Files.write(out, model.toBytes(metadata));
    } catch (IOException e) {
      throw new InvalidInputException(cannotWrite(out), e);
    }
    System.out.println(out);
    model.inputs().forEach(input -> System.out.println("  input   " + input.describe()));
    model.outputs().forEach(output -> System.out.println("  output  " + output.describe()));
  }
}
