package org.robustnessgap.deploy;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.robustnessgap.deploy.model.ClassifierOptions;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.worker.EngineOptions;
import org.robustnessgap.worker.engine.Engine;
import org.robustnessgap.worker.onnx.Inspection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The command {@code inspect}. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what an ONNX model holds and whether it can be attacked.",
      "If it cannot be differentiated, names the nodes that stand in the way and exits with code 2."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  robustness-gap inspect model.onnx"})
final class InspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL.onnx", description = "The model.")
  private Path file;

  @Mixin private ClassifierOptions options;

  @Mixin private EngineOptions engineOptions;

  @Override
  public Integer call() {
    try (Engine engine = engineOptions.settings().open()) {
      Inspection inspection =
          Inspection.of(file, options.options(), engine, model -> engine.load(model).close());
      System.out.print(text(inspection));
      if (!inspection.differentiable()) {
        throw new InvalidInputException(inspection.refusal());
      }
      return 0;
    }
  }

  private String text(Inspection inspection) {
    StringBuilder text = new StringBuilder();
    text.append(file.getFileName()).append('\n');
    inspection.inputs().forEach(input -> line(text, "input", input.describe()));
    inspection.outputs().forEach(output -> line(text, "output", output.describe()));
    line(text, "opset", inspection.opset() < 0 ? "unstated" : Long.toString(inspection.opset()));
    line(text, "producer", inspection.producer().isEmpty() ? "unstated" : inspection.producer());
    line(text, "parameters", String.format(Locale.ROOT, "%,d", inspection.parameters()));
    line(
        text,
        "operators",
        inspection.operators().entrySet().stream()
            .map(entry -> entry.getValue() + " " + entry.getKey())
            .collect(Collectors.joining(", ")));
    line(text, "gradient", gradient(inspection));
    if (inspection.scores() != null) {
      line(text, "searched by", inspection.scores());
    }
    inspection.straightThrough().forEach(node -> line(text, "estimated", node));
    inspection.obstacles().forEach(obstacle -> line(text, "in the way", obstacle));
    return text.toString();
  }

  private static String gradient(Inspection inspection) {
    return !inspection.differentiable()
        ? "no"
        : inspection.outputs().size() == 1 ? "yes" : "yes, of " + inspection.attacked();
  }

  private static void line(StringBuilder text, String what, String value) {
    text.append(String.format(Locale.ROOT, "  %-12s%s%n", what, value));
  }
}
