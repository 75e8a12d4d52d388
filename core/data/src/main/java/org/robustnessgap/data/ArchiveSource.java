package org.robustnessgap.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.function.Function;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.jspecify.annotations.Nullable;

/**
 * The files of an archive, in its order. Their paths are names and nothing else: none is written or
 * looked up.
 */
final class ArchiveSource extends FilesSource {
  private static final int BUFFER = 1 << 16;

  private final DataFile archive;
  private final Inflation inflation = new Inflation();
  private final ArchiveInputStream<?> entries;
  private InputStream content = InputStream.nullInputStream();
  private @Nullable ArchiveEntry entry;
  private boolean over;

  /**
   * @param reader reads the archive's format
   */
  ArchiveSource(
      DataFile archive, Opening opening, Function<InputStream, ArchiveInputStream<?>> reader)
      throws UnreadableException {
    super(opening.inside());
    this.archive = archive;
    this.entries = reader.apply(inflation.packed(archive.in()));
  }

  @Override
  @Nullable String advance() throws IOException {
    // If moving on fails, there is no way to the rest.
    boolean ended = over;
    over = true;
    ArchiveEntry found = ended ? null : move();
    while (found != null && isNoFile(found)) {
      found = move();
    }
    entry = found;
    over = found == null;
    return found == null ? null : name(found);
  }

  private @Nullable ArchiveEntry move() throws IOException {
    byte[] buffer = new byte[BUFFER];
    while (content.read(buffer) >= 0) {
      // Counted, unlike what the archive would skip by itself.
    }
    ArchiveEntry found = entries.getNextEntry();
    content =
        found != null && entries.canReadEntryData(found)
            ? inflation.unpacked(entries)
            : InputStream.nullInputStream();
    return found;
  }

  private static boolean isNoFile(ArchiveEntry entry) {
    return entry.isDirectory()
        || isHidden(entry.getName())
        || entry instanceof TarArchiveEntry tar && (tar.isLink() || tar.isSymbolicLink());
  }

  private String name(ArchiveEntry file) {
    return archive.name() + "!" + file.getName();
  }

  @Override
  DataFile file() throws IOException {
    ArchiveEntry file = Objects.requireNonNull(entry);
    if (!entries.canReadEntryData(file)) {
      throw new UnreadableException("is encrypted or packed in a way that is not read");
    }
    return DataFile.entry(name(file), file.getSize(), content);
  }

  @Override
  public void close() throws IOException {
    super.close();
    entries.close();
    archive.close();
  }
}
