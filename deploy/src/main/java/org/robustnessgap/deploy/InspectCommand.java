package org.robustnessgap.deploy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.deploy.model.ClassifierOptions;
import org.robustnessgap.deploy.model.ContractArguments;
import org.robustnessgap.deploy.model.ContractOptions;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.Inspection;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.input.ProposedContract;
import org.robustnessgap.worker.EngineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code inspect}. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what an ONNX model holds, whether it can be attacked, and which pixels it wants.",
      "If it cannot be differentiated, names the nodes that stand in the way and exits with code 2."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap inspect model.onnx",
      "  robustness-gap inspect --model-range=0,255 --image-size 224x224 model.onnx"
    })
final class InspectCommand implements Callable<Integer> {
  /** What a shell takes as it is. */
  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

  @Parameters(paramLabel = "MODEL.onnx", description = "The model.")
  private Path file;

  @Mixin private ContractOptions contractOptions;

  @Mixin private ClassifierOptions options;

  @Mixin private EngineOptions engineOptions;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    InputContract contract = contractOptions.contract();
    try (Engine engine = engineOptions.settings().open()) {
      Inspection inspection =
          Inspection.of(
              file, options.options(), contract, engine, model -> engine.load(model).close());
      System.out.print(text(inspection, contract));
      String refusal = inspection.refusal();
      if (refusal != null) {
        throw new InvalidInputException(refusal);
      }
      return 0;
    }
  }

  private String text(Inspection inspection, @Nullable InputContract contract) {
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
    if (makesImages(inspection)) {
      line(
          text,
          "generator",
          "its output is no row of scores; where a generator of images is wanted, give it as --generator="
              + quoted(file.toString()));
    } else if (inspection.proposed() != null) {
      inspection.proposed().readings().forEach(reading -> line(text, "pixels", reading));
      if (contract == null) {
        inspection.proposed().unknown().forEach(unknown -> line(text, "unknown", unknown));
        inspection.proposed().proposals().forEach(proposal -> propose(text, proposal));
      } else {
        line(text, "contract", "pixels are " + contract.pixels().describe());
      }
    }
    return text.toString();
  }

  /** From vectors something that has rows and columns. */
  private static boolean makesImages(Inspection inspection) {
    return inspection.inputs().size() == 1
        && inspection.outputs().size() == 1
        && axes(inspection.inputs().get(0)) == 2
        && axes(inspection.outputs().get(0)) == 4;
  }

  /** 0 if it does not say. */
  private static int axes(OnnxModel.Value value) {
    return value.shape() == null ? 0 : value.shape().size();
  }

  private void propose(StringBuilder text, ProposedContract.Proposal proposal) {
    List<String> words = new ArrayList<>(List.of("./robustness-gap measure"));
    words.add("--generator G.onnx --classifier " + quoted(file.toString()));
    given().forEach(option -> words.add(quoted(option)));
    words.addAll(ContractArguments.of(proposal.contract()));
    line(text, "command", proposal.when());
    line(text, "", String.join(" ", words));
  }

  /** What the user said of the model is to be said again. */
  private List<String> given() {
    List<String> given = new ArrayList<>();
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      for (String value : option.originalStringValues()) {
        given.add(
            option.arity().max() == 0 ? option.longestName() : option.longestName() + "=" + value);
      }
    }
    return given;
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private String gradient(Inspection inspection) {
    if (inspection.differentiable()) {
      return inspection.outputs().size() == 1 ? "yes" : "yes, of " + inspection.attacked();
    }
    return leavesSizeOpen(inspection)
        ? "unknown while the image size is left open; a generator tells it, else --image-size=HxW"
        : "no";
  }

  /** More than the batch, and nobody said what it is. */
  private boolean leavesSizeOpen(Inspection inspection) {
    return options.options().imageSize() == null
        && inspection.inputs().size() == 1
        && inspection.inputs().get(0).shape() != null
        && inspection.inputs().get(0).shape().stream().skip(1).anyMatch(length -> length < 0);
  }

  private static void line(StringBuilder text, String what, String value) {
    text.append(String.format(Locale.ROOT, "  %-12s%s%n", what, value));
  }
}
