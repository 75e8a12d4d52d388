package org.robustnessgap.deploy.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.deploy.model.ContractOptions;
import org.robustnessgap.deploy.model.EndpointOptions;
import org.robustnessgap.deploy.model.ImageSize;
import org.robustnessgap.deploy.model.ModelName;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.Attaching;
import org.robustnessgap.serving.Attachment;
import org.robustnessgap.worker.ReachedModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code attach}. */
@Command(
    name = "attach",
    mixinStandardHelpOptions = true,
    description = {
      "Says what an attack may learn of a classifier that production serves, and what that takes.",
      "Reads what the server says, and asks the rest by trying.",
      "Addresses: oip+http://…/v2/models/M[/versions/V] (also https) and oip+grpc://HOST:PORT/v2/models/M",
      "(also grpcs) of MLServer, KServe and Triton; http://…/invocations of MLflow's scoring server;",
      "models:/M@ALIAS or models:/M/V of the registry at MLFLOW_TRACKING_URI, whose ONNX file is fetched."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap attach oip+http://localhost:8000/v2/models/digits",
      "  robustness-gap attach oip+grpc://triton:8001/v2/models/digits --generator g.onnx --out"
          + " campaign.json",
      "  robustness-gap attach http://localhost:5001/invocations --image-size 1x28x28",
      "  robustness-gap attach models:/digits@champion --generator g.onnx --out campaign.json"
    })
public final class AttachCommand implements Callable<Integer> {
  @Parameters(paramLabel = "URL", description = "The address of the model.")
  private String location;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "How tables and metrics are to call it (default: as its server does).")
  private @Nullable String name;

  @Option(
      names = "--image-size",
      paramLabel = "CxHxW",
      description =
          "Shape of one image, where the server does not state it (default: that of the generator's images).")
  private @Nullable String imageSize;

  @Option(
      names = "--input",
      paramLabel = "NAME",
      description = "The tensor that takes images, where the server does not state it.")
  private @Nullable String input;

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description = "The tensor that answers, where there are several (default: the first).")
  private @Nullable String output;

  @Option(
      names = "--generator",
      paramLabel = "G.onnx",
      description = "The generator on whose images the campaign is to measure it.")
  private @Nullable Path generator;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "128",
      description = "How many samples the campaign measures (default: ${DEFAULT-VALUE}).")
  private long samples;

  @Option(
      names = "--out",
      paramLabel = "FILE.json",
      description = "Write the campaign there, for apply or measure --campaign.")
  private @Nullable Path out;

  @Mixin private EndpointOptions endpointOptions;

  @Mixin private ContractOptions contractOptions;

  @Override
  public Integer call() {
    if (out != null && generator == null) {
      throw new InvalidInputException(
          "A campaign needs data: name the generator of images with --generator, or leave --out"
              + " out; the entry of the classifier is printed anyway.");
    }
    try (Engine engine = EngineSettings.standard().open();
        ModelCache models = new ModelCache(Path.of(""), engine, new ReachedModels())) {
      GeneratorReference source = generator == null ? null : source(generator, models);
      List<Long> image = source == null ? null : models.generator(source).image();
      ModelReference reference = attached(image);
      if (source != null) {
        // Whether the two fit each other is found out now.
        models.target(source, reference);
      }
      write(reference, source);
      return 0;
    } catch (ServerUnavailableException e) {
      throw new InvalidInputException(String.valueOf(e.getMessage()), e);
    }
  }

  private static GeneratorReference source(Path file, ModelCache models) {
    String path = file.toAbsolutePath().toString();
    int dimension = models.generator(path, ModelOptions.NONE).latentDimension();
    return new GeneratorReference(ModelName.of(file), path, dimension);
  }

  private ModelReference attached(@Nullable List<Long> image) {
    InputContract contract = contractOptions.contract();
    String called = name == null ? ModelName.ofLocation(location) : name;
    ModelReference asked =
        new ModelReference(
            called,
            location,
            null,
            contract,
            endpointOptions.endpoint(
                input, output, imageSize == null ? null : ImageSize.parse(imageSize)));
    if (!asked.served()) {
      return registered(called, contract);
    }
    Attachment found =
        new Attaching()
            .of(
                asked,
                contract == null ? image : null,
                asked.endpointOrStandard().queriesPerSecondOfJob());
    System.out.print(AttachmentText.of(found));
    if (found.access() == null) {
      throw new InvalidInputException(
          "What "
              + called
              + " answers is not known, so it cannot be measured: "
              + String.join(" ", found.problems()));
    }
    return AttachedCampaign.reference(asked, found);
  }

  /** A file that is fetched, and attacked as one. */
  private ModelReference registered(String called, @Nullable InputContract contract) {
    if (!location.startsWith("models:/")) {
      throw new InvalidInputException(
          location
              + " is no address of a served model; write for instance oip+http://HOST:PORT/v2/models/NAME"
              + " (see --help), and for a file use inspect.");
    }
    var fetched = new ReachedModels().fetch(location);
    System.out.print(AttachmentText.of(location, fetched));
    return new ModelReference(called, location, null, contract);
  }

  private void write(ModelReference reference, @Nullable GeneratorReference source) {
    if (source == null) {
      System.out.printf(
          "%nIts entry among the classifiers of a campaign:%n%n%s%n", json(reference));
      return;
    }
    Campaign campaign = AttachedCampaign.of(reference, source, samples);
    if (out == null) {
      System.out.printf("%nA campaign (--out writes it to a file):%n%n%s%n", json(campaign));
      return;
    }
    try {
      Files.writeString(out, json(campaign) + "\n");
    } catch (IOException e) {
      throw new InvalidInputException(
          "Cannot write "
              + out
              + ": "
              + e.getMessage()
              + "; name a file in a folder that is there.",
          e);
    }
    System.out.printf(
        "%nWrote %s; next:%n  ./robustness-gap measure --campaign %s%n  ./robustness-gap apply %s%n",
        out, out, out);
  }

  private static String json(Object value) {
    try {
      return Json.mapper()
          .writerWithDefaultPrettyPrinter()
          .writeValueAsString(Json.mapper().readTree(Json.write(value)));
    } catch (IOException e) {
      throw new IllegalStateException("written a moment ago", e);
    }
  }
}
