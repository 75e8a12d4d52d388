package org.robustnessgap.serving.call;

import java.util.List;

/** Whatever holds a model, as one address tells it. */
public interface ModelServer extends AutoCloseable {
  /**
   * What it says of the model and itself; little, or nothing, of many.
   *
   * @throws CallFailure if it cannot be asked, or knows no such model
   */
  ModelMetadata metadata() throws CallFailure;

  /** The ways in which it may be asked, the most certain first; at least one. */
  List<InferenceTransport> transports();

  /** Whether a question must name the tensor that takes images. */
  default boolean namesInputs() {
    return true;
  }

  @Override
  void close();
}
