package org.robustnessgap.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.OnnxMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.deploy.model.ClassifierOptions;
import org.robustnessgap.deploy.model.ContractOptions;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Json;
import org.robustnessgap.onnx.ModelImport;
import org.robustnessgap.worker.EngineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code benchmark}. */
@Command(
    name = "benchmark",
    mixinStandardHelpOptions = true,
    description = {
      "Times models: values alone, and values with one vector–Jacobian product.",
      "Prints the median over the rounds; the first run of each case is not counted."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap benchmark deploy/models/cifar10-vgg.onnx",
      "  robustness-gap benchmark --rows 64,1024 --device cuda f.onnx g.onnx",
      "  robustness-gap benchmark --resize 224 --image-size 32x32 f.onnx",
      "",
      "peers/speed.py compares with PyTorch."
    })
final class BenchmarkCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL.onnx", arity = "0..*", description = "The models.")
  private List<Path> files = List.of();

  @Option(
      names = "--rows",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,8,64,256",
      description = "Inputs handed over at once, comma-separated (default: ${DEFAULT-VALUE}).")
  private int[] rows;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Runs of each case (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--requests",
      description =
          "Answer lines 'ROWS MODEL.onnx' from standard input, one gradient each, so that another program can take turns.")
  private boolean requests;

  @Mixin private ContractOptions contractOptions;

  @Mixin private ClassifierOptions options;

  @Mixin private EngineOptions engineOptions;

  @Override
  public Integer call() {
    if (rounds < 1 || Arrays.stream(rows).anyMatch(count -> count < 1)) {
      throw new InvalidInputException("--rows and --rounds must be at least 1.");
    }
    if (requests != files.isEmpty()) {
      throw new InvalidInputException("Name the models to time, or pass --requests without any.");
    }
    try (Engine engine = engineOptions.settings().open()) {
      if (requests) {
        answer(engine);
      } else {
        print(engine);
      }
    }
    return 0;
  }

  private void print(Engine engine) {
    String line = "%-28s%8s%14s%16s%n";
    System.out.printf(line, engine.name(), "rows", "values", "gradient");
    for (Path file : files) {
      try (OnnxMap map = open(file, engine)) {
        for (int count : rows) {
          Rows points = points(count, map.inputSize());
          Rows cotangents = points(count, map.outputSize());
          double values = median(() -> map.apply(points));
          double gradient = median(() -> map.vjp(points, cotangents));
          System.out.printf(
              line, file.getFileName(), count, milliseconds(values), milliseconds(gradient));
        }
      }
    }
  }

  private OnnxMap open(Path file, Engine engine) {
    return OnnxMap.open(
        ModelImport.read(file, options.options(), contractOptions.contract(), List.of(), engine),
        engine);
  }

  private double median(Runnable work) {
    work.run();
    double[] times = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      times[round] = time(work);
    }
    Arrays.sort(times);
    return (times[(rounds - 1) / 2] + times[rounds / 2]) / 2;
  }

  private static double time(Runnable work) {
    long started = System.nanoTime();
    work.run();
    return (System.nanoTime() - started) / 1e6;
  }

  private static String milliseconds(double time) {
    return String.format(Locale.ROOT, "%.2f ms", time);
  }

  /** The norm of the gradient in an answer tells whether both programs computed the same. */
  private void answer(Engine engine) {
    Map<String, OnnxMap> open = new HashMap<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] request = line.strip().split(" ", 2);
        if (request.length != 2 || !request[0].matches("[1-9]\\d{0,5}")) {
          throw new InvalidInputException("'" + line + "' is no request 'ROWS MODEL.onnx'.");
        }
        OnnxMap map = open.computeIfAbsent(request[1], file -> open(Path.of(file), engine));
        int count = Integer.parseInt(request[0]);
        Rows points = points(count, map.inputSize());
        Rows cotangents = points(count, map.outputSize());
        System.out.println(answer(map, points, cotangents));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      open.values().forEach(OnnxMap::close);
    }
  }

  private static ObjectNode answer(OnnxMap map, Rows points, Rows cotangents) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begun = threads.getCurrentThreadCpuTime();
    long started = System.nanoTime();
    DifferentiableMap.Product product = map.vjp(points, cotangents);
    ObjectNode answer = Json.mapper().createObjectNode();
    answer.put("milliseconds", (System.nanoTime() - started) / 1e6);
    // With --threads 1 all the work; unlike the time on the clock, it can be compared on a busy
    // machine.
    answer.put("cpu_milliseconds", (threads.getCurrentThreadCpuTime() - begun) / 1e6);
    answer.put("gradient_norm", norm(product.gradients()));
    return answer;
  }

  private static double norm(Rows rows) {
    double sum = 0;
    for (int row = 0; row < rows.count(); row++) {
      sum += rows.norm(row) * rows.norm(row);
    }
    return Math.sqrt(sum);
  }

  /** Reproducible by any program: cos of 1, 2, 3 … */
  private static Rows points(int count, int width) {
    float[] values = new float[Math.multiplyExact(count, width)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.cos(i + 1);
    }
    return new Rows(values, width);
  }
}
