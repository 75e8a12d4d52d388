package org.robustnessgap.worker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The list that users read is the table of rules. */
class OperatorsDocumentTest {
  @Test
  void listsEveryOperatorOnce() throws IOException {
    List<String> listed =
        Files.readAllLines(Path.of("OPERATORS.md")).stream()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| family"))
            .flatMap(line -> Arrays.stream(line.split("\\|")[2].split(",")))
            .map(String::strip)
            .toList();

    assertThat(listed).containsExactlyInAnyOrderElementsOf(AdjointRules.operators());
  }
}
