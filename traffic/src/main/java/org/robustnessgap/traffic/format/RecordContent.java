package org.robustnessgap.traffic.format;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a record of a topic holds. Used, never changed.
 *
 * @param topic of the record
 * @param partition of the record
 * @param offset of the record
 * @param headers by their names in small letters, as text; of several of a name the last
 * @param value never null; empty for a tombstone
 */
public record RecordContent(
    String topic, int partition, long offset, Map<String, String> headers, byte[] value) {
  /**
   * @param headers by their names, as bytes of UTF-8
   * @param value null for a tombstone
   */
  public static RecordContent of(
      String topic,
      int partition,
      long offset,
      Map<String, byte[]> headers,
      byte @Nullable [] value) {
    Map<String, String> texts = new TreeMap<>();
    headers.forEach(
        (key, text) ->
            texts.put(key.toLowerCase(Locale.ROOT), new String(text, StandardCharsets.UTF_8)));
    return new RecordContent(topic, partition, offset, texts, value == null ? new byte[0] : value);
  }

  /** For people, and for the names of its images: topic/partition/offset. */
  public String name() {
    return topic + "/" + partition + "/" + offset;
  }

  /** A header; empty if it is not there. */
  String header(String key) {
    return headers.getOrDefault(key, "");
  }
}
