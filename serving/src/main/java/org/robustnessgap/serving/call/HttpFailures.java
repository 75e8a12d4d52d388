package org.robustnessgap.serving.call;

import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.robustnessgap.serving.call.CallFailure.Kind;

/**
 * What an answer means that tells of a failure. The status alone does not say: that a request is
 * wrong is 400, 422 or 500, that a model is not ready 400 or 503.
 */
final class HttpFailures {
  private static final int REDIRECTION = 3;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONTENT_TOO_LARGE = 413;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;
  private static final int NOT_IMPLEMENTED = 501;
  private static final int BAD_GATEWAY = 502;
  private static final int UNAVAILABLE = 503;
  private static final int GATEWAY_TIMEOUT = 504;

  private static final Pattern PLACE = Pattern.compile("https?://[A-Za-z0-9.:\\[\\]-]+(?=[/?#]|$)");

  /** As nginx, Go and others say to whoever speaks plainly to a port of TLS. */
  private static final Pattern WANTS_TLS =
      Pattern.compile("HTTP request (was sent )?to (an )?HTTPS", Pattern.CASE_INSENSITIVE);

  private HttpFailures() {}

  static CallFailure of(
      String place, HttpResponse<byte[]> response, Collection<String> secrets, Clock clock) {
    String said = ServerMessage.of(response.body(), secrets);
    String seen =
        place
            + " answered "
            + response.statusCode()
            + (said.isEmpty() ? "" : " '" + said + "'")
            + elsewhere(response);
    long wait = response.headers().firstValue("Retry-After").map(v -> millis(v, clock)).orElse(0L);
    return new CallFailure(
        kind(response.statusCode(), said), seen, wait, ServerMessage.batchLimit(said), null);
  }

  /** Of an answer of success that is a page for people. */
  static CallFailure ofPage(String place, byte[] body, Collection<String> secrets) {
    return new CallFailure(
        Kind.PAGE,
        place + " answered with a page of HTML, '" + ServerMessage.of(body, secrets) + "'");
  }

  /** Where a redirection leads, without the path and the query, which may hold a token. */
  private static String elsewhere(HttpResponse<byte[]> response) {
    if (response.statusCode() / 100 != REDIRECTION) {
      return "";
    }
    String to = response.headers().firstValue("Location").orElse("");
    Matcher place = PLACE.matcher(to);
    return place.lookingAt() ? ", which leads to " + place.group() : ", which leads elsewhere";
  }

  private static Kind kind(int status, String said) {
    if (WANTS_TLS.matcher(said).find()) {
      return Kind.FOREIGN;
    }
    if (status / 100 == REDIRECTION) {
      return Kind.PAGE;
    }
    if (ServerMessage.tellsNotReady(said)) {
      return Kind.UNAVAILABLE;
    }
    if (ServerMessage.batchLimit(said) != null) {
      return Kind.TOO_LARGE;
    }
    return switch (status) {
      case UNAUTHORIZED, FORBIDDEN -> Kind.DENIED;
      case NOT_FOUND -> Kind.UNKNOWN_MODEL;
      case CONTENT_TOO_LARGE -> Kind.TOO_LARGE;
      case TOO_MANY_REQUESTS -> Kind.BUSY;
      case BAD_GATEWAY, UNAVAILABLE, GATEWAY_TIMEOUT -> Kind.UNAVAILABLE;
      case SERVER_ERROR -> Kind.FAILED;
      // KServe knows no versions.
      case NOT_IMPLEMENTED -> Kind.UNSUPPORTED;
      default -> Kind.REFUSED;
    };
  }

  /** Of a number of seconds, or of a date; 0 of anything else. */
  private static long millis(String retryAfter, Clock clock) {
    String value = retryAfter.strip();
    if (value.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(value)).toMillis();
    }
    return date(value)
        .map(date -> Math.max(0, Duration.between(clock.instant(), date.toInstant()).toMillis()))
        .orElse(0L);
  }

  private static Optional<ZonedDateTime> date(String value) {
    try {
      return Optional.of(
          ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
