package org.robustnessgap.traffic.format;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a record of a topic holds. Used, never changed.
 *
 * @param name of the record, for people and for the names of its images
 * @param headers by their names in small letters, as text; of several of a name the last
 * @param value never null; empty for a tombstone
 */
public record RecordContent(String name, Map<String, String> headers, byte[] value) {
  /** Without headers. */
  public RecordContent(String name, byte[] value) {
    this(name, Map.of(), value);
  }

  /**
   * @param headers by their names, as bytes of UTF-8
   * @param value null for a tombstone
   */
  public static RecordContent of(
      String name, Map<String, byte[]> headers, byte @Nullable [] value) {
    Map<String, String> texts = new TreeMap<>();
    headers.forEach(
        (key, text) ->
            texts.put(key.toLowerCase(Locale.ROOT), new String(text, StandardCharsets.UTF_8)));
    return new RecordContent(name, texts, value == null ? new byte[0] : value);
  }

  /** A header; empty if it is not there. */
  String header(String key) {
    return headers.getOrDefault(key, "");
  }
}
