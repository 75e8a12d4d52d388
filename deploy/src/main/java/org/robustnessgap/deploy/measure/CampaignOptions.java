package org.robustnessgap.deploy.measure;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.deploy.images.ClassifierImages;
import org.robustnessgap.deploy.model.ClassifierOptions;
import org.robustnessgap.deploy.model.ContractOptions;
import org.robustnessgap.deploy.model.EndpointOptions;
import org.robustnessgap.deploy.model.GeneratorOptions;
import org.robustnessgap.deploy.model.ModelName;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.ImageData;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Inversion;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferPlan;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A campaign in options, for those who have no file of one. */
final class CampaignOptions {
  private static final String ID = "measure";
  private static final String REGISTERED = "models:/";
  private static final int BATCH = 32;
  private static final int SMOOTHNESS_SAMPLES = 1024;

  @Option(
      names = "--generator",
      paramLabel = "G.onnx",
      description = "Makes images from latent vectors drawn from N(0, I).")
  private @Nullable Path generator;

  @Option(
      names = "--images",
      paramLabel = "PATH",
      description =
          "In place of --generator, images of your own: a folder, an archive or a file of many"
              + " formats, docs/reference/images.md has the rules. What black and white are, --range"
              + " says (default: 0,1). With --generator, they are brought back to its latent vectors,"
              + " to search from there too.")
  private @Nullable Path images;

  @Option(
      names = "--classifier",
      paramLabel = "F.onnx|URL",
      arity = "1..*",
      description =
          "One or more classifiers of those images, files or addresses of served models; may be"
              + " repeated.")
  private @Nullable List<String> classifiers;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Determines the latent vectors (default: 0).")
  private @Nullable Long seed;

  @Option(
      names = "--transfer",
      paramLabel = "N",
      description =
          "Also find out, on the first N samples for each pair of classifiers, which perturbations"
              + " fool both, by boundary-descent and l2, in those of --spaces that are latent or"
              + " unconstrained (default: not).")
  private @Nullable Long transfer;

  @Mixin private InversionOptions inversionOptions;

  @Mixin private SearchOptions search;

  @Mixin private ContractOptions contractOptions;

  @Mixin private ClassifierOptions classifierOptions;

  @Mixin private EndpointOptions endpointOptions;

  @Mixin private GeneratorOptions generatorOptions;

  /** The same options of this classifier, whatever {@code --classifier} says. */
  CampaignOptions of(String classifier) {
    classifiers = List.of(classifier);
    return this;
  }

  /**
   * The campaign that the options describe; how many samples it has, they do not say.
   *
   * @param models opens the generator, which alone knows its latent dimension
   * @throws InvalidInputException if no model is named, the generator or the images cannot be
   *     opened, or an option cannot be read or contradicts another
   */
  Campaign campaign(List<Double> quantiles, ModelCache models) {
    if ((generator == null && images == null) || classifiers == null) {
      throw new InvalidInputException(
          (classifiers == null ? "--classifier" : "--generator")
              + " is missing; name the models with --generator and --classifier, or images in place"
              + " of a generator with --images, or a file that says it with --campaign.");
    }
    requireOneSource();
    AttackPlan plan =
        search.plan(generator == null ? List.of(Space.UNCONSTRAINED) : List.of(Space.values()));
    List<ModelReference> references = references(classifiers);
    TransferPlan transferPlan =
        transferPlan(images == null ? plan : plan.in(List.of(Space.UNCONSTRAINED)), references);
    GeneratorReference reference = generator == null ? null : reference(generator, models);
    return new Campaign(
        ID,
        images == null ? reference : null,
        references,
        new SamplingPlan(seed == null ? 0 : seed, null, null, BATCH, BATCH, 1, Integer.MAX_VALUE),
        plan,
        images == null && needsSmoothness(plan)
            ? SmoothnessPlan.standard(SMOOTHNESS_SAMPLES)
            : null,
        transferPlan,
        quantiles,
        Map.of(),
        List.of(),
        images == null ? null : data(images, inversion(reference), references.get(0), models));
  }

  /** Null without a generator to bring images back to. */
  private @Nullable Inversion inversion(@Nullable GeneratorReference reference) {
    return reference == null || generator == null
        ? null
        : inversionOptions.of(reference, generator);
  }

  private void requireOneSource() {
    if (images == null || generator == null) {
      inversionOptions.requireNone();
    }
    String other = null;
    if (seed != null) {
      other = "--seed, of latent vectors that are drawn";
    } else if (generator == null && !generatorOptions.options().equals(ModelOptions.NONE)) {
      other = "--generator-output or --generator-fix and no --generator";
    }
    if (images != null && other != null) {
      throw new InvalidInputException(
          "--images are in place of a generator's, but there is "
              + other
              + "; leave out one of the two.");
    }
  }

  private GeneratorReference reference(Path file, ModelCache models) {
    String location = file.toAbsolutePath().toString();
    ModelOptions options = generatorOptions.options();
    int dimension = models.generator(location, options).latentDimension();
    return new GeneratorReference(ModelName.of(file), location, dimension, options);
  }

  /** In the shape that the first classifier takes. */
  private ImageData data(
      Path path, @Nullable Inversion inversion, ModelReference classifier, ModelCache models) {
    Path whole = path.toAbsolutePath().normalize();
    InputContract contract = contractOptions.contract();
    ClassifierImages taken =
        new ClassifierImages(whole, contract, contract == null ? null : contract.pixels());
    List<Integer> shape =
        classifier.served()
            ? shapeOf(classifier)
            : taken
                .form(
                    taken.read(
                        Path.of(classifier.location()),
                        classifierOptions.options(),
                        models.engine()))
                .shape()
                .stream()
                .map(Math::toIntExact)
                .toList();
    return new ImageData(ModelName.of(whole), whole.toString(), shape, null, inversion);
  }

  private static List<Integer> shapeOf(ModelReference served) {
    List<Integer> shape = served.endpointOrStandard().image();
    if (shape == null) {
      throw new InvalidInputException(
          "Of "
              + served.name()
              + " only its server knows the shape of its images; name it with --image-size, as"
              + " CxHxW.");
    }
    return shape;
  }

  /** Limits on images, and what divides their distances, are of ℓ2 alone. */
  private static boolean needsSmoothness(AttackPlan plan) {
    return plan.spaces().stream()
        .anyMatch(space -> space != Space.LATENT && plan.norm(space) == Norm.L2);
  }

  private @Nullable TransferPlan transferPlan(AttackPlan plan, List<ModelReference> references) {
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
    return SearchOptions.transferPlan(plan, transfer);
  }

  private List<ModelReference> references(List<String> classifiers) {
    List<ModelReference> references = classifiers.stream().map(this::reference).toList();
    Set<String> seen = new HashSet<>();
    for (ModelReference classifier : references) {
      if (!seen.add(classifier.name())) {
        throw new InvalidInputException(
            "Two classifiers are called "
                + classifier.name()
                + "; rename one of the files, or name both in a campaign file.");
      }
    }
    return references;
  }

  private ModelReference reference(String location) {
    String name = ModelName.ofLocation(location);
    InputContract contract = contractOptions.contract();
    ModelOptions options = classifierOptions.options();
    ModelReference served = new ModelReference(name, location, null, contract);
    if (!served.served()) {
      boolean file = !location.startsWith(REGISTERED);
      return new ModelReference(
          name, file ? Path.of(location).toAbsolutePath().toString() : location, options, contract);
    }
    Endpoint endpoint = endpointOptions.endpoint(null, options.output(), options.imageSize());
    return new ModelReference(name, location, null, contract, endpoint);
  }
}
