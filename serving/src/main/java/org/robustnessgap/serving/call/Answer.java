package org.robustnessgap.serving.call;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model answered.
 *
 * @param modelVersion what the server calls the version that answered; null if it does not say
 * @param outputs in the server's order, at least one
 */
public record Answer(@Nullable String modelVersion, List<OutputTensor> outputs) {
  public Answer {
    outputs = List.copyOf(outputs);
  }
}
