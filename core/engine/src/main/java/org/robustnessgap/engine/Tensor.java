package org.robustnessgap.engine;

import java.util.Objects;
import org.robustnessgap.messages.StableApi;

/**
 * Float32 values in row-major order. Shares its array: whoever gets a tensor must not write to it.
 *
 * @param values as many as the shape says
 * @param shape dimensions, the batch first
 */
@StableApi
public record Tensor(float[] values, long[] shape) {
  public Tensor {
    Objects.requireNonNull(values, "values is null");
    long size = 1;
    for (long dimension : shape) {
      size *= dimension;
    }
    if (size != values.length) {
      throw new IllegalArgumentException(values.length + " values for " + size + " places");
    }
  }
}
