package org.robustnessgap.engine;

import org.robustnessgap.messages.StableApi;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.ValueShapes;

/** A runtime for forward graphs. Thread-safe. */
@StableApi
public interface Engine extends ValueShapes.Probe, AutoCloseable {
  /**
   * Measured: runs with fewer bytes of values pay for each operator's call, those with more for
   * what leaves the caches between two operators.
   */
  long PROCESSOR_BATCH_BYTES = 96L << 20;

  /** How results name it, for instance {@code onnxruntime-cpu}. */
  String name();

  /**
   * Makes a model ready to run.
   *
   * @throws org.robustnessgap.messages.InvalidInputException if the runtime cannot run it
   */
  Executable load(OnnxModel model);

  /**
   * Bytes that the values of one run should take: the batch size is chosen by it, and depends on
   * nothing that differs from one run to the next.
   */
  default long batchBytes() {
    return PROCESSOR_BATCH_BYTES;
  }

  @Override
  void close();
}
