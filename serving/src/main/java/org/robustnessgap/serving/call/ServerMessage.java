package org.robustnessgap.serving.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a server says went wrong, as it may be repeated: on one line, cut, without what was sent and
 * without credentials.
 */
public final class ServerMessage {
  private static final int LONGEST = 200;

  /** A secret shorter than this is found within any word. */
  private static final int SHORTEST_SECRET = 4;

  /** Where the numbers, or the fields, of what was sent begin. */
  private static final Pattern SENT =
      Pattern.compile(
          "\\[\\s*\\[|\\{\\s*['\"]|array\\(|\\[[^\\]]*\\d\\.\\d|(-?\\d+(\\.\\d+)?\\s*,\\s*){8}");

  private static final Pattern PAGE =
      Pattern.compile(
          "^[\\s\\ufeff]*(<\\?xml[^>]*>\\s*)?(<!--.*?-->\\s*)*<(!doctype\\s+html|html|head|body)\\b",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final Pattern TITLE =
      Pattern.compile("<title\\b[^>]*>(.*?)</title>", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** Of a page: a title further down is none. */
  private static final int LONGEST_HEAD = 8192;

  private static final Pattern BATCH_LIMIT =
      Pattern.compile("batch-size must be <= *(\\d+)", Pattern.CASE_INSENSITIVE);

  private static final Pattern NOT_READY =
      Pattern.compile("\\bnot (yet )?ready\\b", Pattern.CASE_INSENSITIVE);

  private ServerMessage() {}

  /**
   * Of the body of an error: {@code error}, else {@code detail} (a text, or a list of {loc, msg}),
   * else {@code message} of JSON, whatever its content type says; of HTML the title; else the text.
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
        message =
            word.length() >= SHORTEST_SECRET
                ? message.replace(word, "…")
                : message.replaceAll("(?<!\\w)" + Pattern.quote(word) + "(?!\\w)", "…");
      }
    }
    Matcher sent = SENT.matcher(message);
    if (sent.find()) {
      message = message.substring(0, sent.start()).strip() + "…";
    }
    return message.length() <= LONGEST ? message : message.substring(0, LONGEST - 1) + "…";
  }

  /** Whether a body is a page of HTML, whatever its content type says. */
  public static boolean isPage(byte[] body) {
    return PAGE.matcher(head(body)).find();
  }

  private static String head(byte[] body) {
    return new String(body, 0, Math.min(body.length, LONGEST_HEAD), StandardCharsets.UTF_8);
  }

  /** Whether a text says that a model, or a server, is not ready. */
  public static boolean tellsNotReady(String text) {
    return NOT_READY.matcher(text).find();
  }

  /** How many images a text says are the most in a request; null if it says nothing of it. */
  public static @Nullable Integer batchLimit(String text) {
    Matcher limit = BATCH_LIMIT.matcher(text);
    // Nine digits fit.
    return limit.find() && limit.group(1).length() <= 9 ? Integer.valueOf(limit.group(1)) : null;
  }

  private static String said(byte[] body) {
    if (isPage(body)) {
      Matcher title = TITLE.matcher(head(body));
      return title.find() ? title.group(1) : "a page of HTML";
    }
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
