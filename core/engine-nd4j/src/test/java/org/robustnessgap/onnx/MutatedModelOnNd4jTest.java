package org.robustnessgap.onnx;

import org.robustnessgap.engine.Device;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;

/** Native code that meets damaged shapes would end the process. */
class MutatedModelOnNd4jTest extends MutatedModelTest {
  @Override
  Engine engine() {
    return new EngineSettings("nd4j", Device.CPU, 1, EngineSettings.ALL_MEMORY).open();
  }
}
