package org.robustnessgap.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.robustnessgap.attack.map.OnnxMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.call.Credentials;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.call.Timer;
import org.robustnessgap.serving.mlflow.FetchedModel;
import org.robustnessgap.serving.mlflow.MlflowRegistry;

/**
 * Attaches to real servers and holds their answers against ONNX Runtime's; no test, for they must
 * be started. Arguments: the ONNX file that they serve, the shape of an image such as 1,28,28, and
 * addresses, of which those of a registry are looked up at MLFLOW_TRACKING_URI.
 */
final class RealServers {
  private final Path file;
  private final List<Long> shape;

  private RealServers(Path file, List<Long> shape) {
    this.file = file;
    this.shape = shape;
  }

  public static void main(String[] arguments) throws IOException {
    List<Long> shape = Arrays.stream(arguments[1].split(",")).map(Long::valueOf).toList();
    RealServers real = new RealServers(Path.of(arguments[0]), shape);
    for (String location : List.of(arguments).subList(2, arguments.length)) {
      System.out.println(location);
      try {
        if (location.startsWith("models:")) {
          real.fetch(location);
        } else {
          real.ask(location);
        }
      } catch (RuntimeException e) {
        System.out.println("  " + e.getMessage());
      }
    }
  }

  private void fetch(String location) throws IOException {
    FetchedModel model =
        new MlflowRegistry(
                System.getenv("MLFLOW_TRACKING_URI"),
                new Credentials(null),
                Deadlines.STANDARD,
                Files.createTempDirectory("fetched"),
                Timer.SYSTEM)
            .fetch(location);
    System.out.println("  " + model.file() + ", " + model.identity().describe());
    try (OnnxMap map = OnnxMap.open(model.file())) {
      compare(map.apply(images()));
    }
  }

  private void ask(String location) {
    long begun = System.nanoTime();
    ModelReference reference = new ModelReference("digits", location);
    Attachment found = new Attaching().of(reference, shape, null);
    System.out.printf(
        Locale.ROOT,
        "  %s, %s, %s of %d, %s, largest batch %d, %.2f ms, at %d %.2f ms, %d queries in %.1f s%n",
        found.server(),
        found.identity() == null ? "unknown" : found.identity().describe(),
        found.access(),
        found.classes(),
        found.transport(),
        found.largestBatch(),
        found.batches().get(0).millis(),
        found.best().images(),
        found.best().millis(),
        found.queries(),
        (System.nanoTime() - begun) / 1e9);
    found.ways().forEach(way -> System.out.println("  " + way));
    found.problems().forEach(problem -> System.out.println("  ! " + problem));
    try (ServedClassifier classifier = new ServedModels().classifier(reference, shape, null)) {
      compare(classifier.ask(images()));
    }
  }

  private Rows images() {
    int values = shape.stream().mapToInt(Math::toIntExact).reduce(1, (a, b) -> a * b);
    return Probes.of(Probes.MOST, values, 0, 1);
  }

  private void compare(Rows answers) {
    try (OnnxMap map = OnnxMap.open(file)) {
      Rows expected = map.apply(images());
      double difference = 0;
      for (int i = 0; i < answers.values().length; i++) {
        difference = Math.max(difference, Math.abs(answers.values()[i] - expected.values()[i]));
      }
      System.out.printf(Locale.ROOT, "  largest difference of scores %.2g%n", difference);
    }
  }
}
