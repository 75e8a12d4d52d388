package org.robustnessgap.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.call.Json;
import org.robustnessgap.serving.fake.FakeTimer;
import org.robustnessgap.serving.fake.RecordedServer;
import org.robustnessgap.serving.fake.RecordedServer.Reply;
import org.robustnessgap.serving.fake.RecordedServer.Request;

/** A model behind MLflow's scoring server. */
final class ServedByMlflowTest {
  private static final List<Long> IMAGE = List.of(1L, 2L);

  /** As its schema enforcement answers, which repeats what was sent. */
  private static final String REFUSED =
      "{\"error_code\":\"INVALID_PARAMETER_VALUE\",\"message\":\"Failed to predict data '{'image': array([[[[0.123, 0.5]]]])}'. Error 'Shape of input (1, 784) does not match'\",\"sqlstate\":\"KAM01\"}";

  private static Optional<Reply> answer(Request request) {
    if (request.target().equals("/version")) {
      return Optional.of(Reply.text(200, "3.17.2\n"));
    }
    int images = Json.treeOrMissing(request.body()).path("inputs").size();
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < images; i++) {
      rows.append(i == 0 ? "" : ",").append("[0.5, -1.5, 2.0]");
    }
    return Optional.of(Reply.json(200, "{\"predictions\": {\"logits\": [" + rows + "]}}"));
  }

  private static ServedClassifier open(RecordedServer server) {
    return new ServedModels(Deadlines.STANDARD, new FakeTimer())
        .classifier(
            new ModelReference("digits", "http://127.0.0.1:" + server.port() + "/invocations"),
            IMAGE,
            null);
  }

  @Test
  void scoresComeByTheNameOfTheOutput() {
    try (RecordedServer server = new RecordedServer(ServedByMlflowTest::answer);
        ServedClassifier classifier = open(server)) {
      assertThat(classifier.access()).isEqualTo(Access.SCORES);
      assertThat(classifier.transport()).isEqualTo("JSON of MLflow");
      assertThat(classifier.ask(Rows.zeros(1, 2)).values()).containsExactly(0.5f, -1.5f, 2);
      assertThat(classifier.identity().version()).isNull();
      assertThat(server.requests())
          .extracting(Request::target)
          .containsOnly("/version", "/invocations");
      assertThat(server.requests().get(server.requests().size() - 3).headers())
          .containsEntry("X-Robustness-Probe", "1");
    }
  }

  @Test
  void anErrorIsToldWithoutWhatWasSent() {
    try (RecordedServer server =
        new RecordedServer(
            request ->
                request.method().equals("GET")
                    ? answer(request)
                    : Optional.of(Reply.json(400, REFUSED)))) {
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> open(server))
          .withMessageContaining("answered 400 'Failed to predict data '…'")
          .withMessageNotContaining("0.123");
      assertThat(server.requests()).as("no names are tried").hasSizeLessThan(6);
    }
  }

  @Test
  void anAddressOfSomethingElseIsRefusedWithTheForms() {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(
            () ->
                new ServedModels()
                    .classifier(new ModelReference("digits", "http://host:1/predict"), IMAGE, null))
        .withMessageContaining("/invocations")
        .withMessageContaining("oip+http");
  }
}
