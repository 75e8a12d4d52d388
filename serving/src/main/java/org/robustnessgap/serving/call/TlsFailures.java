package org.robustnessgap.serving.call;

import java.security.GeneralSecurityException;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.robustnessgap.serving.call.CallFailure.Kind;

/** Why no connection over TLS came about. The libraries say it by their words only. */
public final class TlsFailures {
  /** The answer to our greeting was something else. */
  private static final Pattern PLAIN =
      Pattern.compile("plaintext connection|unrecognized SSL message|not an SSL/TLS record");

  private static final Pattern CERTIFICATE =
      Pattern.compile("PKIX|certificate|subject alternative", Pattern.CASE_INSENSITIVE);

  private TlsFailures() {}

  /**
   * @param place host and port, for messages
   * @param secrets values that must not appear
   * @return empty if it was not TLS that failed
   */
  public static Optional<CallFailure> of(
      String place, Throwable thrown, Collection<String> secrets) {
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      if (each instanceof SSLException) {
        return Optional.of(ofTls(place, each, secrets));
      }
    }
    return Optional.empty();
  }

  private static CallFailure ofTls(String place, Throwable thrown, Collection<String> secrets) {
    if (PLAIN.matcher(String.valueOf(thrown.getMessage())).find()) {
      return new CallFailure(
          Kind.FOREIGN, place + " speaks no TLS, for which the address asks", 0, null, thrown);
    }
    Throwable deepest = thrown;
    boolean certificate = false;
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      certificate |=
          each instanceof GeneralSecurityException
              || CERTIFICATE.matcher(String.valueOf(each.getMessage())).find();
      deepest = each;
    }
    String why =
        ServerMessage.shown(
            deepest.getMessage() == null
                ? deepest.getClass().getSimpleName()
                : deepest.getMessage(),
            secrets);
    return certificate
        ? new CallFailure(
            Kind.UNTRUSTED,
            "the certificate of " + place + " is not accepted (" + why + ")",
            0,
            null,
            thrown)
        : new CallFailure(
            Kind.HANDSHAKE, "no TLS with " + place + " comes about (" + why + ")", 0, null, thrown);
  }
}
