package org.robustnessgap.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.query.ModelChangedException;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.fake.Endpoints;
import org.robustnessgap.serving.fake.FakeHttpServer;
import org.robustnessgap.serving.fake.FakeHttpServer.Kind;
import org.robustnessgap.serving.fake.FakeModel;
import org.robustnessgap.serving.fake.FakeModel.Fault;
import org.robustnessgap.serving.fake.FakeModel.Form;
import org.robustnessgap.serving.fake.FakeTimer;

/** What goes wrong with servers while they are asked, and what whoever asked is told. */
final class FaultsTest {
  private static final List<Long> IMAGE = List.of(6L);
  private static final Rows IMAGES = Probes.of(3, 6, 0, 1);
  private static final Deadlines SHORT =
      new Deadlines(Duration.ofSeconds(5), Duration.ofMillis(300));

  private final FakeTimer timer = new FakeTimer();
  private final FakeModel model = FakeModel.thirds(IMAGE).version("1");

  private ServedClassifier open(FakeHttpServer server, Endpoint endpoint) {
    return new ServedModels(Deadlines.STANDARD, timer)
        .classifier(
            new ModelReference("digits", server.location(), null, null, endpoint), IMAGE, null);
  }

  private ServedClassifier open(FakeHttpServer server) {
    return open(server, Endpoint.STANDARD);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aModelThatIsNotReadyIsWaitedFor(Kind kind) {
    try (FakeHttpServer server = new FakeHttpServer(kind, model);
        ServedClassifier classifier = open(server)) {
      model.failing(Fault.NOT_READY, 2);
      assertThat(classifier.ask(IMAGES).count()).isEqualTo(3);
      model.failing(Fault.NOT_READY);
      assertThatExceptionOfType(ServerUnavailableException.class)
          .isThrownBy(() -> classifier.ask(IMAGES))
          .withMessageContaining("ready");
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aModelUnloadedInMidWorkIsWaitedForButOneThatNeverWasIsRefused(Kind kind) {
    try (FakeHttpServer server = new FakeHttpServer(kind, model);
        ServedClassifier classifier = open(server)) {
      model.failing(Fault.UNLOADED);
      assertThatExceptionOfType(ServerUnavailableException.class)
          .isThrownBy(() -> classifier.ask(IMAGES))
          .withMessageContaining("whether it is loaded");
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> open(server))
          .withMessageContaining("404");
    }
  }

  @Test
  void aServerThatIsDownIsWaitedForAndAskedAgain() {
    try (FakeHttpServer server = new FakeHttpServer(Kind.TRITON, model);
        ServedClassifier classifier = open(server)) {
      Rows before = classifier.ask(IMAGES);
      long queries = classifier.queries();
      server.goDown();
      assertThatExceptionOfType(ServerUnavailableException.class)
          .isThrownBy(() -> classifier.ask(IMAGES))
          .withMessageContaining("see whether it runs");
      assertThat(classifier.queries()).as("nothing was asked").isEqualTo(queries);
      server.comeUp();
      timer.pass(60_000);
      assertThat(classifier.ask(IMAGES).values()).containsExactly(before.values());
    }
  }

  @Test
  void retryAfterIsHandedOn() {
    try (FakeHttpServer server = new FakeHttpServer(Kind.KSERVE, model);
        ServedClassifier classifier = open(server)) {
      model.failing(Fault.TOO_MANY_REQUESTS);
      int requests = server.requests().size();
      ServerUnavailableException thrown =
          catchThrowableOfType(ServerUnavailableException.class, () -> classifier.ask(IMAGES));
      assertThat(thrown.waitMillis()).isEqualTo(7000);
      assertThat(server.requests()).hasSize(requests + 1);
    }
  }

  @Test
  void aServerThatDoesNotAnswerInTimeIsLeft() {
    try (FakeHttpServer server = new FakeHttpServer(Kind.MLSERVER, model);
        ServedClassifier classifier =
            new ServedModels(SHORT, timer)
                .classifier(new ModelReference("digits", server.location()), IMAGE, null)) {
      model.failing(Fault.SLOW);
      assertThatExceptionOfType(ServerUnavailableException.class)
          .isThrownBy(() -> classifier.ask(IMAGES))
          .withMessageContaining("did not answer within 0.3 s");
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aModelThatFailsIsRefusedWithWhatItSays(Kind kind) {
    try (FakeHttpServer server = new FakeHttpServer(kind, model);
        ServedClassifier classifier = open(server)) {
      model.failing(Fault.BOOM);
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> classifier.ask(IMAGES))
          .withMessageContaining(kind == Kind.MLSERVER ? "Internal Server Error" : "boom");
    }
  }

  @Test
  void anAnswerOfAnotherShapeIsRefused() {
    try (FakeHttpServer server = new FakeHttpServer(Kind.TRITON, model);
        ServedClassifier classifier = open(server)) {
      model.failing(Fault.WRONG_SHAPE);
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> classifier.ask(IMAGES))
          .withMessageContaining("shape [4, 3] with 9 elements about 3 images");
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsNoNumberIsUnknownAndNotZero(Kind kind) {
    model.failing(Fault.NAN);
    try (FakeHttpServer server = new FakeHttpServer(kind, model);
        ServedClassifier classifier = open(server)) {
      Rows answers = classifier.ask(IMAGES);
      assertThat(answers.row(0)[0]).isNaN();
      assertThat(answers.row(0)[1]).isFinite();
      assertThat(classifier.isDeterministic()).isTrue();
      assertThat(classifier.identity()).isEqualTo(classifier.identity());
    }
  }

  @Test
  void anotherVersionIsNoticedByTheAnswerItself() {
    try (FakeHttpServer server = new FakeHttpServer(Kind.TRITON, model);
        ServedClassifier classifier = open(server)) {
      classifier.ask(IMAGES);
      model.version("2");
      assertThatExceptionOfType(ModelChangedException.class)
          .isThrownBy(() -> classifier.ask(IMAGES))
          .withMessageContaining("from version 1")
          .withMessageContaining("to version 2");
      assertThat(classifier.identity().version()).isEqualTo("2");
      assertThat(classifier.ask(IMAGES).count()).isEqualTo(3);
      model.version("");
      assertThatExceptionOfType(ModelChangedException.class)
          .isThrownBy(() -> classifier.ask(IMAGES));
    }
  }

  /** Behind one address there may be several servers in mid-rollout. */
  @Test
  void anotherVersionIsNoticedInTheMiddleOfManyBatches() {
    Endpoint one = Endpoints.of("{'batch': 1}");
    try (FakeHttpServer server = new FakeHttpServer(Kind.TRITON, model);
        ServedClassifier classifier = open(server, one)) {
      ModelIdentity before = classifier.identity();
      AtomicInteger asked = new AtomicInteger();
      model.classifying(
          image -> {
            model.version(asked.incrementAndGet() == 2 ? "2" : "1");
            return FakeModel.thirds(image, 1);
          });
      assertThatExceptionOfType(ModelChangedException.class)
          .isThrownBy(() -> classifier.ask(IMAGES));
      assertThat(classifier.identity()).isEqualTo(before);
    }
  }

  @Test
  void anIdentityThatCannotBeAskedForLeavesTheLast() {
    try (FakeHttpServer server = new FakeHttpServer(Kind.TRITON, model);
        ServedClassifier classifier = open(server)) {
      model.failing(Fault.NOT_READY);
      assertThatExceptionOfType(ServerUnavailableException.class).isThrownBy(classifier::identity);
      model.failing(Fault.NONE).version("2");
      timer.pass(60_000);
      assertThatExceptionOfType(ModelChangedException.class)
          .isThrownBy(() -> classifier.ask(IMAGES));
    }
  }

  @Test
  void otherWeightsUnderTheSameVersionAreNoticedByTheFingerprint() {
    try (FakeHttpServer server = new FakeHttpServer(Kind.TRITON, model);
        ServedClassifier classifier = open(server)) {
      ModelIdentity before = classifier.identity();
      model.classifying(image -> FakeModel.thirds(image, 1.05));
      ModelIdentity after = classifier.identity();
      assertThat(after.version()).isEqualTo(before.version());
      assertThat(after.fingerprint()).isNotEqualTo(before.fingerprint());
    }
  }

  @Test
  void aModelThatAnswersDifferentlyIsFlaggedAndVoted() {
    model.failing(Fault.RANDOM).answering(Form.SCORES);
    try (FakeHttpServer server = new FakeHttpServer(Kind.MLSERVER, model);
        ServedClassifier classifier = open(server)) {
      assertThat(classifier.isDeterministic()).isFalse();
      assertThat(classifier.identity()).isEqualTo(new ModelIdentity("1", null, null));
      long before = classifier.queries();
      classifier.ask(IMAGES);
      assertThat(classifier.queries() - before).isEqualTo(9);
    }
  }

  @Test
  void deniedRequestsAreWaitedForAndNoCredentialIsRepeated(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("headers"), "Authorization: Bearer hunter2x");
    Endpoint endpoint = Endpoints.of("{'credentials': '%s'}", file);
    try (FakeHttpServer server = new FakeHttpServer(Kind.TRITON, model);
        ServedClassifier classifier = open(server, endpoint)) {
      assertThat(server.requests())
          .allSatisfy(
              request ->
                  assertThat(request.headers()).containsEntry("Authorization", "Bearer hunter2x"));
      model.failing(Fault.DENIED);
      assertThatExceptionOfType(ServerUnavailableException.class)
          .isThrownBy(() -> classifier.ask(IMAGES))
          .withMessageContaining("credentials")
          .withMessageNotContaining("hunter2x");
    }
  }
}
