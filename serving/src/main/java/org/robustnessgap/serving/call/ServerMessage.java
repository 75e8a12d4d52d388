package org.robustnessgap.serving.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a server says went wrong, as it may be repeated: on one line, cut, without what was sent and
 * without credentials.
 */
public final class ServerMessage {
  private static final int LONGEST = 200;

  /** A secret shorter than this is found in any text. */
  private static final int SHORTEST_SECRET = 4;

  /** Where the numbers, or the fields, of what was sent begin. */
  private static final Pattern SENT =
      Pattern.compile(
          "\\[\\s*\\[|\\{\\s*['\"]|array\\(|\\[[^\\]]*\\d\\.\\d|(-?\\d+(\\.\\d+)?\\s*,\\s*){8}");

  private ServerMessage() {}

  /**
   * Of the body of an error: {@code error}, else {@code detail} (a text, or a list of {loc, msg}),
   * else {@code message} of JSON, whatever its content type says; else the text.
   *
   * @param secrets values that must not appear
   */
  public static String of(byte[] body, Collection<String> secrets) {
    return shown(said(body), secrets);
  }

  /** A text of a server, as it may be repeated; empty if nothing is left. */
  public static String shown(String text, Collection<String> secrets) {
    String message = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    for (String secret : secrets) {
      for (String word : secret.split("\\s+")) {
        if (word.length() >= SHORTEST_SECRET) {
          message = message.replace(word, "…");
        }
      }
    }
    Matcher sent = SENT.matcher(message);
    if (sent.find()) {
      message = message.substring(0, sent.start()).strip() + "…";
    }
    return message.length() <= LONGEST ? message : message.substring(0, LONGEST - 1) + "…";
  }

  private static String said(byte[] body) {
    JsonNode json = Json.treeOrMissing(body);
    return Stream.of(
            json.path("error").asText(""),
            detail(json.path("detail")),
            json.path("message").asText(""))
        .filter(said -> !said.isEmpty())
        .findFirst()
        .orElseGet(() -> new String(body, StandardCharsets.UTF_8));
  }

  /** A text, or of each of a list of objects where and what. */
  private static String detail(JsonNode detail) {
    if (!detail.isArray()) {
      return detail.asText("");
    }
    List<String> all = new ArrayList<>();
    for (JsonNode each : detail) {
      List<String> where = new ArrayList<>();
      each.path("loc").forEach(part -> where.add(part.asText("")));
      all.add(String.join(".", where) + ": " + each.path("msg").asText(""));
    }
    return String.join(", ", all);
  }
}
