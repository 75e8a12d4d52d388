package org.robustnessgap.serving.oip;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.CallFailure.Kind;
import org.robustnessgap.serving.call.ServerMessage;
import org.robustnessgap.serving.call.TlsFailures;

/** What a status of gRPC means that tells of a failure. */
final class GrpcFailures {
  /** Gateways send it as over HTTP. */
  private static final Metadata.Key<String> RETRY_AFTER =
      Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);

  private static final long MILLIS = 1000;

  /** The library's own words where frames of HTTP/2 were expected. */
  private static final String NO_HTTP2 = "http2 exception";

  /** The library's own words where the server did not set the code itself. */
  private static final Pattern OWN_DEADLINE = Pattern.compile("deadline exceeded after [\\d.]+s");

  /** What the library says of an answer without gRPC beyond its status: all headers, and data. */
  private static final Pattern HTTP_DETAILS = Pattern.compile("(?s)\\s*headers: Metadata\\(.*");

  private GrpcFailures() {}

  /**
   * @param deadline that the request had
   */
  static CallFailure of(
      String place, StatusRuntimeException thrown, Duration deadline, Collection<String> secrets) {
    Status status = thrown.getStatus();
    Optional<CallFailure> ofTls = TlsFailures.of(place, thrown, secrets);
    if (ofTls.isPresent()) {
      return ofTls.get();
    }
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return new CallFailure(
            Kind.UNAVAILABLE, "nobody at " + place + " takes a connection", 0, null, cause);
      }
    }
    String text = status.getDescription() == null ? "" : status.getDescription();
    // What was thrown repeats the server without any care, so it is no cause.
    return new CallFailure(
        kind(status.getCode(), text),
        seen(place, status.getCode(), text, deadline, secrets),
        wait(thrown.getTrailers()),
        ServerMessage.batchLimit(text),
        null);
  }

  private static String seen(
      String place, Status.Code code, String text, Duration deadline, Collection<String> secrets) {
    if (code == Status.Code.DEADLINE_EXCEEDED && OWN_DEADLINE.matcher(text).find()) {
      return place + " did not answer within " + deadline.toMillis() / 1000.0 + " s";
    }
    if (text.equals(NO_HTTP2)) {
      return place + " does not speak gRPC";
    }
    String said = ServerMessage.shown(HTTP_DETAILS.matcher(text).replaceFirst(""), secrets);
    return place + " answered " + code + (said.isEmpty() ? "" : " '" + said + "'");
  }

  private static Kind kind(Status.Code code, String said) {
    if (ServerMessage.tellsNotReady(said)) {
      return Kind.UNAVAILABLE;
    }
    if (ServerMessage.batchLimit(said) != null) {
      return Kind.TOO_LARGE;
    }
    if (said.equals(NO_HTTP2)) {
      return Kind.FOREIGN;
    }
    return switch (code) {
      case UNIMPLEMENTED -> Kind.FOREIGN;
      case UNAVAILABLE, ABORTED -> Kind.UNAVAILABLE;
      case RESOURCE_EXHAUSTED -> tooLarge(said) ? Kind.TOO_LARGE : Kind.BUSY;
      case DEADLINE_EXCEEDED -> Kind.TIMED_OUT;
      case UNAUTHENTICATED, PERMISSION_DENIED -> Kind.DENIED;
      case NOT_FOUND -> Kind.UNKNOWN_MODEL;
      case INTERNAL, UNKNOWN, DATA_LOSS, CANCELLED -> Kind.FAILED;
      default -> Kind.REFUSED;
    };
  }

  /** Of either side's limit: fewer images make smaller answers, too. Else it is a quota. */
  private static boolean tooLarge(String said) {
    String lower = said.toLowerCase(Locale.ROOT);
    return lower.contains("larger than max") || lower.contains("exceeds maximum size");
  }

  private static long wait(@Nullable Metadata trailers) {
    String seconds = trailers == null ? null : trailers.get(RETRY_AFTER);
    return seconds != null && seconds.matches("\\d{1,9}") ? Long.parseLong(seconds) * MILLIS : 0;
  }
}
