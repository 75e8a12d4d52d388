package org.robustnessgap.serving.oip;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.util.Collection;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.CallFailure.Kind;
import org.robustnessgap.serving.call.ServerMessage;

/** What a status of gRPC means that tells of a failure. */
final class GrpcFailures {
  /** Gateways send it as over HTTP. */
  private static final Metadata.Key<String> RETRY_AFTER =
      Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);

  private static final long MILLIS = 1000;

  private GrpcFailures() {}

  static CallFailure of(String place, StatusRuntimeException thrown, Collection<String> secrets) {
    Status status = thrown.getStatus();
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        String why = ServerMessage.shown(String.valueOf(cause.getMessage()), secrets);
        return new CallFailure(
            Kind.UNTRUSTED,
            "the certificate of " + place + " is not accepted (" + why + ")",
            0,
            null,
            thrown);
      }
      if (cause instanceof ConnectException) {
        return new CallFailure(
            Kind.UNAVAILABLE, "nobody at " + place + " takes a connection", 0, null, thrown);
      }
    }
    String text = status.getDescription() == null ? "" : status.getDescription();
    String said = ServerMessage.shown(text, secrets);
    return new CallFailure(
        kind(status.getCode(), text),
        place + " answered " + status.getCode() + (said.isEmpty() ? "" : " '" + said + "'"),
        wait(thrown.getTrailers()),
        ServerMessage.batchLimit(text),
        thrown);
  }

  private static Kind kind(Status.Code code, String said) {
    if (ServerMessage.tellsNotReady(said)) {
      return Kind.UNAVAILABLE;
    }
    if (ServerMessage.batchLimit(said) != null) {
      return Kind.TOO_LARGE;
    }
    if (said.equals("http2 exception")) {
      return Kind.FOREIGN;
    }
    return switch (code) {
      case UNIMPLEMENTED -> Kind.FOREIGN;
      case UNAVAILABLE, ABORTED -> Kind.UNAVAILABLE;
      case RESOURCE_EXHAUSTED -> tooLarge(said) ? Kind.TOO_LARGE : Kind.UNAVAILABLE;
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
