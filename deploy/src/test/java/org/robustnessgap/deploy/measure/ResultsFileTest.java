package org.robustnessgap.deploy.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.messages.InvalidInputException;

/** What is written over. */
final class ResultsFileTest {
  @TempDir Path folder;

  @Test
  void aModelNamedByMistakeIsKept() throws Exception {
    Path model = Files.write(folder.resolve("f.onnx"), new byte[] {8, 9, 18});
    assertThatThrownBy(() -> new ResultsFile(model, "e"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("f.onnx (--out) exists and holds no results");
    assertThat(model).hasBinaryContent(new byte[] {8, 9, 18});
  }

  @Test
  void olderResultsAreReplaced() throws Exception {
    Path results = Files.writeString(folder.resolve("r.jsonl"), "{\"classifier\":\"f\"}\n");
    new ResultsFile(results, "e").close();
    assertThat(results).isEmptyFile();
  }
}
