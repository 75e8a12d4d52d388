package org.robustnessgap.engine;

class ExporterFilesOnNd4jTest extends ExporterFilesTest {
  @Override
  Engine engine() {
    return new EngineSettings("nd4j", Device.CPU, 0, EngineSettings.ALL_MEMORY).open();
  }
}
