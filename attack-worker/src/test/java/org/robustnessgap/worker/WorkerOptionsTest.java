package org.robustnessgap.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.messages.InvalidInputException;

class WorkerOptionsTest {
  @TempDir Path folder;

  @Test
  void aFolderThatIsMissingIsNamed() {
    Path missing = folder.resolve("models");

    assertThat(new WorkerOptions(folder, EngineSettings.standard()).models()).isEqualTo(folder);
    assertThatThrownBy(() -> new WorkerOptions(missing, EngineSettings.standard()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "There is no folder "
                + missing
                + "; pass --models with the one that holds the models.");
  }
}
