package org.robustnessgap.engine.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.Refusals.assertRefused;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.engine.Device;

class ComputeCapabilityTest {
  private static final Device DEVICE = Device.of("cuda:1");

  /** Also where the code is that of an older minor. */
  @ParameterizedTest
  @ValueSource(strings = {"3.7", "5.0", "5.3", "6.1", "7.0", "7.2", "7.5", "8.0", "8.6", "8.9"})
  void devicesWithMachineCode(String capability) {
    ComputeCapability device = ComputeCapability.parse(DEVICE, capability + "\n");

    assertThat(device.hasMachineCode()).isTrue();
    device.requireMachineCode();
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.5", "9.0", "10.0", "12.0"})
  void devicesWithout(String capability) {
    ComputeCapability device = ComputeCapability.parse(DEVICE, capability);

    assertThat(device.hasMachineCode()).isFalse();
    assertRefused(device::requireMachineCode, capability, "8.6", "--engine onnxruntime");
  }

  @Test
  void noSuchDevice() {
    assertRefused(() -> ComputeCapability.parse(DEVICE, "No devices were found"), "cuda:1");
    assertRefused(() -> ComputeCapability.parse(DEVICE, ""), "cuda:1", "--device cpu");
  }
}
