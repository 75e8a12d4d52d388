package org.robustnessgap.deploy.measure;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.deploy.model.ClassifierOptions;
import org.robustnessgap.deploy.model.ContractOptions;
import org.robustnessgap.deploy.model.GeneratorOptions;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferPlan;
import org.robustnessgap.onnx.graph.OnnxModel;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A campaign in options, for those who have no file of one. */
final class CampaignOptions {
  private static final String ID = "measure";
  private static final int BATCH = 32;
  private static final int SMOOTHNESS_SAMPLES = 1024;

  @Option(
      names = "--generator",
      paramLabel = "G.onnx",
      description = "Makes images from latent vectors drawn from N(0, I).")
  private @Nullable Path generator;

  @Option(
      names = "--classifier",
      paramLabel = "F.onnx",
      arity = "1..*",
      description = "One or more classifiers of those images; may be repeated.")
  private @Nullable List<Path> classifiers;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Determines the latent vectors (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--transfer",
      paramLabel = "N",
      description =
          "Also find out, on the first N samples for each pair of classifiers, which perturbations"
              + " fool both, by boundary-descent and l2, in those of --spaces that are latent or"
              + " unconstrained (default: not).")
  private @Nullable Long transfer;

  @Mixin private SearchOptions search;

  @Mixin private ContractOptions contractOptions;

  @Mixin private ClassifierOptions classifierOptions;

  @Mixin private GeneratorOptions generatorOptions;

  /**
   * The campaign that the options describe; how many samples it has, they do not say.
   *
   * @param models opens the generator, which alone knows its latent dimension
   * @throws InvalidInputException if no model is named, the generator cannot be opened, or an
   *     option cannot be read or contradicts another
   */
  Campaign campaign(List<Double> quantiles, ModelCache models) {
    if (generator == null || classifiers == null) {
      throw new InvalidInputException(
          (generator == null ? "--generator" : "--classifier")
              + " is missing; name the models with --generator and --classifier, or a file that"
              + " does with --campaign.");
    }
    AttackPlan plan = search.plan();
    List<ModelReference> references = references(classifiers);
    TransferPlan transferPlan = transferPlan(references);
    String location = generator.toAbsolutePath().toString();
    ModelOptions options = generatorOptions.options();
    int dimension = models.generator(location, options).latentDimension();
    return new Campaign(
        ID,
        new GeneratorReference(nameOf(generator), location, dimension, options),
        references,
        new SamplingPlan(seed, null, null, BATCH, BATCH, 1, Integer.MAX_VALUE),
        plan,
        needsSmoothness(plan) ? SmoothnessPlan.standard(SMOOTHNESS_SAMPLES) : null,
        transferPlan,
        quantiles);
  }

  /** Limits on images, and what divides their distances, are of ℓ2 alone. */
  private static boolean needsSmoothness(AttackPlan plan) {
    return plan.spaces().stream()
        .anyMatch(space -> space != Space.LATENT && plan.norm(space) == Norm.L2);
  }

  private @Nullable TransferPlan transferPlan(List<ModelReference> references) {
    if (transfer == null) {
      return null;
    }
    if (transfer < 1) {
      throw new InvalidInputException(
          "--transfer " + transfer + " is no number of samples; give at least 1, or leave it out.");
    }
    if (references.size() < 2) {
      throw new InvalidInputException(
          "--transfer compares classifiers, but "
              + references.get(0).name()
              + " is the only one; add another.");
    }
    return search.transferPlan(transfer);
  }

  private List<ModelReference> references(List<Path> classifiers) {
    ModelOptions options = classifierOptions.options();
    InputContract contract = contractOptions.contract();
    Set<String> seen = new HashSet<>();
    for (Path classifier : classifiers) {
      if (!seen.add(nameOf(classifier))) {
        throw new InvalidInputException(
            "Two classifiers are called " + nameOf(classifier) + "; rename one of the files.");
      }
    }
    return classifiers.stream()
        .map(
            file ->
                new ModelReference(
                    nameOf(file), file.toAbsolutePath().toString(), options, contract))
        .toList();
  }

  /** A file may be called anything; a model may not. */
  private static String nameOf(Path file) {
    String safe = OnnxModel.nameOf(file).replaceAll("[^A-Za-z0-9._-]", "_");
    return Character.isLetterOrDigit(safe.charAt(0)) ? safe : "m" + safe;
  }
}
