package org.robustnessgap.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.fake.FakeHttpServer;
import org.robustnessgap.serving.fake.FakeHttpServer.Kind;
import org.robustnessgap.serving.fake.FakeModel;
import org.robustnessgap.serving.fake.FakeModel.Form;
import org.robustnessgap.serving.fake.FakeTimer;
import org.robustnessgap.serving.fake.RecordedServer.Request;

/** Whatever the ways of a server, a classifier answers as its model does. */
final class ServedModelsTest {
  private static final List<Long> IMAGE = List.of(1L, 2L, 3L);
  private static final Rows IMAGES =
      new Rows(new float[] {0, 0, 0, 0.25f, 1, 0.5f, 0.1f, 0.6f, 0.3f, 0, 0, 0}, 6);

  private static ServedClassifier open(String location, Endpoint endpoint) {
    return new ServedModels(Deadlines.STANDARD, new FakeTimer())
        .classifier(new ModelReference("digits", location, null, null, endpoint), IMAGE, null);
  }

  private static Endpoint labelled(String... labels) {
    return new Endpoint(
        null, null, null, null, List.of(labels), null, null, null, null, null, null, null, null);
  }

  private static Endpoint allowing(Access access) {
    return new Endpoint(
        access, null, null, null, null, null, null, null, null, null, null, null, null);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void scoresAreThoseOfTheModel(Kind kind) {
    FakeModel model = FakeModel.thirds(IMAGE).version("1");
    try (FakeHttpServer server = new FakeHttpServer(kind, model);
        ServedClassifier classifier = open(server.location(), Endpoint.STANDARD)) {
      assertThat(classifier.access()).isEqualTo(Access.SCORES);
      assertThat(classifier.classes()).isEqualTo(3);
      assertThat(classifier.imageShape()).isEqualTo(IMAGE);
      assertThat(classifier.isDeterministic()).isTrue();
      Rows answers = classifier.ask(IMAGES);
      for (int i = 0; i < IMAGES.count(); i++) {
        double[] scores = FakeModel.thirds(IMAGES.row(i), 1);
        for (int k = 0; k < 3; k++) {
          assertThat((double) answers.row(i)[k]).isCloseTo(scores[k], within(1e-6));
        }
      }
      assertThat(classifier.identity().version()).isEqualTo(kind == Kind.KSERVE ? null : "1");
      assertThat(classifier.identity().fingerprint()).hasSize(64);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void probabilitiesAreRecognised(Kind kind) {
    FakeModel model = FakeModel.thirds(IMAGE).answering(Form.PROBABILITIES);
    try (FakeHttpServer server = new FakeHttpServer(kind, model);
        ServedClassifier classifier = open(server.location(), Endpoint.STANDARD)) {
      assertThat(classifier.access()).isEqualTo(Access.PROBABILITIES);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void labelsByNumberOrNameAreOneHot(Kind kind) {
    for (Form form : List.of(Form.NUMBERS, Form.TEXTS)) {
      FakeModel model = FakeModel.thirds(IMAGE).answering(form);
      try (FakeHttpServer server = new FakeHttpServer(kind, model);
          ServedClassifier classifier =
              open(server.location(), labelled("class-0", "class-1", "class-2"))) {
        assertThat(classifier.access()).isEqualTo(Access.LABELS);
        assertThat(classifier.ask(IMAGES).values()).containsExactly(0, 0, 1, 1, 0, 0);
      }
    }
  }

  @Test
  void labelsWithoutAListAreRefusedWithWhatWasSeen() {
    try (FakeHttpServer server =
        new FakeHttpServer(Kind.MLSERVER, FakeModel.thirds(IMAGE).answering(Form.TEXTS))) {
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> open(server.location(), Endpoint.STANDARD))
          .withMessageMatching("digits answers labels such as 'class-\\d'; name all of them.*");
    }
  }

  @Test
  void tritonsClassificationIsATopK() {
    FakeModel model =
        FakeModel.thirds(IMAGE)
            .classifying(
                image -> {
                  double[] thirds = FakeModel.thirds(image, 1);
                  return new double[] {thirds[0], thirds[1], thirds[2], -1};
                })
            .answering(Form.TOP_THREE);
    try (FakeHttpServer server = new FakeHttpServer(Kind.MLSERVER, model);
        ServedClassifier classifier = open(server.location(), labelled("a", "b", "c", "d"))) {
      assertThat(classifier.access()).isEqualTo(Access.TOP_K);
      assertThat(classifier.ask(IMAGES).row(0))
          .containsExactly(0, 0.125f, 0.75f, Float.NEGATIVE_INFINITY);
    }
  }

  @Test
  void noMoreIsTakenOfAnswersThanTheEndpointAllows() {
    FakeModel model = FakeModel.thirds(IMAGE);
    try (FakeHttpServer server = new FakeHttpServer(Kind.TRITON, model);
        ServedClassifier classifier = open(server.location(), allowing(Access.LABELS))) {
      assertThat(classifier.access()).isEqualTo(Access.LABELS);
      assertThat(classifier.ask(IMAGES).values()).containsExactly(0, 0, 1, 1, 0, 0);
    }
  }

  @Test
  void bytesAreSentWhereTheyAreTakenAndJsonWhereNot() {
    FakeModel model = FakeModel.thirds(IMAGE);
    for (Kind kind : Kind.values()) {
      try (FakeHttpServer server = new FakeHttpServer(kind, model);
          ServedClassifier classifier = open(server.location(), Endpoint.STANDARD)) {
        if (kind == Kind.MLSERVER) {
          assertThat(classifier.transport()).isEqualTo("JSON over HTTP");
        } else {
          assertThat(classifier.transport()).isIn("JSON over HTTP", "bytes over HTTP");
        }
        assertThat(server.requests())
            .anyMatch(
                request ->
                    "application/octet-stream".equals(request.headers().get("Content-Type"))
                        && request.headers().containsKey("Inference-Header-Content-Length"));
      }
    }
  }

  @Test
  void whatTakesBytesPixelsGetsThemRounded() {
    for (Kind kind : Kind.values()) {
      FakeModel model = FakeModel.thirds(IMAGE).taking("UINT8");
      try (FakeHttpServer server = new FakeHttpServer(kind, model);
          ServedClassifier classifier = open(server.location(), Endpoint.STANDARD)) {
        Rows images = new Rows(new float[] {-3, 0.4f, 0.6f, 254.4f, 300, 128}, 6);
        assertThat(classifier.sent(images).values()).containsExactly(0, 0, 1, 254, 255, 128);
        assertThat(classifier.ask(images).values()).containsExactly(0, 127.5f, 191.5f);
      }
    }
  }

  @Test
  void anFp64ModelIsFoundByTrying() {
    FakeModel model = FakeModel.thirds(IMAGE).taking("FP64");
    try (FakeHttpServer server = new FakeHttpServer(Kind.KSERVE, model);
        ServedClassifier classifier = open(server.location(), Endpoint.STANDARD)) {
      assertThat(classifier.ask(IMAGES).row(1)[0]).isCloseTo(0.35f, within(1e-6f));
    }
  }

  @Test
  void halvesGoAsBytesForNoServerTakesThemInJson() {
    FakeModel model = FakeModel.thirds(IMAGE).taking("FP16");
    try (FakeHttpServer server = new FakeHttpServer(Kind.TRITON, model);
        ServedClassifier classifier = open(server.location(), Endpoint.STANDARD)) {
      assertThat(classifier.transport()).isEqualTo("bytes over HTTP");
      Rows images = new Rows(new float[] {0.1f, 0.1f, 1, 1, 0, 0}, 6);
      assertThat(classifier.sent(images).row(0)[0]).isEqualTo(0.099975586f);
      assertThat(classifier.ask(images).row(0)[0]).isEqualTo(0.099975586f);
    }
  }

  @Test
  void aBatchThatMetadataLeaveOutIsFoundByTrying() {
    FakeModel model = FakeModel.thirds(IMAGE).withoutBatch();
    try (FakeHttpServer server = new FakeHttpServer(Kind.TRITON, model);
        ServedClassifier classifier = open(server.location(), Endpoint.STANDARD)) {
      assertThat(classifier.largestBatch()).isGreaterThan(1);
      assertThat(classifier.ask(IMAGES).row(0)).containsExactly(0, 0.125f, 0.75f);
    }
  }

  @Test
  void everyRequestTellsThatItIsAProbeAndHasAnId() {
    try (FakeHttpServer server = new FakeHttpServer(Kind.TRITON, FakeModel.thirds(IMAGE));
        ServedClassifier classifier = open(server.location(), Endpoint.STANDARD)) {
      classifier.ask(IMAGES);
      assertThat(server.requests())
          .isNotEmpty()
          .allSatisfy(
              request -> {
                assertThat(request.headers())
                    .containsEntry("X-Robustness-Probe", "1")
                    .containsEntry("User-Agent", "robustness-gap")
                    .doesNotContainKey("Upgrade");
              });
      assertThat(server.requests().stream().filter(r -> r.target().endsWith("/infer")))
          .extracting(Request::text)
          .allSatisfy(body -> assertThat(body).contains("\"id\":\"robustness-gap-"));
    }
  }

  @Test
  void aBatchOverTheServersLimitIsSplitAndTheLimitRemembered() {
    FakeModel model = FakeModel.thirds(IMAGE).atMost(8);
    try (FakeHttpServer server = new FakeHttpServer(Kind.TRITON, model);
        ServedClassifier classifier = open(server.location(), Endpoint.STANDARD)) {
      Rows many = Probes.of(8, 6, 0, 1);
      Rows images = Rows.of(java.util.Collections.nCopies(20, many.row(3)), 6);
      long before = classifier.queries();
      Rows answers = classifier.ask(images);
      assertThat(answers.count()).isEqualTo(20);
      assertThat(answers.row(19)).containsExactly(answers.row(0));
      assertThat(classifier.largestBatch()).isEqualTo(8);
      assertThat(classifier.queries() - before).as("what was turned away").isEqualTo(20);
      int requests = server.requests().size();
      classifier.ask(images);
      assertThat(server.requests().size() - requests).isEqualTo(3);
    }
  }

  @Test
  void queriesAreCounted() {
    try (FakeHttpServer server = new FakeHttpServer(Kind.MLSERVER, FakeModel.thirds(IMAGE));
        ServedClassifier classifier = open(server.location(), Endpoint.STANDARD)) {
      long before = classifier.queries();
      classifier.ask(IMAGES);
      classifier.identity();
      assertThat(classifier.queries() - before).isEqualTo(4);
    }
  }
}
