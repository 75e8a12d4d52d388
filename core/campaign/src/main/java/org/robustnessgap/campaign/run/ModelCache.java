package org.robustnessgap.campaign.run;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.map.OnnxMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.projection.ImageInversion;
import org.robustnessgap.attack.query.QueriedClassifier;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Inversion;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.ModelImport;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * Models that are ready to run, the least recently used closed first. A file that changes is read
 * again. One thread.
 */
public final class ModelCache implements Models {
  /** How the location of a registry's model begins. */
  private static final String REGISTERED = "models:/";

  private static final int GENERATORS = 4;
  private static final int TARGETS = 8;

  private final Path folder;
  private final Engine engine;
  private final int targetsHeld;
  private final ServedClassifiers served;
  private final FileVersions versions = new FileVersions();
  private final Map<Version, GeneratorModel> generators = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Pair, AttackTarget> targets = new LinkedHashMap<>(16, 0.75f, true);

  /** Closed with their generators. */
  private final Map<Encoded, ImageInversion> inversions = new LinkedHashMap<>();

  /** A file as it was at one time, and how it is read; or the identity on images of a shape. */
  private record Version(
      FileVersion at,
      ModelOptions options,
      @Nullable InputContract input,
      @Nullable List<Integer> image) {
    Path file() {
      return at.file();
    }
  }

  /** A generator and a classifier: a file, or null and where it is served. */
  private record Pair(
      Version generator, @Nullable Version classifier, @Nullable ModelReference served) {}

  /** A generator and what brings images back to its latent vectors; null for nothing. */
  private record Encoded(Version generator, @Nullable Version encoder) {}

  /**
   * @param folder where relative locations begin
   */
  public ModelCache(Path folder, Engine engine) {
    this(folder, engine, TARGETS);
  }

  /**
   * @param folder where relative locations begin
   * @param served reaches classifiers that are no files
   */
  public ModelCache(Path folder, Engine engine, ServedClassifiers served) {
    this(folder, engine, TARGETS, served);
  }

  /**
   * @param folder where relative locations begin
   * @param targetsHeld how many classifiers stay ready, at least 1
   */
  public ModelCache(Path folder, Engine engine, int targetsHeld) {
    this(folder, engine, targetsHeld, ServedClassifiers.NONE);
  }

  /**
   * @param folder where relative locations begin
   * @param targetsHeld how many classifiers stay ready, at least 1
   * @param served reaches classifiers that are no files
   */
  public ModelCache(Path folder, Engine engine, int targetsHeld, ServedClassifiers served) {
    this.folder = folder;
    this.engine = engine;
    this.targetsHeld = targetsHeld;
    this.served = served;
  }

  /**
   * @throws InvalidInputException if the file is missing or no usable generator
   */
  @Override
  public GeneratorModel generator(GeneratorReference reference) {
    return generator(version(reference));
  }

  /**
   * The same of a generator whose latent dimension is not known yet.
   *
   * @throws InvalidInputException likewise
   */
  public GeneratorModel generator(String location, ModelOptions options) {
    return generator(version(location, options, null));
  }

  private GeneratorModel generator(Version version) {
    GeneratorModel known = generators.get(version);
    if (known != null) {
      return known;
    }
    if (generators.size() == GENERATORS) {
      evictGenerator();
    }
    GeneratorModel opened =
        version.image() == null
            ? GeneratorModel.open(
                ModelImport.read(version.file(), version.options(), List.of(), engine), engine)
            : GeneratorModel.ofImages(version.file().toString(), version.image(), engine);
    generators.put(version, opened);
    return opened;
  }

  /**
   * @throws InvalidInputException if a file is missing, no usable model, or the two do not fit
   * @throws org.robustnessgap.attack.query.ServerUnavailableException if the classifier is served,
   *     or in a registry, and does not answer now
   */
  @Override
  public AttackTarget target(GeneratorReference generator, ModelReference classifier) {
    Pair pair =
        new Pair(
            version(generator),
            classifier.served() ? null : version(classifier),
            classifier.served() ? classifier : null);
    // A target in use keeps its generator from being the eldest.
    GeneratorModel images = generator(pair.generator());
    AttackTarget known = targets.get(pair);
    if (known != null) {
      return known;
    }
    if (targets.size() == targetsHeld) {
      evict(targets, eldest(targets));
    }
    Version file = pair.classifier();
    AttackTarget opened = file == null ? asked(images, classifier) : read(images, file);
    targets.put(pair, opened);
    return opened;
  }

  private AttackTarget read(GeneratorModel images, Version file) {
    ClassifierModel model =
        ClassifierModel.read(file.file(), file.options(), file.input(), images.image(), engine);
    return AttackTarget.open(images, model, engine);
  }

  private static boolean takesWholeNumbers(QueriedClassifier queried) {
    long values = queried.imageShape().stream().reduce(1L, Math::multiplyExact);
    float[] halves = new float[Math.toIntExact(values)];
    Arrays.fill(halves, 0.5f);
    return queried.sent(new Rows(halves, halves.length)).values()[0] != 0.5f;
  }

