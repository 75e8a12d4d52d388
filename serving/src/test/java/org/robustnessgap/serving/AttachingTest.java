package org.robustnessgap.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.fake.FakeGrpcServer;
import org.robustnessgap.serving.fake.FakeHttpServer;
import org.robustnessgap.serving.fake.FakeHttpServer.Kind;
import org.robustnessgap.serving.fake.FakeModel;
import org.robustnessgap.serving.fake.FakeModel.Fault;
import org.robustnessgap.serving.fake.FakeModel.Form;
import org.robustnessgap.serving.fake.FakeTimer;

final class AttachingTest {
  private static final List<Long> IMAGE = List.of(1L, 2L, 3L);

  private static Attachment attach(String location, Endpoint endpoint) {
    return new Attaching(Deadlines.STANDARD, new FakeTimer())
        .of(new ModelReference("digits", location, null, null, endpoint), IMAGE, null);
  }

  private static Attachment attach(Kind kind, FakeModel model) {
    try (FakeHttpServer server = new FakeHttpServer(kind, model)) {
      return attach(server.location(), Endpoint.STANDARD);
    }
  }

  @Test
  void whatTheServerSaysAndWhatAskingTells() {
    Attachment found = attach(Kind.TRITON, FakeModel.thirds(IMAGE).version("2").atMost(8));
    assertThat(found.server()).isEqualTo("triton 2.51.0");
    assertThat(found.platform()).isEqualTo("python");
    assertThat(found.versions()).containsExactly("1", "2");
    assertThat(found.access()).isEqualTo(Access.SCORES);
    assertThat(found.input()).isEqualTo("image");
    assertThat(found.datatype()).isEqualTo("FP32");
    assertThat(found.imageShape()).isEqualTo(IMAGE);
    assertThat(found.outputs()).containsExactly("logits");
    assertThat(found.classes()).isEqualTo(3);
    assertThat(found.labels()).isEmpty();
    assertThat(found.batches()).extracting(Attachment.Batch::images).containsExactly(1, 2, 4, 8);
    assertThat(found.largestBatch()).isEqualTo(8);
    assertThat(found.deterministic()).isTrue();
    assertThat(found.problems()).isEmpty();
    ModelIdentity identity = found.identity();
    assertThat(identity).isNotNull();
    assertThat(identity.version()).isEqualTo("2");
    assertThat(identity.fingerprint()).hasSize(64);
  }

  @Test
  void itIsTheIdentityThatAWorkerFinds() {
    FakeModel model = FakeModel.thirds(IMAGE).version("2");
    try (FakeHttpServer server = new FakeHttpServer(Kind.TRITON, model);
        ServedClassifier classifier =
            new ServedModels(Deadlines.STANDARD, new FakeTimer())
                .classifier(new ModelReference("digits", server.location()), IMAGE, null)) {
      assertThat(attach(server.location(), Endpoint.STANDARD).identity())
          .isEqualTo(classifier.identity());
    }
  }

  @Test
  void waysThatDoNotWorkAreNamedWithTheReason() {
    Attachment found = attach(Kind.MLSERVER, FakeModel.thirds(IMAGE).version("1"));
    assertThat(found.transport()).isEqualTo("JSON over HTTP");
    assertThat(found.ways()).hasSize(2);
    assertThat(found.ways().get(1).millis()).isNull();
    assertThat(found.ways().get(1).why()).contains("500");
  }

  @Test
  void theLimitOnBytesEndsTheSearchForABatch() {
    FakeModel large = FakeModel.thirds(List.of(3L, 224L, 224L));
    try (FakeGrpcServer server = new FakeGrpcServer(large)) {
      Attachment found =
          new Attaching(Deadlines.STANDARD, new FakeTimer())
              .of(new ModelReference("digits", server.location()), null, null);
      assertThat(found.largestBatch()).isEqualTo(4);
      assertThat(found.imageShape()).containsExactly(3L, 224L, 224L);
    }
  }

  @Test
  void labelsWithoutAListAreShownAndSaidToBeMissing() {
    Attachment found = attach(Kind.KSERVE, FakeModel.thirds(IMAGE).answering(Form.TEXTS));
    assertThat(found.access()).isNull();
    assertThat(found.classes()).isNull();
    assertThat(found.identity()).isNull();
    assertThat(found.labels()).isNotEmpty().allMatch(label -> label.matches("class-\\d"));
    assertThat(found.problems().get(0)).contains("as the endpoint's labels");
  }

  private static void assertProblem(Kind kind, Consumer<FakeModel> change, String problem) {
    FakeModel model = FakeModel.thirds(IMAGE).version("1");
    change.accept(model);
    assertThat(attach(kind, model).problems())
        .as(problem)
        .anySatisfy(sentence -> assertThat(sentence).contains(problem));
  }

  @Test
  void whatLooksWrongIsSaid() {
    assertProblem(
        Kind.TRITON,
        model ->
            model.classifying(
                image -> new double[] {image[0] < 0.5 ? Double.NaN : 0.5, image[1], image[2]}),
        "no numbers");
    assertProblem(Kind.TRITON, model -> model.failing(Fault.RANDOM), "differently");
    assertProblem(Kind.MLSERVER, model -> model.version(""), "do not say which version");
    assertProblem(Kind.TRITON, model -> model.taking("UINT8"), "whole numbers from 0 to 255");
    assertProblem(
        Kind.TRITON, model -> model.classifying(image -> new double[] {1, 2}), "same to every");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aModelThatKnowsNoImageIsRefused(Kind kind) {
    FakeModel lost = FakeModel.thirds(IMAGE).failing(Fault.NAN);
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> attach(kind, lost))
        .withMessage(
            "digits answered NaN or null about each of the 8 images that it was asked about, so it cannot be measured; see its own log, and whether it wants other pixels, which you state as the model's input.");
  }

  @Test
  void aModelThatCannotBeAskedIsRefused() {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> attach(Kind.KSERVE, FakeModel.thirds(IMAGE).failing(Fault.BOOM)))
        .withMessageContaining("boom");
  }
}
