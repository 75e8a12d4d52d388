package org.robustnessgap.data;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A file on a disk or in an archive, and what is left of it to read. */
final class DataFile implements Closeable {
  /** To recognise a TAR 262 are needed. */
  private static final int HEAD = 512;

  /** Of pictures, which are decoded from memory. */
  private static final int LARGEST_IN_MEMORY = 256 << 20;

  private static final int UNKNOWN = -1;

  private final String name;
  private final long length;
  private final BufferedInputStream in;
  private final byte[] head;
  private final @Nullable Path path;

  /**
   * @param length −1 if unknown
   * @param path where it lies, or what it was unpacked from; null in an archive
   */
  private DataFile(String name, long length, InputStream in, @Nullable Path path)
      throws IOException {
    this.name = name;
    this.length = length;
    this.in = new BufferedInputStream(in, 1 << 16);
    this.path = path;
    this.in.mark(HEAD);
    this.head = this.in.readNBytes(HEAD);
    this.in.reset();
  }

  /** A file on a disk. */
  static DataFile of(Path path, String name) throws IOException {
    InputStream in = Files.newInputStream(path);
    try {
      return new DataFile(name, Files.size(path), in, path);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /**
   * A file in an archive.
   *
   * @param length −1 if unknown
   */
  static DataFile entry(String name, long length, InputStream in) throws IOException {
    return new DataFile(name, length, in, null);
  }

  /** What this file is packed from. */
  DataFile unpacked(InputStream in) throws IOException {
    return new DataFile(name, UNKNOWN, in, path);
  }

  String name() {
    return name;
  }

  /** The name after the last slash, in small letters. */
  String shortName() {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('!')) + 1);
    return last.toLowerCase(Locale.ROOT);
  }

  /** How many bytes it has; −1 if that is unknown. */
  long length() {
    return length;
  }

  /** Whether a multiple of a size, as far as that is known. */
  boolean mayHoldRowsOf(int size) {
    return length == UNKNOWN || length > 0 && length % size == 0;
  }

  InputStream in() {
    return in;
  }

  /** An unsigned byte of the first 512; −1 where it ends before. */
  int head(int index) {
    return index < head.length ? Byte.toUnsignedInt(head[index]) : -1;
  }

  /** Whether these bytes, as Latin-1, stand there. */
  boolean has(int from, String bytes) {
    byte[] wanted = bytes.getBytes(StandardCharsets.ISO_8859_1);
    return from + wanted.length <= head.length
        && Arrays.equals(head, from, from + wanted.length, wanted, 0, wanted.length);
  }

  /** Everything there is. */
  byte[] bytes() throws IOException {
    if (length > LARGEST_IN_MEMORY) {
      throw new UnreadableException("has %d bytes, more than a picture may have", length);
    }
    byte[] bytes = in.readNBytes(LARGEST_IN_MEMORY);
    if (in.read() >= 0) {
      throw new UnreadableException(
          "has more than %d bytes, more than a picture may have", bytes.length);
    }
    return bytes;
  }

  /**
   * The file beside it whose name has one word in place of another.
   *
   * @return null if there is none
   */
  @Nullable InputStream beside(String word, String other) throws IOException {
    if (path == null || path.getFileName() == null) {
      return null;
    }
    String own = path.getFileName().toString();
    Path file = path.resolveSibling(own.replace(word, other));
    if (!own.contains(word) || !Files.isRegularFile(file)) {
      return null;
    }
    InputStream found = new BufferedInputStream(Files.newInputStream(file));
    return own.endsWith(".gz") ? new GZIPInputStream(found) : found;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
