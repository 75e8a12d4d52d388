package org.robustnessgap.fit.autoencoder;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.robustnessgap.fit.training.TrainingState;

/**
 * An autoencoder with what its training found.
 *
 * @param weights by name
 * @param epochs at least one
 */
public record Trained(
    Autoencoder autoencoder, Map<String, TensorProto> weights, List<TrainingState.Epoch> epochs) {
  public Trained {
    // In their order, so that files are the same each time.
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    epochs = List.copyOf(epochs);
    if (epochs.isEmpty()) {
      throw new IllegalArgumentException("no epoch has ended");
    }
  }

  /** Of the last epoch. */
  TrainingState.Epoch last() {
    return epochs.get(epochs.size() - 1);
  }
}
