package org.robustnessgap.deploy;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.deploy.model.ClassifierOptions;
import org.robustnessgap.deploy.model.ContractOptions;
import org.robustnessgap.deploy.model.GeneratorOptions;
import org.robustnessgap.deploy.model.ModelFile;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.onnx.ModelImport;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.Composition;
import org.robustnessgap.onnx.graph.OnnxModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code differentiate}. */
@Command(
    name = "differentiate",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the ONNX model that computes a model's output and one vector–Jacobian product.",
      "Its inputs are, in this order, x and a cotangent v of the output's shape; its outputs are",
      "y = f(x) and the gradient vᵀ ∂f/∂x. Any ONNX runtime can run it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap differentiate f.onnx --out f.vjp.onnx",
      "  robustness-gap differentiate f.onnx --generator g.onnx --out fg.vjp.onnx"
    })
final class DifferentiateCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "MODEL.onnx",
      description = "The model f, with one input and one output.")
  private Path file;

  @Option(
      names = "--generator",
      paramLabel = "G.onnx",
      description = "Differentiate f(g(z)) with respect to z instead.")
  private @Nullable Path generator;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "The file to write, weights inside.")
  private Path out;

  @Mixin private ContractOptions contractOptions;

  @Mixin private ClassifierOptions classifierOptions;

  @Mixin private GeneratorOptions generatorOptions;

  @Override
  public Integer call() {
    try (Engine engine = new OnnxRuntimeEngine(0)) {
      InputContract contract = contractOptions.contract();
      OnnxModel model;
      if (generator == null) {
        model = ModelImport.read(file, classifierOptions.options(), contract, List.of(), engine);
      } else {
        OnnxModel images =
            ModelImport.read(generator, generatorOptions.options(), List.of(), engine);
        model =
            Composition.of(
                images,
                ModelImport.read(
                    file, classifierOptions.options(), contract, images.rowShape(), engine));
      }
      OnnxModel gradient = Differentiator.differentiate(model, engine);
      engine.load(gradient).close();
      ModelFile.write(out, gradient);
      return 0;
    }
  }
}
