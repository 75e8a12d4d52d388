package org.robustnessgap.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.Refusals.assertRefused;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineSettingsTest {
  @ParameterizedTest
  @CsvSource({
    "onnxruntime, cpu, onnxruntime-cpu",
    "onnxruntime, cuda, onnxruntime-cuda:0",
    "nd4j, cuda:12, nd4j-cuda:12"
  })
  void nameInResults(String kind, String device, String name) {
    assertThat(settings(kind, device, 0).name()).isEqualTo(name);
  }

  @Test
  void standardRunsHere() {
    try (Engine engine = EngineSettings.standard().open()) {
      assertThat(engine.name()).isEqualTo("onnxruntime-cpu");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpu", "CPU", "cuda:", "cuda:-1", "cuda:99999", "cuda:1 ", ""})
  void devicesThatCannotBe(String device) {
    assertRefused(() -> Device.of(device), "'" + device + "'", "cuda:N");
  }

  @Test
  void unknownEngine() {
    assertRefused(
        () -> settings("tensorrt", "cpu", 0).open(), "tensorrt", "nd4j, onnxruntime", "class path");
  }

  @Test
  void negativeThreads() {
    assertRefused(() -> settings("onnxruntime", "cpu", -1), "-1", "--threads");
  }

  @Test
  void tooLittleMemory() {
    assertRefused(
        () -> new EngineSettings(EngineSettings.ONNX_RUNTIME, Device.CPU, 0, 1 << 20),
        "1048576",
        "256m");
  }

  /** Neither the library for the CPU nor a machine without the device can run there. */
  @Test
  void aCudaDeviceThatIsNotThere() {
    assertRefused(() -> settings("onnxruntime", "cuda:9999", 0).open(), "cuda", "--device cpu");
  }

  private static EngineSettings settings(String kind, String device, int threads) {
    return new EngineSettings(kind, Device.of(device), threads, EngineSettings.ALL_MEMORY);
  }
}
