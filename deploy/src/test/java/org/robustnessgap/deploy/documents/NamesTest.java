package org.robustnessgap.deploy.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Classes and tests that the explanations name are in the sources. */
final class NamesTest {
  private static final Path ROOT = Path.of("..");

  /** A class and perhaps its member, or a further member of the class before: {@code .member}. */
  private static final Pattern NAME =
      Pattern.compile("`(?:([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+)(?:\\.(\\w+))?|\\.(\\w+))`");

  private static final Map<String, String> SOURCES = new HashMap<>();

  @BeforeAll
  static void readSources() throws IOException {
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            return name.equals("target") || name.startsWith(".") && !name.equals("..")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = file.getFileName().toString();
            if (name.endsWith(".java")) {
              SOURCES.merge(name.replace(".java", ""), Files.readString(file), String::concat);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Test
  void everyNameInAnExplanationIsInTheSources() throws IOException {
    List<String> unknown = new ArrayList<>();
    int names = 0;
    for (Path document : explanations()) {
      for (String line : Files.readAllLines(document)) {
        String last = null;
        Matcher matcher = NAME.matcher(line);
        while (matcher.find()) {
          names++;
          last = matcher.group(1) == null ? last : matcher.group(1);
          String member = matcher.group(1) == null ? matcher.group(3) : matcher.group(2);
          if (last == null || !known(last, member)) {
            unknown.add(document.getFileName() + ": " + matcher.group());
          }
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(names).isGreaterThan(50);
  }

  private static boolean known(String type, String member) {
    String source = SOURCES.get(type);
    return source != null
        && (member == null || Pattern.compile("\\b" + member + "\\b").matcher(source).find());
  }

  private static List<Path> explanations() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs/explanation"))) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
    }
  }
}
