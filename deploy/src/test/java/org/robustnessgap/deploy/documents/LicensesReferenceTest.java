package org.robustnessgap.deploy.documents;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * docs/reference/licenses.md lists what the distribution holds of others, as the build finds it in
 * their poms; the build itself fails at a licence that is not allowed.
 */
final class LicensesReferenceTest {
  private static final Path LIBRARIES = Path.of("target", "licenses", "libraries.tsv");

  @Test
  void librariesOfTheDistribution() throws IOException {
    List<String> libraries =
        Files.readAllLines(LIBRARIES).stream().filter(line -> line.contains("\t")).toList();
    // Profiles for other devices take other builds of the same libraries.
    assumeThat(libraries).anyMatch(line -> line.endsWith(":onnxruntime"));
    GeneratedBlock.hold("licenses.md", "libraries of the distribution", list(libraries));
  }

  private static String list(List<String> libraries) {
    Map<String, Map<String, TreeSet<String>>> byLicense = new TreeMap<>();
    for (String line : libraries) {
      String[] parts = line.split("[\t:]");
      byLicense
          .computeIfAbsent(parts[0], license -> new TreeMap<>())
          .computeIfAbsent(parts[1], group -> new TreeSet<>())
          .add(parts[2]);
    }
    StringBuilder all = new StringBuilder();
    byLicense.forEach(
        (license, groups) -> {
          all.append("### ").append(license).append("\n\n");
          groups.forEach(
              (group, artifacts) ->
                  all.append("- `")
                      .append(group)
                      .append("`: ")
                      .append(String.join(", ", artifacts))
                      .append('\n'));
          all.append('\n');
        });
    return all.toString();
  }
}
