package org.robustnessgap.data;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The files of a folder and of those in it, in an order that is as good as drawn but depends on
 * their names alone: folders are often sorted by class, and the first of them would tell of one.
 */
final class FolderSource extends FilesSource {
  private final Path folder;
  private final List<Path> files;
  private int next;

  private FolderSource(Path folder, List<Path> files, Opening opening) {
    super(opening);
    this.folder = folder;
    this.files = files;
  }

  /**
   * A folder, or a single file. Links are followed, but for those that lead back to where one came
   * from.
   */
  static FolderSource open(Path path, Opening opening) throws IOException {
    Path folder = path.toAbsolutePath().normalize();
    if (Files.isRegularFile(folder)) {
      return new FolderSource(Objects.requireNonNull(folder.getParent()), List.of(folder), opening);
    }
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            // Reading a pipe or a device may never end.
            if (attributes.isRegularFile() && !isHidden(folder.relativize(file).toString())) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(
        Comparator.comparingLong((Path file) -> place(name(folder, file)))
            .thenComparing(Comparator.naturalOrder()));
    return new FolderSource(folder, files, opening);
  }

  @Override
  @Nullable String advance() {
    return next == files.size() ? null : name(folder, files.get(next++));
  }

  @Override
  DataFile file() throws IOException {
    Path file = files.get(next - 1);
    return DataFile.of(file, name(folder, file));
  }

  /** FNV-1a and the finalizer of SplitMix64: names that differ in one sign are strangers. */
  private static long place(String name) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ hash >>> 27) * 0x94d049bb133111ebL;
    return hash ^ hash >>> 31;
  }

  private static String name(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }
}
