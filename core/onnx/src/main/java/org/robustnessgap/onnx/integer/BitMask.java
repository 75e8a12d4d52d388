package org.robustnessgap.onnx.integer;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.Optional;
import org.robustnessgap.onnx.graph.Tensors;

/**
 * Ones in a row: keeps the bits from 2^from to below 2^to.
 *
 * @param from the lowest bit that is kept
 * @param to the lowest above that is not; {@link #ALL} if there is none
 */
record BitMask(int from, int to) {
  static final int ALL = Long.SIZE;

  /** Of a constant that is one number throughout; empty if its ones are not in a row. */
  static Optional<BitMask> of(TensorProto constant) {
    long[] values = Tensors.integers(constant);
    if (values.length == 0 || Arrays.stream(values).anyMatch(value -> value != values[0])) {
      return Optional.empty();
    }
    long mask = values[0];
    int from = Long.numberOfTrailingZeros(mask);
    int to = ALL - Long.numberOfLeadingZeros(mask);
    return mask != 0 && Long.bitCount(mask) == to - from
        ? Optional.of(new BitMask(from, to))
        : Optional.empty();
  }
}
