package org.robustnessgap.deploy.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The Java that a guide shows is cut out of a class that is compiled and tested. A comment before
 * each block names the file and the tag in it; {@code -Drobustness.documents=write} copies.
 */
class SnippetsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path GUIDE = ROOT.resolve("docs/how-to/use-as-a-library.md");
  private static final Pattern SNIPPET =
      Pattern.compile("(?s)<!-- (\\S+)#(\\w+) -->\n```java\n(.*?)```");

  @Test
  void areWhatIsTested() throws IOException {
    String guide = Files.readString(GUIDE);
    List<String> shown = new ArrayList<>();
    List<String> tested = new ArrayList<>();
    StringBuilder written = new StringBuilder();
    Matcher matcher = SNIPPET.matcher(guide);
    while (matcher.find()) {
      String snippet = tagged(matcher.group(1), matcher.group(2));
      shown.add(matcher.group(3));
      tested.add(snippet);
      matcher.appendReplacement(
          written,
          Matcher.quoteReplacement(
              "<!-- %s#%s -->\n```java\n%s```"
                  .formatted(matcher.group(1), matcher.group(2), snippet)));
    }
    matcher.appendTail(written);
    if ("write".equals(System.getProperty("robustness.documents"))) {
      Files.writeString(GUIDE, written);
      return;
    }
    assertThat(shown).isEqualTo(tested);
    assertThat(shown).hasSize(guide.split("```java\n", -1).length - 1).isNotEmpty();
  }

  /** The lines between {@code // tag::name[]} and {@code // end::name[]}, moved to the left. */
  private static String tagged(String file, String tag) throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve(file));
    int from = index(lines, "// tag::" + tag + "[]");
    int to = index(lines, "// end::" + tag + "[]");
    List<String> snippet = new ArrayList<>(lines.subList(from + 1, to));
    while (snippet.get(snippet.size() - 1).isBlank()) {
      snippet.remove(snippet.size() - 1);
    }
    int indent =
        snippet.stream()
            .filter(line -> !line.isBlank())
            .mapToInt(line -> line.length() - line.stripLeading().length())
            .min()
            .orElseThrow();
    return snippet.stream()
        .map(line -> line.substring(Math.min(indent, line.length())) + "\n")
        .collect(Collectors.joining());
  }

  private static int index(List<String> lines, String marker) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().equals(marker)) {
        return i;
      }
    }
    throw new AssertionError("No line " + marker);
  }
}
