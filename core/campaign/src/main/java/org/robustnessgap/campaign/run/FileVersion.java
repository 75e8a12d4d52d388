package org.robustnessgap.campaign.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;

/**
 * An ONNX file as it was at one time, with the files that it keeps weights in.
 *
 * @param own the file itself
 * @param weights by the names by which it calls them, in their order
 */
record FileVersion(Part own, List<Part> weights) {
  /**
   * A file as it was at one time.
   *
   * @param name by which the model calls it; empty for the model's own file
   * @param key what the file system calls it, which another file of its name is not called; null
   *     where it does not say
   */
  record Part(String name, Path file, FileTime modified, long size, @Nullable Object key) {
    static Part of(String name, Path file) throws IOException {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Part(name, file, now.lastModifiedTime(), now.size(), now.fileKey());
    }
  }

  FileVersion {
    weights = List.copyOf(weights);
  }

  /**
   * @param files of weights, by the names by which the model calls them; those that are missing are
   *     left out: reading the model says so
   */
  static FileVersion of(Part own, SortedMap<String, Path> files) {
    List<Part> weights = new ArrayList<>();
    for (Map.Entry<String, Path> file : files.entrySet()) {
      try {
        weights.add(Part.of(file.getKey(), file.getValue()));
      } catch (IOException e) {
        // Missing.
      }
    }
    return new FileVersion(own, weights);
  }

  /** What stands for the version of something that is no file. */
  static FileVersion none(Path name) {
    return new FileVersion(new Part("", name, FileTime.fromMillis(0), 0, null), List.of());
  }

  Path file() {
    return own.file();
  }

  /**
   * SHA-256 of the file, in hexadecimal. Of one with weights in other files, of these lines: the
   * SHA-256 of the file, then for each other file its SHA-256, two spaces and its name.
   *
   * @throws InvalidInputException if a file cannot be read
   */
  String digest() {
    String own = digest(this.own.file());
    if (weights.isEmpty()) {
      return own;
    }
    StringBuilder lines = new StringBuilder(own).append('\n');
    for (Part part : weights) {
      lines.append(digest(part.file())).append("  ").append(part.name()).append('\n');
    }
    return HexFormat.of()
        .formatHex(sha256().digest(lines.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static String digest(Path file) {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new InvalidInputException(
          "Cannot read " + file + "; is it there, and may you read it?", e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
