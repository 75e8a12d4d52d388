package org.robustnessgap.serving;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.robustnessgap.attack.map.OnnxMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.ModelReference;

/**
 * Asks real servers about the probes and holds their answers against ONNX Runtime's. Arguments: the
 * ONNX file, the shape of an image such as 1,28,28, and addresses.
 */
final class RealServers {
  private RealServers() {}

  public static void main(String[] arguments) {
    List<Long> shape = Arrays.stream(arguments[1].split(",")).map(Long::valueOf).toList();
    for (String location : List.of(arguments).subList(2, arguments.length)) {
      ask(Path.of(arguments[0]), shape, location);
    }
  }

  private static void ask(Path file, List<Long> shape, String location) {
    long begun = System.nanoTime();
    try (ServedClassifier classifier =
        new ServedModels()
            .classifier(
                new ModelReference("digits", location, null, null, Endpoint.STANDARD),
                shape,
                null)) {
      System.out.printf(
          Locale.ROOT,
          "%s%n  %s, %s, K=%d, deterministic %s, %d queries, %s, %.1f s%n",
          location,
          classifier.transport(),
          classifier.access(),
          classifier.classes(),
          classifier.isDeterministic(),
          classifier.queries(),
          classifier.identity().describe(),
          (System.nanoTime() - begun) / 1e9);
      for (Way way : classifier.contact().ways()) {
        System.out.printf(
            Locale.ROOT,
            "  %s: %s%n",
            way.transport().name(),
            way.failure() != null
                ? way.failure().sentence()
                : String.format(Locale.ROOT, "%.1f ms for %d", way.millis(), way.images()));
      }
      int values = shape.stream().mapToInt(Math::toIntExact).reduce(1, (a, b) -> a * b);
      Rows images = Probes.of(Probes.MOST, values, 0, 1);
      Rows answers = classifier.ask(images);
      try (OnnxMap map = OnnxMap.open(file)) {
        Rows expected = map.apply(images);
        double difference = 0;
        for (int i = 0; i < answers.values().length && answers.width() == expected.width(); i++) {
          difference = Math.max(difference, Math.abs(answers.values()[i] - expected.values()[i]));
        }
        System.out.printf(Locale.ROOT, "  largest difference of scores %.2g%n", difference);
      }
    } catch (RuntimeException e) {
      System.out.printf("%s%n  %s%n", location, e.getMessage());
    }
  }
}
