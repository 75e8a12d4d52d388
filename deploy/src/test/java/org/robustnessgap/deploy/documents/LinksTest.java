package org.robustnessgap.deploy.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No document points into the void, and no source names a document that is not there. */
final class LinksTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** What is built or installed, not written. */
  private static final Set<String> LEFT_OUT =
      Set.of("target", ".git", ".cache", "venv", ".venv", "node_modules");

  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");

  /** A path of a document as sources name it: from the repository's folder. */
  private static final Pattern NAMED = Pattern.compile("[\\w./-]*\\w/[\\w./-]*\\w\\.md\\b");

  @Test
  void everyLinkLeadsToAFileAndItsHeading() {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path document : files(".md")) {
      Matcher matcher = LINK.matcher(FENCED.matcher(text(document)).replaceAll(""));
      while (matcher.find()) {
        String target = matcher.group(1);
        if (!target.matches("[a-z]+:.*")) {
          links++;
          if (!leads(document, target)) {
            broken.add(ROOT.relativize(document) + " -> " + target);
          }
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(50);
  }

  @Test
  void everyDocumentThatASourceNamesIsThere() {
    List<String> missing = new ArrayList<>();
    Set<String> named = new HashSet<>();
    for (Path source : files(".java", ".py", ".sh", "pom.xml", "/robustness-gap")) {
      Matcher matcher = NAMED.matcher(text(source));
      while (matcher.find()) {
        named.add(matcher.group());
        if (!Files.exists(ROOT.resolve(matcher.group()))
            && !Files.exists(source.resolveSibling(matcher.group()))) {
          missing.add(ROOT.relativize(source) + " names " + matcher.group());
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(named).hasSizeGreaterThan(3);
  }

  @Test
  void everyPageOfTheDocumentationIsReachedFromItsIndex() {
    Path index = ROOT.resolve("docs/README.md");
    Set<Path> reached = new HashSet<>(Set.of(index));
    List<Path> open = new ArrayList<>(reached);
    while (!open.isEmpty()) {
      Path page = open.remove(open.size() - 1);
      LINK.matcher(text(page))
          .results()
          .map(link -> page.resolveSibling(link.group(1).replaceAll("#.*", "")).normalize())
          .filter(target -> target.toString().endsWith(".md") && Files.exists(target))
          .filter(reached::add)
          .forEach(open::add);
    }
    assertThat(reached)
        .containsAll(
            files(".md").stream().filter(file -> file.startsWith(ROOT.resolve("docs"))).toList());
  }

  private static boolean leads(Path document, String target) {
    String[] parts = target.split("#", 2);
    Path file = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]).normalize();
    return Files.exists(file) && (parts.length == 1 || anchors(file).contains(parts[1]));
  }

  /** The anchors that GitHub gives the headings of a document; a second of the same name has -1. */
  private static Set<String> anchors(Path document) {
    Map<String, Integer> seen = new HashMap<>();
    return HEADING
        .matcher(FENCED.matcher(text(document)).replaceAll(""))
        .results()
        .map(LinksTest::anchor)
        .map(
            anchor -> {
              int before = seen.merge(anchor, 1, Integer::sum) - 1;
              return before == 0 ? anchor : anchor + "-" + before;
            })
        .collect(Collectors.toSet());
  }

  private static String anchor(MatchResult heading) {
    return heading
        .group(1)
        .strip()
        .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
        .toLowerCase(java.util.Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .replace(' ', '-');
  }

  private static List<Path> files(String... endings) {
    List<Path> found = new ArrayList<>();
    collect(ROOT, endings, found);
    return found;
  }

  private static void collect(Path folder, String[] endings, List<Path> found) {
    try (Stream<Path> entries = Files.list(folder).sorted()) {
      entries.forEach(
          entry -> {
            if (Files.isDirectory(entry)) {
              if (!LEFT_OUT.contains(entry.getFileName().toString())) {
                collect(entry, endings, found);
              }
            } else if (Stream.of(endings).anyMatch(entry.toString()::endsWith)) {
              found.add(entry);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
