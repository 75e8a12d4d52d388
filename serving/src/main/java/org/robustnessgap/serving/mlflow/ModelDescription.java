package org.robustnessgap.serving.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.messages.InvalidInputException;

/** The file MLmodel: in which forms a model may be read. */
final class ModelDescription {
  /** Its path among the files of a version. */
  static final String PATH = "MLmodel";

  private static final YAMLMapper YAML = new YAMLMapper();

  private ModelDescription() {}

  /**
   * Where the ONNX file is.
   *
   * @param model for messages
   * @throws InvalidInputException if there is none, with the forms that there are
   */
  static String onnx(String model, Path file) {
    JsonNode flavors;
    try {
      flavors = YAML.readTree(file.toFile()).path("flavors");
    } catch (IOException e) {
      throw new InvalidInputException(
          "The file MLmodel of " + model + " cannot be read; log the model again.", e);
    }
    JsonNode onnx = flavors.path("onnx");
    if (onnx.isMissingNode()) {
      List<String> names = new ArrayList<>();
      flavors.fieldNames().forEachRemaining(names::add);
      throw new InvalidInputException(
          model
              + " is registered as "
              + (names.isEmpty() ? "nothing that can be read" : String.join(", ", names))
              + ", not as ONNX; log it with mlflow.onnx, or serve it and give the address, http://HOST:PORT/invocations.");
    }
    return onnx.path("data").asText("model.onnx");
  }
}
