package org.robustnessgap.serving;

import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.CallFailure.Kind;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.call.Listener;

/** Tells that a port speaks another protocol than its address says. */
final class OtherPort {
  /** Which may come of it: each library has its own words for what it does not understand. */
  private static final Set<Kind> DOUBTFUL =
      EnumSet.of(
          Kind.UNAVAILABLE,
          Kind.TIMED_OUT,
          Kind.HANDSHAKE,
          Kind.FOREIGN,
          Kind.FAILED,
          Kind.GARBLED);

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int TLS_PORT = 443;
  private static final int PLAIN_PORT = 80;

  private OtherPort() {}

  /**
   * Looks who listens.
   *
   * @param reference of an address that was parsed
   * @param failure why it cannot be asked
   * @throws InvalidInputException if it is because of the protocol, with the one that is spoken
   */
  static void require(ModelReference reference, CallFailure failure, Deadlines deadlines) {
    if (!DOUBTFUL.contains(failure.kind())) {
      return;
    }
    URI address = URI.create(reference.location());
    String scheme = address.getScheme();
    boolean secure = scheme.endsWith("s");
    int port = address.getPort() >= 0 ? address.getPort() : secure ? TLS_PORT : PLAIN_PORT;
    Duration patience =
        deadlines.connect().compareTo(PATIENCE) < 0 ? deadlines.connect() : PATIENCE;
    String remedy = remedy(scheme, secure, Listener.at(address.getHost(), port, patience));
    if (!remedy.isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "%s cannot be asked: %s:%d %s.", reference.name(), address.getHost(), port, remedy),
          failure);
    }
  }

  /** What it speaks and what to do; empty if that may be what the address says. */
  private static String remedy(String scheme, boolean secure, Listener listener) {
    boolean grpc = scheme.contains("grpc");
    return switch (listener) {
      case TLS ->
          secure ? "" : "speaks TLS, but the address says " + scheme + "; write " + scheme + "s";
      case HTTP -> {
        String right = scheme.startsWith("oip+") ? "oip+http" : "http";
        yield secure || grpc
            ? String.format(
                "speaks HTTP without TLS, but the address says %s; write %s, or name the port of %s",
                scheme, right, scheme)
            : "";
      }
      case GRPC ->
          secure || !grpc
              ? String.format(
                  "speaks gRPC without TLS, but the address says %s; write oip+grpc, or name the port of %s",
                  scheme, scheme)
              : "";
      case UNKNOWN -> "";
    };
  }
}
