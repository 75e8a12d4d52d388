package org.robustnessgap.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No package's main code is left out of what the compiler holds to its annotations of null. */
final class NullMarkedTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path SOURCES = Path.of("src", "main", "java");

  private static final Pattern MARKED = Pattern.compile("(?m)^@NullMarked$");

  @Test
  void everyPackageOfMainCodeIsNullMarked() throws IOException {
    Set<Path> packages = packages();
    assertThat(packages).hasSizeGreaterThan(30);
    assertThat(packages).allSatisfy(NullMarkedTest::requireMarked);
  }

  private static void requireMarked(Path folder) {
    assertThat(folder.resolve("package-info.java"))
        .content()
        .as("package-info of %s", ROOT.relativize(folder))
        .containsPattern(MARKED);
  }

  /** The folders of all modules that hold main code. */
  private static Set<Path> packages() throws IOException {
    Set<Path> packages = new TreeSet<>();
    for (Path module : modules()) {
      try (Stream<Path> files = Files.walk(module.resolve(SOURCES))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .map(Path::getParent)
            .forEach(packages::add);
      }
    }
    return packages;
  }

  private static Set<Path> modules() throws IOException {
    try (Stream<Path> folders = Files.walk(ROOT, 2)) {
      return folders
          .filter(folder -> Files.isDirectory(folder.resolve(SOURCES)))
          .collect(Collectors.toSet());
    }
  }
}
