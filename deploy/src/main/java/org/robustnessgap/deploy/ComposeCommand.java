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
import org.robustnessgap.onnx.graph.Composition;
import org.robustnessgap.onnx.graph.OnnxModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code compose}. */
@Command(
    name = "compose",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the ONNX model that is measured: what is done to images, then the classifier.",
      "Its input are images as the input contract says they are; with --generator, latent vectors."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap compose --classifier f.onnx --contract f.json --image-size 32x32 --out pixels-to-scores.onnx",
      "  robustness-gap compose --classifier f.onnx --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --out f-of-pixels.onnx",
      "  robustness-gap compose --generator g.onnx --classifier f.onnx --resize 224 --out latents-to-scores.onnx"
    })
final class ComposeCommand implements Callable<Integer> {
  @Option(
      names = "--classifier",
      paramLabel = "F.onnx",
      required = true,
      description = "The classifier.")
  private Path classifier;

  @Option(
      names = "--generator",
      paramLabel = "G.onnx",
      description = "Put the generator of the images in front too.")
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
      OnnxModel model = model(engine);
      engine.load(model).close();
      ModelFile.write(out, model);
      return 0;
    }
  }

  private OnnxModel model(Engine engine) {
    InputContract contract = contractOptions.contract();
    if (generator == null) {
      return ModelImport.read(classifier, classifierOptions.options(), contract, List.of(), engine);
    }
    OnnxModel images = ModelImport.read(generator, generatorOptions.options(), List.of(), engine);
    return Composition.of(
        images,
        ModelImport.read(
            classifier, classifierOptions.options(), contract, images.rowShape(), engine));
  }
}
