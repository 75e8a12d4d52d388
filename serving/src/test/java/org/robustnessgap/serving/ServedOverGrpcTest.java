package org.robustnessgap.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.grpc.Metadata;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.query.ModelChangedException;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.fake.Endpoints;
import org.robustnessgap.serving.fake.FakeGrpcServer;
import org.robustnessgap.serving.fake.FakeModel;
import org.robustnessgap.serving.fake.FakeModel.Fault;
import org.robustnessgap.serving.fake.FakeModel.Form;
import org.robustnessgap.serving.fake.FakeTimer;

/** The same classifier over gRPC. */
final class ServedOverGrpcTest {
  private static final List<Long> IMAGE = List.of(6L);
  private static final Rows IMAGES = Probes.of(3, 6, 0, 1);

  private final FakeTimer timer = new FakeTimer();
  private final FakeModel model = FakeModel.thirds(IMAGE).version("1");

  private ServedClassifier open(FakeGrpcServer server, Endpoint endpoint, Deadlines deadlines) {
    return new ServedModels(deadlines, timer)
        .classifier(
            new ModelReference("digits", server.location(), null, null, endpoint), null, null);
  }

  private ServedClassifier open(FakeGrpcServer server) {
    return open(server, Endpoint.STANDARD, Deadlines.STANDARD);
  }

  @Test
  void scoresAreThoseOfTheModelAndItsVersionIsTold() {
    try (FakeGrpcServer server = new FakeGrpcServer(model);
        ServedClassifier classifier = open(server)) {
      assertThat(classifier.access()).isEqualTo(Access.SCORES);
      assertThat(classifier.imageShape()).isEqualTo(IMAGE);
      assertThat(classifier.transport()).isEqualTo("gRPC");
      Rows answers = classifier.ask(IMAGES);
      assertThat((double) answers.row(2)[1])
          .isCloseTo(FakeModel.thirds(IMAGES.row(2), 1)[1], within(1e-6));
      assertThat(classifier.identity().version()).isEqualTo("1");
      model.version("2");
      assertThatExceptionOfType(ModelChangedException.class)
          .isThrownBy(() -> classifier.ask(IMAGES));
    }
  }

  @Test
  void labelsAreReadFromRawTexts() {
    model.answering(Form.TEXTS);
    Endpoint endpoint = Endpoints.of("{'labels': ['class-0', 'class-1', 'class-2']}");
    try (FakeGrpcServer server = new FakeGrpcServer(model);
        ServedClassifier classifier = open(server, endpoint, Deadlines.STANDARD)) {
      assertThat(classifier.access()).isEqualTo(Access.LABELS);
      assertThat(classifier.ask(IMAGES).row(0)).containsOnlyOnce(1).contains(0);
    }
  }

  @Test
  void whatIsNoNumberSurvives() {
    model.failing(Fault.NAN);
    try (FakeGrpcServer server = new FakeGrpcServer(model);
        ServedClassifier classifier = open(server)) {
      assertThat(classifier.ask(IMAGES).row(0)[0]).isNaN();
    }
  }

  @Test
  void requestsStayBelowTheServersLimitOnBytes() {
    List<Long> large = List.of(3L, 224L, 224L);
    FakeModel images = FakeModel.thirds(large);
    try (FakeGrpcServer server = new FakeGrpcServer(images);
        ServedClassifier classifier = open(server)) {
      Rows many = Probes.of(8, 3 * 224 * 224, 0, 1);
      server.batches().clear();
      assertThat(classifier.ask(many).count()).isEqualTo(8);
      assertThat(server.batches()).containsExactly(6, 2);
    }
  }

  @Test
  void everyRequestTellsThatItIsAProbe() {
    try (FakeGrpcServer server = new FakeGrpcServer(model);
        ServedClassifier classifier = open(server)) {
      classifier.ask(IMAGES);
      assertThat(server.headers())
          .isNotEmpty()
          .allSatisfy(
              sent -> {
                assertThat(header(sent, "x-robustness-probe")).isEqualTo("1");
                assertThat(header(sent, "user-agent")).startsWith("robustness-gap");
              });
    }
  }

  private static String header(Metadata sent, String name) {
    return sent.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
  }

  @Test
  void aServerThatIsDownIsWaitedForAndAskedAgain() {
    try (FakeGrpcServer server = new FakeGrpcServer(model);
        ServedClassifier classifier = open(server)) {
      int port = server.port();
      server.goDown();
      assertThatExceptionOfType(ServerUnavailableException.class)
          .isThrownBy(() -> classifier.ask(IMAGES))
          .withMessageContaining("see whether it runs");
      server.comeUp(port);
      timer.pass(60_000);
      assertThat(classifier.ask(IMAGES).count()).isEqualTo(3);
    }
  }

  @Test
  void faultsAreTold() {
    Deadlines brief = new Deadlines(Duration.ofSeconds(5), Duration.ofMillis(500));
    try (FakeGrpcServer server = new FakeGrpcServer(model);
        ServedClassifier classifier = open(server, Endpoint.STANDARD, brief)) {
      for (Fault fault :
          List.of(
              Fault.NOT_READY, Fault.UNLOADED, Fault.TOO_MANY_REQUESTS, Fault.DENIED, Fault.SLOW)) {
        model.failing(fault);
        assertThatExceptionOfType(ServerUnavailableException.class)
            .as(fault.name())
            .isThrownBy(() -> classifier.ask(IMAGES));
        timer.pass(60_000);
        model.failing(Fault.NONE);
        assertThat(classifier.ask(IMAGES).count()).isEqualTo(3);
      }
      model.failing(Fault.BOOM);
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> classifier.ask(IMAGES))
          .withMessageContaining("INTERNAL 'required argument is not a float'");
    }
  }
}