  private AttackTarget asked(GeneratorModel images, ModelReference classifier) {
    InputContract contract = classifier.input();
    QueriedClassifier queried =
        served.open(classifier, contract == null ? images.image() : List.of());
    OnnxMap preparation = null;
    try {
      boolean wholeNumbers = takesWholeNumbers(queried);
      if (contract != null) {
        preparation =
            OnnxMap.open(
                ModelImport.preparation(
                    queried.name(),
                    queried.imageShape(),
                    wholeNumbers,
                    contract,
                    images.image(),
                    engine),
                engine);
      } else if (wholeNumbers) {
        throw new InvalidInputException(
            queried.name()
                + " takes whole numbers from 0 to 255, and nobody says what the pixels of the images"
                + " are; give it an input contract, such as {} for pixels in [0, 1].");
      }
      if (classifier.endpointOrStandard().surrogate() != null) {
        throw new InvalidInputException(
            "No attack follows a surrogate yet, so that of "
                + queried.name()
                + " would change nothing; leave it out.");
      }
      return AttackTarget.open(images, queried, preparation, null);
    } catch (RuntimeException e) {
      queried.close();
      if (preparation != null) {
        preparation.close();
      }
      throw e;
    }
  }

  /**
   * @throws InvalidInputException if a file is missing, no usable model, or the two do not fit
   */
  @Override
  public ImageInversion inversion(Inversion plan) {
    String encoder = plan.encoder();
    Encoded pair =
        new Encoded(
            version(plan.generator()),
            encoder == null ? null : version(encoder, ModelOptions.NONE, null));
    GeneratorModel generator = generator(pair.generator());
    ImageInversion known = inversions.get(pair);
    if (known != null) {
      return known;
    }
    ImageInversion opened = ImageInversion.open(generator, encoder(pair, generator), engine);
    inversions.put(pair, opened);
    return opened;
  }

  private @Nullable OnnxModel encoder(Encoded pair, GeneratorModel generator) {
    Version file = pair.encoder();
    return file == null
        ? null
        : ModelImport.read(file.file(), ModelOptions.NONE, generator.image(), engine);
  }

  @Override
  public @Nullable ModelIdentity identity(ModelReference classifier) {
    if (classifier.served()) {
      return null;
    }
    String location = classifier.location();
    return location.startsWith(REGISTERED)
        ? served.fetch(location).identity()
        : new ModelIdentity(null, versions.digest(file(location)), null);
  }

  @Override
  public Engine engine() {
    return engine;
  }

  /** Images come with the jobs, so their file need not be here. */
  private Version version(GeneratorReference reference) {
    List<Integer> image = reference.image();
    return image == null
        ? version(reference.location(), reference.optionsOrNone(), null)
        : new Version(FileVersion.none(Path.of(reference.name())), ModelOptions.NONE, null, image);
  }

  /** Of a classifier that is a file, here or in a registry. */
  private Version version(ModelReference classifier) {
    String location = classifier.location();
    return version(
        location.startsWith(REGISTERED) ? served.fetch(location).file().toString() : location,
        classifier.optionsOrNone(),
        classifier.input());
  }

  private Version version(String location, ModelOptions options, @Nullable InputContract input) {
    return new Version(versions.of(file(location)), options, input, null);
  }

  private Path file(String location) {
    try {
      return folder.resolve(location).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new InvalidInputException(
          "'" + location + "' is no path; correct the location of the model in the campaign.", e);
    }
  }

  /** Targets run their generator, so they close with it. */
  private void evictGenerator() {
    Version eldest = eldest(generators);
    List<Pair> dependent =
        targets.keySet().stream().filter(pair -> pair.generator().equals(eldest)).toList();
    dependent.forEach(pair -> evict(targets, pair));
    List<Encoded> encoded =
        inversions.keySet().stream().filter(pair -> pair.generator().equals(eldest)).toList();
    encoded.forEach(pair -> evict(inversions, pair));
    evict(generators, eldest);
  }

  private static <K> K eldest(Map<K, ?> models) {
    return models.keySet().iterator().next();
  }

  private static <K> void evict(Map<K, ? extends AutoCloseable> models, K key) {
    AutoCloseable model = models.remove(key);
    if (model != null) {
      closeQuietly(model);
    }
  }

  private static void closeQuietly(AutoCloseable model) {
    try {
      model.close();
    } catch (Exception e) {
      throw new IllegalStateException("cannot close a model", e);
    }
  }

  @Override
  public void close() {
    targets.values().forEach(ModelCache::closeQuietly);
    inversions.values().forEach(ModelCache::closeQuietly);
    generators.values().forEach(ModelCache::closeQuietly);
    targets.clear();
    inversions.clear();
    generators.clear();
  }
}
