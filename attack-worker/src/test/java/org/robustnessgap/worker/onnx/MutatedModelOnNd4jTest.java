package org.robustnessgap.worker.onnx;

import org.robustnessgap.worker.engine.Device;
import org.robustnessgap.worker.engine.Engine;
import org.robustnessgap.worker.engine.EngineSettings;

/** Native code that meets damaged shapes would end the process. */
class MutatedModelOnNd4jTest extends MutatedModelTest {
  @Override
  Engine engine() {
    return new EngineSettings(EngineSettings.Kind.ND4J, Device.CPU, 1, EngineSettings.ALL_MEMORY)
        .open();
  }
}
