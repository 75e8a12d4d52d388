package org.robustnessgap.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.Refusals.assertRefused;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.engine.EngineSettings;
import picocli.CommandLine;

class EngineOptionsTest {
  @Test
  void byDefaultOnnxRuntimeOnAllCoresOfTheCpu() {
    assertThat(parse().settings()).isEqualTo(EngineSettings.standard());
  }

  @ParameterizedTest
  @CsvSource({"256m, 268435456", "8g, 8589934592", "all, " + Long.MAX_VALUE})
  void memoryOfADevice(String size, long bytes) {
    assertThat(parse("--device-memory", size).settings().deviceMemory()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"8", "8gb", "-8g", "", "1m", "9999999999g"})
  void noMemory(String size) {
    assertRefused(() -> parse("--device-memory", size).settings(), "--device-memory");
  }

  @Test
  void anotherProcessIsToldTheSame() {
    EngineOptions options = parse("--threads", "3", "--device-memory", "512m");

    assertThat(parse(options.arguments().toArray(String[]::new)).settings())
        .isEqualTo(options.settings());
  }

  private static EngineOptions parse(String... arguments) {
    return CommandLine.populateCommand(new EngineOptions(), arguments);
  }
}
