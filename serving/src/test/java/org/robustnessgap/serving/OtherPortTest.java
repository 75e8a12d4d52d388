package org.robustnessgap.serving;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.fake.FakeGrpcServer;
import org.robustnessgap.serving.fake.FakeHttpServer;
import org.robustnessgap.serving.fake.FakeModel;
import org.robustnessgap.serving.fake.FakeTimer;
import org.robustnessgap.serving.fake.SelfSigned;

/** Each protocol at each other's port. */
final class OtherPortTest {
  private static final FakeModel MODEL = FakeModel.thirds(List.of(6L));
  private static final Deadlines SHORT =
      new Deadlines(Duration.ofMillis(400), Duration.ofMillis(400));

  private static FakeHttpServer http;
  private static FakeGrpcServer grpc;
  private static HttpsServer tls;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    http = new FakeHttpServer(FakeHttpServer.Kind.TRITON, MODEL);
    grpc = new FakeGrpcServer(MODEL);
    tls = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    tls.setHttpsConfigurator(new HttpsConfigurator(SelfSigned.context(folder)));
    tls.start();
  }

  @AfterAll
  static void stop() {
    http.close();
    grpc.close();
    tls.stop(0);
  }

  @ParameterizedTest
  @CsvSource({
    "oip+http, grpc, 'speaks gRPC without TLS, but the address says oip+http; write oip+grpc, or'",
    "oip+http, tls, 'speaks TLS, but the address says oip+http; write oip+https.'",
    "oip+https, http, 'speaks HTTP without TLS, but the address says oip+https; write oip+http, or'",
    "oip+https, grpc, 'speaks gRPC without TLS, but the address says oip+https; write oip+grpc, or'",
    "oip+grpc, http, 'speaks HTTP without TLS, but the address says oip+grpc; write oip+http, or'",
    "oip+grpc, tls, 'speaks TLS, but the address says oip+grpc; write oip+grpcs.'",
    "oip+grpcs, http, 'speaks HTTP without TLS, but the address says oip+grpcs; write oip+http, or'",
    "oip+grpcs, grpc, 'speaks gRPC without TLS, but the address says oip+grpcs; write oip+grpc, or'",
    // What speaks TLS may be what the address says: its own trouble is told.
    "oip+https, tls, 'the certificate of 127.0.0.1:'",
    "oip+grpcs, tls, 'the certificate of 127.0.0.1:'"
  })
  void whatAPortSpeaksInsteadIsSaid(String scheme, String server, String said) {
    int port =
        Map.of("http", http.port(), "grpc", grpc.port(), "tls", tls.getAddress().getPort())
            .get(server);
    String location = scheme + "://127.0.0.1:" + port + "/v2/models/digits";
    assertSaid(location, List.of(6L), said);
    assertSaid(location, null, said);
  }

  private static void assertSaid(String location, @Nullable List<Long> image, String said) {
    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(
            () ->
                new Attaching(SHORT, new FakeTimer())
                    .of(new ModelReference("digits", location), image, null))
        .withMessageStartingWith("digits cannot be asked: ")
        .withMessageContaining(said);
  }
}
