package org.robustnessgap.serving.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.serving.call.CallFailure.Kind;
import org.robustnessgap.serving.fake.RecordedServer;
import org.robustnessgap.serving.fake.RecordedServer.Reply;

/** What status and body mean together, as real servers use them. */
final class HttpFailuresTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-30T12:00:00Z"), ZoneOffset.UTC);

  private static CallFailure failure(Reply reply) throws Exception {
    try (RecordedServer server = new RecordedServer(request -> Optional.of(reply))) {
      URI address = URI.create("http://127.0.0.1:" + server.port());
      return HttpFailures.of(
          "host:1",
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofByteArray()),
          List.of(),
          CLOCK);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Not ready: MLServer and Triton, KServe, a gateway.
        "400 | {\"error\":\"Model m is not ready yet.\"} | UNAVAILABLE",
        "400 | {\"error\":\"Model version not ready\"} | UNAVAILABLE",
        "503 | {\"error\":\"Model with name m is not ready.\"} | UNAVAILABLE",
        "502 | Bad Gateway | UNAVAILABLE",
        "504 | upstream request timeout | UNAVAILABLE",
        "429 | slow down | BUSY",
        // Wrong requests are 400, 422 or 500.
        "400 | {\"error\":\"inference input 'image' data-type is wrong\"} | REFUSED",
        "422 | {\"detail\":[{\"loc\":[\"body\"],\"msg\":\"x\"}]} | REFUSED",
        "500 | {\"error\":\"Unable to parse 'data': Shape does not match true shape of 'data' field\"} | FAILED",
        "500 | Internal Server Error | FAILED",
        "400 | {\"error\":\"inference request batch-size must be <= 8 for 'probe'\"} | TOO_LARGE",
        "413 | too large | TOO_LARGE",
        "404 | {\"error\":\"Model none not found\"} | UNKNOWN_MODEL",
        "404 | {\"error\":\"Request for unknown model: 'm' has no available versions\"} | UNKNOWN_MODEL",
        "501 | {\"error\":\"Model versioning not supported yet.\"} | UNSUPPORTED",
        "401 | no | DENIED",
        "403 | no | DENIED",
        "415 | Unsupported | REFUSED",
        "302 | elsewhere | PAGE",
        "404 | <html><title>Not found</title></html> | UNKNOWN_MODEL",
        // nginx and Go, asked plainly at a port of TLS.
        "400 | <html><head><title>400 The plain HTTP request was sent to HTTPS port</title> | FOREIGN",
        "400 | Client sent an HTTP request to an HTTPS server. | FOREIGN"
      })
  void statusAndBodyTellWhatToDo(int status, String body, Kind kind) throws Exception {
    assertThat(failure(Reply.text(status, body)).kind()).isEqualTo(kind);
  }

  @Test
  void theBatchLimitIsRead() throws Exception {
    CallFailure failure =
        failure(Reply.text(400, "inference request batch-size must be <= 8 for 'probe'"));
    assertThat(failure.largestBatch()).isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7 | 7000",
        "0 | 0",
        "Mon, 30 Nov 2026 12:00:30 GMT | 30000",
        "Mon, 30 Nov 2026 11:00:00 GMT | 0",
        "soon | 0"
      })
  void retryAfterIsSecondsOrADate(String value, long millis) throws Exception {
    Reply reply = new Reply(429, Map.of("Retry-After", value), new byte[0], false);
    assertThat(failure(reply).waitMillis()).isEqualTo(millis);
  }

  @Test
  void howLongItWantsToBeLeftAloneIsSaid() throws Exception {
    assertThat(failure(new Reply(429, Map.of("Retry-After", "7"), new byte[0], false)).sentence())
        .isEqualTo(
            "host:1 answered 429 and asks to be left alone for 7 s; ask less of it, by a lower queries_per_second or concurrency of the endpoint, or later.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://login.example:8443/realm?token=hunter2 | to https://login.example:8443;",
        "https://me:hunter2@login.example/ | elsewhere;",
        "/login?token=hunter2 | elsewhere;"
      })
  void whereARedirectionLeadsIsSaidWithoutWhatMayBeSecret(String to, String said) throws Exception {
    Reply reply = new Reply(302, Map.of("Location", to), new byte[0], false);
    assertThat(failure(reply).sentence())
        .startsWith("host:1 answered 302, which leads " + said)
        .doesNotContain("hunter2");
  }

  @Test
  void theSentenceNamesPlaceStatusAndRemedy() throws Exception {
    assertThat(failure(Reply.json(404, "{\"error\":\"Model none not found\"}")).sentence())
        .isEqualTo(
            "host:1 answered 404 'Model none not found'; see whether the address names model and version, and whether it is loaded.");
  }
}
