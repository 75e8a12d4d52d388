package org.robustnessgap.serving.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.serving.call.Credentials;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.fake.FakeRegistry;
import org.robustnessgap.serving.fake.FakeTimer;
import org.robustnessgap.serving.fake.RecordedServer.Request;

final class MlflowRegistryTest {
  private static final String CHAMPION = "models:/mnist@champion";
  private static final String WEIGHTS = "4381ef4a.data";

  @TempDir Path folder;

  private final FakeRegistry.Content content =
      new FakeRegistry.Content().with("1", onnx(new byte[] {1, 2})).with("2", onnx(new byte[3]));

  private static Map<String, byte[]> onnx(byte[] weights) {
    return Map.of(
        "MLmodel",
        FakeRegistry.description("onnx", "python_function"),
        "model.onnx",
        FakeRegistry.onnx(WEIGHTS),
        WEIGHTS,
        weights,
        "conda.yaml",
        new byte[1]);
  }

  private MlflowRegistry registry(String address) {
    return new MlflowRegistry(
        address,
        new Credentials(null),
        Deadlines.STANDARD,
        folder.resolve("cache"),
        new FakeTimer());
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Test
  void anAliasIsFetchedWithItsWeightsAndNamedByVersionAndDigest() throws Exception {
    try (FakeRegistry server = new FakeRegistry(content)) {
      FetchedModel model = registry(server.address()).fetch(CHAMPION);
      assertThat(model.file()).hasBinaryContent(FakeRegistry.onnx(WEIGHTS));
      assertThat(model.file().resolveSibling(WEIGHTS)).hasBinaryContent(new byte[] {1, 2});
      assertThat(model.identity().version()).isEqualTo("1");
      String lines =
          sha256(FakeRegistry.onnx(WEIGHTS))
              + "\n"
              + sha256(new byte[] {1, 2})
              + "  "
              + WEIGHTS
              + "\n";
      assertThat(model.identity().digest())
          .isEqualTo(sha256(lines.getBytes(StandardCharsets.UTF_8)));
      assertThat(server.requests())
          .extracting(Request::target)
          .as("only what is needed")
          .noneMatch(target -> target.contains("conda"));
      try (Stream<Path> left = Files.list(folder.resolve("cache"))) {
        assertThat(left).as("no parts are left").hasSize(1);
      }
    }
  }

  @Test
  void whatWasFetchedIsNotFetchedAgainAndAMovedAliasIsSeen() {
    try (FakeRegistry server = new FakeRegistry(content)) {
      FetchedModel first = registry(server.address()).fetch(CHAMPION);
      int requests = server.requests().size();
      MlflowRegistry registry = registry(server.address());
      assertThat(registry.fetch(CHAMPION)).isEqualTo(first);
      assertThat(server.requests()).hasSize(requests + 1);
      assertThat(registry.changedSince(CHAMPION, first.identity())).isFalse();
      content.champion("2");
      assertThat(registry.changedSince(CHAMPION, first.identity())).isTrue();
      FetchedModel second = registry.fetch(CHAMPION);
      assertThat(second.identity().version()).isEqualTo("2");
      assertThat(second.identity().digest()).isNotEqualTo(first.identity().digest());
      assertThat(registry.fetch("models:/mnist/1")).isEqualTo(first);
    }
  }

  @Test
  void anotherFormIsRefusedByName() {
    content.with("1", Map.of("MLmodel", FakeRegistry.description("sklearn", "python_function")));
    try (FakeRegistry server = new FakeRegistry(content)) {
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> registry(server.address()).fetch(CHAMPION))
          .withMessageContaining("sklearn, python_function")
          .withMessageContaining("/invocations");
    }
  }

  @Test
  void whatTheRegistryDoesNotHaveIsRefusedWithWhatItSays() {
    try (FakeRegistry server = new FakeRegistry(content)) {
      MlflowRegistry registry = registry(server.address());
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> registry.fetch("models:/mnist@nosuch"))
          .withMessageContaining("Registered model alias nosuch not found.")
          .withMessageContaining("name a model");
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> registry.version("models:/mnist/9"))
          .withMessageContaining("version=9");
    }
  }

  @Test
  void aFileThatComesCutIsNotTaken() throws IOException {
    content.cut(true);
    try (FakeRegistry server = new FakeRegistry(content)) {
      assertThatExceptionOfType(ServerUnavailableException.class)
          .isThrownBy(() -> registry(server.address()).fetch(CHAMPION))
          .withMessageContaining("gave 1 bytes of " + WEIGHTS + ", which has 2");
      try (Stream<Path> left = Files.list(folder.resolve("cache"))) {
        assertThat(left).isEmpty();
      }
      content.cut(false);
      assertThat(registry(server.address()).fetch(CHAMPION).file()).exists();
    }
  }

  @Test
  void aRegistryThatIsDownIsWaitedFor() {
    try (FakeRegistry server = new FakeRegistry(content)) {
      MlflowRegistry registry = registry(server.address());
      server.goDown();
      assertThatExceptionOfType(ServerUnavailableException.class)
          .isThrownBy(() -> registry.fetch(CHAMPION))
          .withMessageContaining("takes a connection");
      server.comeUp();
      assertThat(registry.fetch(CHAMPION).file()).exists();
    }
  }

  @Test
  void aFileOutsideTheModelsFolderIsNotWritten() {
    byte[] evil = "flavors:\n  onnx:\n    data: ../../evil.onnx\n".getBytes(StandardCharsets.UTF_8);
    content.with("1", Map.of("MLmodel", evil));
    try (FakeRegistry server = new FakeRegistry(content)) {
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> registry(server.address()).fetch(CHAMPION))
          .withMessageContaining("outside");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"models:/mnist", "models:/mnist/champion", "models:/a/b/1", "mnist@x"})
  void whatIsNoAddressOfAModelIsRefusedWithItsForm(String location) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> RegistryAddress.parse(location))
        .withMessageContaining("models:/NAME@ALIAS");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///tmp/mlruns", "databricks", "http://me:hunter2@host"})
  void aTrackingServerThatCannotBeAskedIsRefused(String address) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> registry(address))
        .withMessageNotContaining("hunter2");
  }
}
