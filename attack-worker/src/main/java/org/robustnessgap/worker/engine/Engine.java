package org.robustnessgap.worker.engine;

import org.robustnessgap.worker.onnx.OnnxModel;
import org.robustnessgap.worker.onnx.ValueShapes;

/** A runtime for forward graphs. Thread-safe. */
public interface Engine extends ValueShapes.Probe, AutoCloseable {
  /** How results name it, for instance {@code onnxruntime-cpu}. */
  String name();

  /**
   * Makes a model ready to run.
   *
   * @throws org.robustnessgap.messages.InvalidInputException if the runtime cannot run it
   */
  Executable load(OnnxModel model);

  @Override
  void close();
}
