package org.robustnessgap.deploy.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A part of a document that the code states, between two comments. Tests hold it to the code; with
 * {@code -Drobustness.documents=write} they write it.
 */
final class GeneratedBlock {
  private static final Path REFERENCE = Path.of("..", "docs", "reference");
  private static final String END = "<!-- to here -->";

  private GeneratedBlock() {}

  /**
   * Asserts, or writes.
   *
   * @param document file name in docs/reference
   * @param name of the block, as its first comment has it
   * @param content Markdown
   */
  static void hold(String document, String name, String content) {
    Path file = REFERENCE.resolve(document);
    String begin = "<!-- generated: " + name + " -->";
    String text = read(file);
    int from = text.indexOf(begin);
    int to = text.indexOf(END, from);
    assertThat(from).as("%s in %s", begin, document).isNotNegative();
    assertThat(to).as("%s after %s in %s", END, begin, document).isNotNegative();
    String block = "\n\n" + content.strip() + "\n\n";
    if (writes()) {
      write(file, text.substring(0, from + begin.length()) + block + text.substring(to));
    } else {
      assertThat(text.substring(from + begin.length(), to))
          .as("docs/reference/%s is stale; docs/README.md says how to write it anew", document)
          .isEqualTo(block);
    }
  }

  /**
   * Asserts, or writes, a whole file.
   *
   * @param document path in docs/reference
   */
  static void holdFile(String document, String content) {
    Path file = REFERENCE.resolve(document);
    if (writes()) {
      write(file, content);
    } else {
      assertThat(file).exists();
      assertThat(read(file))
          .as("docs/reference/%s is stale; docs/README.md says how to write it anew", document)
          .isEqualTo(content);
    }
  }

  private static boolean writes() {
    return "write".equals(System.getProperty("robustness.documents"));
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
