package org.robustnessgap.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.fake.Endpoints;
import org.robustnessgap.serving.fake.FakeGrpcServer;
import org.robustnessgap.serving.fake.FakeModel;
import org.robustnessgap.serving.fake.FakeModel.Fault;
import org.robustnessgap.serving.fake.FakeTimer;
import org.robustnessgap.serving.fake.RecordedServer;
import org.robustnessgap.serving.fake.RecordedServer.Reply;

/** Servers that repeat the credentials that they got: nothing of them comes any further. */
final class SecretsTest {
  private static final String SECRET = "hunter2x/+=";

  @TempDir Path folder;

  private Throwable failure(String location) throws IOException {
    Path file =
        Files.writeString(folder.resolve("headers"), "Authorization: Bearer " + SECRET + "\r\n");
    Endpoint endpoint = Endpoints.of("{'image': [6], 'credentials': '%s'}", file);
    return catchThrowable(
        () ->
            new Attaching(Deadlines.STANDARD, new FakeTimer())
                .of(new ModelReference("digits", location, null, null, endpoint), null, null));
  }

  /** A log writes the causes, too. */
  private static void assertKept(Throwable thrown) {
    assertThat(thrown).isNotNull();
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      assertThat(String.valueOf(each.getMessage())).doesNotContain(SECRET);
    }
    assertThat(thrown).hasMessageContaining("…");
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 400, 401, 404, 429, 500, 503})
  void overHttp(int status) throws IOException {
    try (RecordedServer echo =
        new RecordedServer(
            request ->
                Optional.of(
                    Reply.json(
                        request.method().equals("GET") ? 405 : status,
                        "{\"error\":\"no: " + request.headers().get("Authorization") + "\"}")))) {
      assertKept(failure("oip+http://127.0.0.1:" + echo.port() + "/v2/models/digits"));
      assertThat(echo.requests().get(0).headers())
          .containsEntry("Authorization", "Bearer " + SECRET);
    }
  }

  @Test
  void overHttpOnAPage() throws IOException {
    try (RecordedServer echo =
        new RecordedServer(
            request ->
                Optional.of(
                    Reply.text(
                        200,
                        "<html><title>" + request.headers().get("Authorization") + "</title>")))) {
      assertKept(failure("http://127.0.0.1:" + echo.port() + "/invocations"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"DENIED", "BOOM", "TOO_MANY_REQUESTS", "UNLOADED"})
  void overGrpc(Fault fault) throws IOException {
    FakeModel model = FakeModel.thirds(List.of(6L)).failing(fault).saying("no: " + SECRET);
    try (FakeGrpcServer echo = new FakeGrpcServer(model)) {
      assertKept(failure(echo.location()));
    }
  }
}
