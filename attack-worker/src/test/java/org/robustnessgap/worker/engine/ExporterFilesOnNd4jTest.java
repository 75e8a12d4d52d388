package org.robustnessgap.worker.engine;

class ExporterFilesOnNd4jTest extends ExporterFilesTest {
  @Override
  Engine engine() {
    return new EngineSettings(EngineSettings.Kind.ND4J, Device.CPU, 0, EngineSettings.ALL_MEMORY)
        .open();
  }
}
