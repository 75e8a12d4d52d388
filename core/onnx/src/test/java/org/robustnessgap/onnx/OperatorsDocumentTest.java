package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.onnx.adjoint.AdjointRules;
import org.robustnessgap.onnx.graph.Operator;
import org.robustnessgap.onnx.lowering.LoweringRules;

/** The lists that users read are the tables of rules. */
class OperatorsDocumentTest {
  @Test
  void listsEveryOperatorOnce() throws IOException {
    assertThat(listed("family")).containsExactlyInAnyOrderElementsOf(AdjointRules.operators());
  }

  @Test
  void listsEveryRewrittenOperatorOnce() throws IOException {
    assertThat(listed("rewritten"))
        .containsExactlyInAnyOrderElementsOf(
            LoweringRules.operators().stream().map(Operator::toString).toList());
  }

  /** The second column of the table whose first is called so. */
  private static List<String> listed(String table) throws IOException {
    return Files.readAllLines(Path.of("..", "..", "docs", "reference", "operators.md")).stream()
        .dropWhile(line -> !line.startsWith("| " + table))
        .takeWhile(line -> line.startsWith("|"))
        .skip(2)
        .flatMap(line -> Arrays.stream(line.split("\\|")[2].split(",")))
        .map(String::strip)
        .toList();
  }
}
