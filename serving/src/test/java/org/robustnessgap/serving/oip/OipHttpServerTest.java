package org.robustnessgap.serving.oip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.CallFailure.Kind;
import org.robustnessgap.serving.call.Credentials;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.call.HttpCalls;
import org.robustnessgap.serving.call.InferenceTransport;
import org.robustnessgap.serving.call.InputTensor;
import org.robustnessgap.serving.call.InputType;
import org.robustnessgap.serving.call.ModelMetadata;
import org.robustnessgap.serving.fake.RecordedServer;
import org.robustnessgap.serving.fake.RecordedServer.Reply;
import org.robustnessgap.serving.fake.RecordedServer.Request;

/** What servers say of models, as they said it. */
final class OipHttpServerTest {
  private static final String ANSWER =
      "{\"model_version\":null,\"outputs\":[{\"name\":\"y\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1.5,2.5]}]}";

  private static OipHttpServer server(String scheme, int port) {
    OipAddress address =
        OipAddress.parse("oip+" + scheme + "://127.0.0.1:" + port + "/v2/models/mnist");
    return new OipHttpServer(address, new HttpCalls(new Credentials(null), Deadlines.STANDARD));
  }

  private static ModelMetadata metadata(String server, String model) throws CallFailure {
    try (RecordedServer recorded =
        new RecordedServer(
            request ->
                Optional.of(
                    request.target().equals("/v2")
                        ? server.isEmpty()
                            ? Reply.json(404, "{\"detail\":\"Not Found\"}")
                            : Reply.json(200, server)
                        : Reply.json(200, model)))) {
      return server("http", recorded.port()).metadata();
    }
  }

  @Test
  void mlserverStatesNothingOfACustomModel() throws CallFailure {
    assertThat(
            metadata(
                "{\"name\":\"mlserver\",\"version\":\"1.7.1\",\"extensions\":[]}",
                "{\"name\":\"mnist\",\"versions\":[],\"platform\":\"\",\"inputs\":[],\"outputs\":[],\"parameters\":{}}"))
        .isEqualTo(new ModelMetadata("mlserver 1.7.1", "", List.of(), List.of(), List.of()));
  }

  @Test
  void kserveSaysNullForNoVersions() throws CallFailure {
    assertThat(
            metadata(
                "{\"name\":\"kserve\",\"version\":\"0.21.0\",\"extensions\":[\"model_repository_extension\"]}",
                "{\"name\":\"mnist\",\"versions\":null,\"platform\":\"\",\"inputs\":[],\"outputs\":[]}"))
        .isEqualTo(new ModelMetadata("kserve 0.21.0", "", List.of(), List.of(), List.of()));
  }

  @Test
  void tritonStatesVersionsAndTensors() throws CallFailure {
    assertThat(
            metadata(
                "{\"name\":\"triton\",\"version\":\"2.51.0\",\"extensions\":[\"classification\"]}",
                "{\"name\":\"mnist\",\"versions\":[\"1\",\"2\"],\"platform\":\"python\",\"inputs\":[{\"name\":\"image\",\"datatype\":\"FP32\",\"shape\":[-1,1,28,28]}],\"outputs\":[{\"name\":\"logits\",\"datatype\":\"FP32\",\"shape\":[-1,10]}]}"))
        .isEqualTo(
            new ModelMetadata(
                "triton 2.51.0",
                "python",
                List.of("1", "2"),
                List.of(new ModelMetadata.Tensor("image", "FP32", List.of(-1L, 1L, 28L, 28L))),
                List.of(new ModelMetadata.Tensor("logits", "FP32", List.of(-1L, 10L)))));
  }

  @Test
  void aGatewayThatHidesTheServerIsNoMatter() throws CallFailure {
    assertThat(metadata("", "{\"name\":\"mnist\"}")).isEqualTo(ModelMetadata.NOTHING);
  }

  /** KServe, where the author of the model passes the wish for bytes on to nobody. */
  @Test
  void aQuestionInBytesMayBeAnsweredInJson() throws CallFailure {
    try (RecordedServer recorded =
        new RecordedServer(request -> Optional.of(Reply.json(200, ANSWER)))) {
      InferenceTransport bytes = server("http", recorded.port()).transports().get(1);
      Answer answer =
          bytes.infer(
              new InputTensor(
                  "x", InputType.FP32, List.of(1L, 2L), new Rows(new float[] {1, -2}, 2)));
      assertThat(answer.outputs().get(0).numbers()).containsExactly(1.5, 2.5);
      Request request = recorded.requests().get(0);
      int head = Integer.parseInt(request.headers().get("Inference-Header-Content-Length"));
      assertThat(request.text().substring(0, head))
          .contains("\"parameters\":{\"binary_data_output\":true}")
          .contains("\"shape\":[1,2],\"datatype\":\"FP32\"")
          .endsWith("\"parameters\":{\"binary_data_size\":8}}]}");
      assertThat(Arrays.copyOfRange(request.body(), head, request.body().length))
          .containsExactly(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0);
    }
  }

  @Test
  void aPageForPeopleIsNoModel() {
    String page = "<!DOCTYPE html>\n<html><head><title>Sign in · SSO</title></head><body>…</body>";
    try (RecordedServer login =
        new RecordedServer(request -> Optional.of(Reply.of(200, "text/html", page)))) {
      assertThatExceptionOfType(CallFailure.class)
          .isThrownBy(() -> server("http", login.port()).metadata())
          .satisfies(
              failure ->
                  assertThat(failure.sentence())
                      .contains("answered with a page of HTML, 'Sign in · SSO'; if that is a login")
                      .contains("credentials", "whether the path is right"));
    }
  }

  /** Such as one that has no certificate at all. */
  @Test
  void aServerThatAgreesToNoTlsIsSaidToBe() throws Exception {
    HttpsServer secure =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    SSLContext empty = SSLContext.getInstance("TLS");
    empty.init(null, null, null);
    secure.setHttpsConfigurator(new HttpsConfigurator(empty));
    secure.start();
    try {
      assertThatExceptionOfType(CallFailure.class)
          .isThrownBy(() -> server("https", secure.getAddress().getPort()).metadata())
          .satisfies(
              failure -> {
                assertThat(failure.kind()).isEqualTo(Kind.HANDSHAKE);
                assertThat(failure.sentence())
                    .startsWith("no TLS with 127.0.0.1:")
                    .contains("see whether that port speaks TLS");
              });
    } finally {
      secure.stop(0);
    }
  }
}
