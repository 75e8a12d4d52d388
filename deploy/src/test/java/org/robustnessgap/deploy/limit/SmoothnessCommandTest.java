package org.robustnessgap.deploy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.robustnessgap.deploy.CapturedOutput;
import org.robustnessgap.service.CommandLines;

class SmoothnessCommandTest {
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  private static int smoothness(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--generator", "models/mnist-dcgan.onnx", "--equiprobable", "10"));
    arguments.addAll(List.of(more));
    return CommandLines.execute(new SmoothnessCommand(), arguments.toArray(String[]::new));
  }

  @Test
  void aRowForEachQuantilePlanAndNumberOfSamples() {
    assertThat(
            smoothness(
                "--samples", "32,16", "--restarts", "1,2", "--steps", "1", "--quantile", "0.25"))
        .isZero();
    List<String[]> rows =
        output.out().lines().skip(1).map(line -> line.trim().split(" +")).toList();
    assertThat(rows).extracting(row -> row[1]).containsExactly("1", "1", "2", "2");
    assertThat(rows).extracting(row -> row[3]).containsExactly("16", "32", "16", "32");
    // With so few, p(t, η) is uncertain, and only a radius that reaches much more decides.
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(Double.parseDouble(row[4])).isPositive();
              assertThat(Double.parseDouble(row[6])).isGreaterThan(0.158);
            });
  }

  @Test
  void numbersOfSamplesMustBePositive() {
    assertThat(smoothness("--samples", "0")).isEqualTo(2);
    assertThat(output.err()).contains("--samples is 0");
  }
}
