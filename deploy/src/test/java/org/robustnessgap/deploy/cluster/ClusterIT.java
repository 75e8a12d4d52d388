package org.robustnessgap.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PROCESSES = 5;

  @TempDir Path folder;

  private Process launcher;

  @AfterEach
  void stop() throws Exception {
    List<ProcessHandle> all = launcher.descendants().toList();
    launcher.destroyForcibly().waitFor();
    all.forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void startsDeadProcessesAgainAndLeavesNoneBehind() throws Exception {
    int port = freePort();
    Path output = folder.resolve("cluster.log");
    launcher =
        LauncherProcess.builder(
                LauncherProcess.LIGHT,
                List.of(
                    "cluster",
                    "--data",
                    folder.resolve("kafka").toString(),
                    "--kafka-port",
                    Integer.toString(freePort()),
                    "--port",
                    Integer.toString(port)))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    await().atMost(PATIENCE).until(() -> isReady(port));

    assertThat(children()).hasSize(PROCESSES);
    ProcessHandle generator = child(output, "generator-service");
    generator.destroyForcibly();
    await()
        .atMost(PATIENCE)
        .until(
            () -> Files.readString(output).contains("generator-service (pid " + generator.pid()));
    await()
        .atMost(PATIENCE)
        .until(() -> children().size() == PROCESSES && !children().contains(generator));

    Set<ProcessHandle> last = children();
    launcher.destroyForcibly().waitFor();
    await().atMost(PATIENCE).until(() -> last.stream().noneMatch(ProcessHandle::isAlive));
  }

  private Set<ProcessHandle> children() {
    return launcher.children().filter(ProcessHandle::isAlive).collect(Collectors.toSet());
  }

  private static ProcessHandle child(Path output, String name) throws IOException {
    String started = name + " starts (pid ";
    String line =
        Files.readAllLines(output).stream()
            .filter(l -> l.startsWith(started))
            .findFirst()
            .orElseThrow();
    return ProcessHandle.of(Long.parseLong(line.substring(started.length(), line.length() - 1)))
        .orElseThrow();
  }

  private static boolean isReady(int port) throws InterruptedException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/health/ready")).build();
      return HttpClient.newHttpClient()
              .send(request, HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    }
  }
}
