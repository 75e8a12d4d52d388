package org.robustnessgap.deploy.documents;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.diagnostic.Diagnostics;

/** docs/reference/diagnostics.md lists what there is. */
final class DiagnosticsReferenceTest {
  @Test
  void everyDiagnosticAndItsNumbers() {
    StringBuilder table = new StringBuilder("| diagnostic | number | meaning |\n|---|---|---|\n");
    Diagnostics.known()
        .forEach(
            (name, diagnostic) -> {
              Map<String, String> values = new TreeMap<>(diagnostic.values());
              values.forEach(
                  (value, meaning) ->
                      table.append(String.format("| `%s` | `%s` | %s |%n", name, value, meaning)));
            });
    GeneratedBlock.hold("diagnostics.md", "diagnostics", table.toString());
  }
}
