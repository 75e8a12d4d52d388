package org.robustnessgap.serving.call;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;

/**
 * The headers that a server wants, from a file that holds one {@code Name: value} a line; empty
 * lines and those that begin with # are none. The file is read again when it has changed; while it
 * cannot be read, as it was. No message tells what stands in it.
 */
public final class Credentials {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]+");

  /** What the protocol itself needs. */
  private static final Set<String> TAKEN =
      Set.of(
          "host",
          "connection",
          "content-length",
          "content-type",
          "expect",
          "upgrade",
          "transfer-encoding",
          "te",
          "user-agent",
          "inference-header-content-length");

  private final @Nullable Path file;
  private @Nullable FileTime read;
  private Map<String, String> headers = Map.of();

  /**
   * @param file null for none
   * @throws InvalidInputException if it cannot be read, or holds something else
   */
  public Credentials(@Nullable String file) {
    this.file = file == null ? null : Path.of(file);
    if (this.file != null) {
      try {
        refresh(this.file);
      } catch (IOException e) {
        throw new InvalidInputException(
            "The credentials "
                + file
                + " cannot be read; name a file that holds one 'Name: value' a line.",
            e);
      }
    }
  }

  /**
   * Names, which may differ in case, and values.
   *
   * @throws InvalidInputException if the file now holds something else
   */
  public Map<String, String> headers() {
    if (file != null) {
      try {
        refresh(file);
      } catch (IOException e) {
        // It is being replaced, perhaps: what it held serves until then.
      }
    }
    return headers;
  }

  /** What must not appear in messages. */
  public List<String> secrets() {
    return new ArrayList<>(headers.values());
  }

  private void refresh(Path from) throws IOException {
    FileTime modified = Files.getLastModifiedTime(from);
    if (!modified.equals(read)) {
      headers = parse(Files.readString(from, StandardCharsets.UTF_8), from);
      read = modified;
    }
  }

  private static Map<String, String> parse(String text, Path from) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int colon = line.indexOf(':');
      String name = colon < 0 ? "" : line.substring(0, colon).strip();
      String value = line.substring(colon + 1).strip();
      if (!NAME.matcher(name).matches() || !VALUE.matcher(value).matches()) {
        throw new InvalidInputException(
            "Line "
                + (i + 1)
                + " of the credentials "
                + from
                + " is no 'Name: value'; write one header a line, with a colon after its name.");
      }
      if (TAKEN.contains(name.toLowerCase(Locale.ROOT)) || name.endsWith("-bin")) {
        throw new InvalidInputException(
            "Line "
                + (i + 1)
                + " of the credentials "
                + from
                + " sets "
                + name
                + ", which the protocol sets itself; leave it out.");
      }
      headers.put(name, value);
    }
    return headers;
  }
}
