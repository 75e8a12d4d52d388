package org.robustnessgap.serving.oip;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import java.net.ConnectException;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.CallFailure.Kind;

/** What statuses mean, as real servers use them. */
final class GrpcFailuresTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private static CallFailure failure(Status status) {
    return GrpcFailures.of("host:1", status.asRuntimeException(), DEADLINE, List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UNAVAILABLE | connection lost | UNAVAILABLE",
        "NOT_FOUND | Request for unknown model: 'none' is not found | UNKNOWN_MODEL",
        "NOT_FOUND | Model none with version  not found | UNKNOWN_MODEL",
        // MLServer of an unknown model that is asked whether it is ready.
        "UNKNOWN | Unexpected <class 'mlserver.errors.ModelNotFound'>: Model none not found | FAILED",
        "INTERNAL | unpack requires a buffer of 16 bytes | FAILED",
        "INTERNAL | Internal server error | FAILED",
        "INTERNAL | required argument is not a float | FAILED",
        "INVALID_ARGUMENT | input byte size mismatch | REFUSED",
        "INVALID_ARGUMENT | inference request batch-size must be <= 8 for 'probe' | TOO_LARGE",
        "INVALID_ARGUMENT | Model digits is not ready yet. | UNAVAILABLE",
        "RESOURCE_EXHAUSTED | SERVER: Received message larger than max (5000123 vs. 4194304) | TOO_LARGE",
        "RESOURCE_EXHAUSTED | CLIENT: Received message larger than max (5000123 vs. 4194304) | TOO_LARGE",
        "RESOURCE_EXHAUSTED | gRPC message exceeds maximum size 67108864: 99999999 | TOO_LARGE",
        "RESOURCE_EXHAUSTED | quota exceeded | BUSY",
        "DEADLINE_EXCEEDED | the model took too long | TIMED_OUT",
        "UNAUTHENTICATED | no | DENIED",
        "PERMISSION_DENIED | no | DENIED",
        "UNIMPLEMENTED | unknown service | FOREIGN"
      })
  void statusAndTextTellWhatToDo(Status.Code code, String said, Kind kind) {
    CallFailure failure = failure(code.toStatus().withDescription(said));
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.sentence()).startsWith("host:1 answered " + code);
  }

  @Test
  void causesTellMoreThanTheStatus() {
    assertThat(
            failure(Status.UNAVAILABLE.withCause(new SSLHandshakeException("PKIX: expired")))
                .sentence())
        .startsWith("the certificate of host:1 is not accepted (PKIX: expired); renew");
    assertThat(failure(Status.UNAVAILABLE.withCause(new ConnectException("refused"))).sentence())
        .startsWith("nobody at host:1 takes a connection; see whether it runs");
  }

  @Test
  void theLibrarysOwnWordsAreNotRepeated() {
    CallFailure late =
        failure(
            Status.DEADLINE_EXCEEDED.withDescription(
                "CallOptions deadline exceeded after 29.99s. Name resolution delay 0.0 seconds. [closed=[], open=[[remote_addr=host/1.2.3.4:1]]]"));
    assertThat(late.kind()).isEqualTo(Kind.TIMED_OUT);
    assertThat(late.sentence()).startsWith("host:1 did not answer within 30.0 s; let the");
    CallFailure other = failure(Status.INTERNAL.withDescription("http2 exception"));
    assertThat(other.kind()).isEqualTo(Kind.FOREIGN);
    assertThat(other.sentence()).startsWith("host:1 does not speak gRPC; name the port");
    assertThat(
            failure(
                    Status.UNIMPLEMENTED.withDescription(
                        "HTTP status code 404\ninvalid content-type: text/html\nheaders: Metadata(:status=404,set-cookie=x)"))
                .sentence())
        .contains("'HTTP status code 404 invalid content-type: text/html'");
  }

  @Test
  void noTlsIsToldFromAWrongCertificate() {
    assertThat(
            failure(Status.UNAVAILABLE.withCause(new SSLException("not an SSL/TLS record: 00aa")))
                .sentence())
        .startsWith("host:1 speaks no TLS, for which the address asks; name the port");
    assertThat(
            failure(
                    Status.UNAVAILABLE.withCause(
                        new SSLHandshakeException("Received fatal alert: protocol_version")))
                .sentence())
        .startsWith("no TLS with host:1 comes about (Received fatal alert: protocol_version); see");
    SSLException wrong = new SSLHandshakeException("General OpenSslEngine problem");
    wrong.initCause(new CertificateExpiredException("NotAfter: Mon"));
    assertThat(failure(Status.UNAVAILABLE.withCause(wrong)).sentence())
        .startsWith("the certificate of host:1 is not accepted (NotAfter: Mon); renew");
  }

  @Test
  void retryAfterMayComeInTheTrailers() {
    Metadata trailers = new Metadata();
    trailers.put(Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER), "9");
    CallFailure failure =
        GrpcFailures.of(
            "host:1", Status.UNAVAILABLE.asRuntimeException(trailers), DEADLINE, List.of());
    assertThat(failure.waitMillis()).isEqualTo(9000);
    assertThat(failure(Status.UNAVAILABLE).waitMillis()).isZero();
  }
}
