package org.robustnessgap.deploy.watch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.deploy.model.ModelName;
import org.robustnessgap.fit.autoencoder.Autoencoder;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.Space;

/**
 * The commands that lead from images and classifiers to figures, soonest first, and the campaign
 * that goes on with them.
 *
 * @param classifiers ONNX files
 * @param images a folder or file
 * @param contract what is done to images before the classifiers; null for nothing
 * @param form of the images, settled
 * @param dimension of the latent space of fitted generators
 * @param samples measured for the last figures
 * @param seed of all draws
 * @param linear whether principal components are all that is fitted
 * @param folder where files are written
 * @param engine options of the engine, as typed
 */
record WatchPlan(
    List<Path> classifiers,
    Path images,
    @Nullable InputContract contract,
    ImageForm form,
    int dimension,
    long samples,
    long seed,
    boolean linear,
    Path folder,
    List<String> engine) {
  private static final String ID = "watch";

  /** So few that the first figures come soon. */
  private static final long FIRST = 8;

  private static final int BATCH = 32;
  private static final int IN_FLIGHT = 16;
  private static final int TIMEOUT_SECONDS = 600;
  private static final int SMOOTHNESS_SAMPLES = 1024;

  WatchPlan {
    classifiers = List.copyOf(classifiers);
    engine = List.copyOf(engine);
  }

  /** Whether a decoder is trained: not of images that are too large for it. */
  boolean isTrained() {
    return !linear && form.values() <= Autoencoder.MOST_VALUES;
  }

  /** The generator that the last figures are of. */
  Path generator() {
    return isTrained() ? folder.resolve("generator.onnx") : linearGenerator();
  }

  private Path linearGenerator() {
    return folder.resolve("linear.onnx");
  }

  /** Where the contract is for the commands to read, if there is one. */
  Path contractFile() {
    return folder.resolve("contract.json");
  }

  Path campaignFile() {
    return folder.resolve("campaign.json");
  }

  /** Up to the generator that the last figures are of. */
  List<Step> fitting() {
    List<Step> steps = new ArrayList<>();
    long first = Math.min(FIRST, samples);
    steps.add(
        measureImages(
            "How far are your own images from another label? The first few", first, List.of()));
    steps.add(fit("A first generator of images like yours: principal components", true));
    steps.add(firstLimit(first));
    if (isTrained()) {
      steps.add(fit("A better generator, which takes minutes", false));
    }
    return steps;
  }

  /** From there on. */
  List<Step> measuring() {
    return List.of(
        measureImages(
            "Your own images",
            samples,
            List.of("--out", folder.resolve("images.jsonl").toString())),
        measure("All limits and distances", generator(), samples, List.of()));
  }

  /** The same with principal components alone. */
  WatchPlan asLinear() {
    return new WatchPlan(
        classifiers, images, contract, form, dimension, samples, seed, true, folder, engine);
  }

  private Step measureImages(String purpose, long count, List<String> more) {
    List<String> arguments = new ArrayList<>(List.of("--images", images.toString()));
    arguments.addAll(measured(count));
    arguments.addAll(more);
    return new Step(purpose, false, arguments);
  }

  /** Of latent vectors alone: limits on images take a look at how far the generator moves them. */
  private Step firstLimit(long count) {
    return measure(
        "The first limit, and distances to hold against it",
        linearGenerator(),
        count,
        List.of("--spaces", Space.LATENT.label()));
  }

  private Step measure(String purpose, Path generator, long count, List<String> more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--generator", generator.toString()));
    arguments.addAll(List.of("--seed", Long.toString(seed)));
    arguments.addAll(more);
    arguments.addAll(measured(count));
    if (more.isEmpty()) {
      arguments.addAll(List.of("--out", folder.resolve("generated.jsonl").toString()));
    }
    return new Step(purpose, false, arguments);
  }

  private List<String> measured(long count) {
    List<String> arguments = new ArrayList<>(List.of("--classifier"));
    classifiers.forEach(classifier -> arguments.add(classifier.toString()));
    arguments.addAll(List.of("--samples", Long.toString(count)));
    if (contract != null) {
      arguments.addAll(List.of("--contract", contractFile().toString()));
    }
    arguments.addAll(engine);
    return arguments;
  }

  private Step fit(String purpose, boolean ofPrincipalComponents) {
    List<String> arguments = new ArrayList<>();
    arguments.add(ofPrincipalComponents ? "--linear" : "--resume");
    arguments.addAll(List.of("--images", images.toString()));
    arguments.add("--image-size");
    arguments.add(form.shape().stream().map(String::valueOf).collect(Collectors.joining("x")));
    PixelRange range = form.pixels().range();
    if (!range.equals(PixelSpace.STANDARD.range())) {
      double divisor = PixelSpace.LEVELS / (range.upper() - range.lower());
      arguments.add("--subtract=" + -range.lower() * divisor);
      arguments.add("--divide=" + divisor);
    }
    arguments.addAll(List.of("--latent-dimension", Integer.toString(dimension)));
    arguments.addAll(List.of("--seed", Long.toString(seed)));
    Path out = ofPrincipalComponents ? linearGenerator() : generator();
    arguments.addAll(List.of("--out", out.toString()));
    arguments.addAll(engine);
    return new Step(purpose, true, arguments);
  }

  /** Goes on for ever, in windows of as many samples as were measured, rounded up to batches. */
  Campaign campaign() {
    Path generator = generator();
    long window = (samples + BATCH - 1) / BATCH * BATCH;
    return new Campaign(
        ID,
        new GeneratorReference(ModelName.of(generator), absolute(generator), dimension),
        classifiers.stream()
            .map(file -> new ModelReference(ModelName.of(file), absolute(file), null, contract))
            .toList(),
        new SamplingPlan(seed, null, null, BATCH, window, IN_FLIGHT, TIMEOUT_SECONDS),
        AttackPlan.standard(),
        SmoothnessPlan.standard(SMOOTHNESS_SAMPLES),
        null,
        Campaign.STANDARD_QUANTILES);
  }

  private static String absolute(Path file) {
    return file.toAbsolutePath().normalize().toString();
  }
}
