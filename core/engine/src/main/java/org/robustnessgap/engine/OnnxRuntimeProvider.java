package org.robustnessgap.engine;

/** Finds {@link OnnxRuntimeEngine}. */
public final class OnnxRuntimeProvider implements EngineProvider {
  @Override
  public String name() {
    return EngineSettings.ONNX_RUNTIME;
  }

  @Override
  public Engine open(EngineSettings settings) {
    return new OnnxRuntimeEngine(settings);
  }
}
