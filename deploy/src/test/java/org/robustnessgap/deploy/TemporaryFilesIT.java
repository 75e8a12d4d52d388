package org.robustnessgap.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.deploy.cluster.LauncherProcess;

final class TemporaryFilesIT {
  /** Native libraries are loaded from a temporary folder. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aCommandThatRunsModelsLeavesNothingBehind(@TempDir Path temporary) throws Exception {
    Process inspect =
        LauncherProcess.builder(
                List.of("-Djava.io.tmpdir=" + temporary),
                List.of("inspect", Path.of("models", "mnist-mlp.onnx").toString()))
            .redirectErrorStream(true)
            .start();

    String output = new String(inspect.getInputStream().readAllBytes());

    assertThat(inspect.waitFor()).as(output).isZero();
    assertThat(temporary).isEmptyDirectory();
  }
}
