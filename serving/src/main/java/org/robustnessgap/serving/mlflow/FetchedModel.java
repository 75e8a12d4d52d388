package org.robustnessgap.serving.mlflow;

import java.nio.file.Path;
import org.robustnessgap.messages.ModelIdentity;

/**
 * An ONNX model that a registry keeps, as a file of this machine.
 *
 * @param file ONNX, with its weights beside it; it is never changed
 * @param identity version of the registry, and SHA-256 as of any file with its weights
 */
public record FetchedModel(Path file, ModelIdentity identity) {}
