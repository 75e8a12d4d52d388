package org.robustnessgap.deploy.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ClassMeasuresTableTest {
  /** Of 0 of n, (α/2K)^(1/n) is the upper end's complement: here K = 2, α = 0.05, n = 10. */
  @Test
  void intervalsHoldForAllClassesTogether() {
    Map<String, List<Long>> counts = new LinkedHashMap<>();
    counts.put("f", List.of(10L, 0L));
    counts.put("g", List.of(5L, 3L, 2L));
    counts.put("none", List.of(0L, 0L));

    String upper = String.format("%.3f", 1 - Math.pow(0.05 / 4, 0.1));
    assertThat(new ClassMeasuresTable(counts).render().lines())
        .hasSize(8)
        .contains("", "f: --counts 10,0", "g: --counts 5,3,2")
        .anyMatch(line -> line.matches("class measures +f +g"))
        .anyMatch(
            line -> line.matches("  1 +0\\.000 \\(0\\.000 to " + upper + "\\) +0\\.300 \\(.*"))
        .anyMatch(line -> line.matches("  2 +– +0\\.200 \\(.*"))
        .anyMatch(line -> line.matches("  labels +10 +10"));
  }

  @Test
  void manyClassesAreCutToTheMostFrequent() {
    List<Long> thousand = new java.util.ArrayList<>(Collections.nCopies(1000, 1L));
    thousand.set(700, 9L);

    String table = new ClassMeasuresTable(Map.of("f", thousand)).render();

    assertThat(table.lines()).hasSize(1 + 1 + 20 + 1);
    assertThat(table).contains("  700 ").doesNotContain("--counts");
  }

  @Test
  void withoutLabelsNothingIsSaid() {
    assertThat(new ClassMeasuresTable(Map.of("f", List.of(0L, 0L))).render()).isEmpty();
  }
}
