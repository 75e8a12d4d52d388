package org.robustnessgap.attack;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.map.AttackCancelledException;
import org.robustnessgap.attack.map.ComposedMap;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.OnnxMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.plausibility.PixelPlausibility;
import org.robustnessgap.attack.plausibility.Plausibility;
import org.robustnessgap.attack.query.QueriedClassifier;
import org.robustnessgap.attack.query.QueriedMap;
import org.robustnessgap.attack.search.KktResiduals;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Suspicion;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * A classifier on the images of a generator, ready to be attacked in every space. Used by one
 * thread at a time.
 */
public final class AttackTarget implements AutoCloseable {
  private final GeneratorModel generator;
  private final Classifier classifier;
  private final DifferentiableMap composed;

  /** Null where it can only be asked. */
  private final @Nullable OnnxModel scores;

  /** Null where it is a file. */
  private final @Nullable QueriedClassifier asked;

  /** A file whose gradients guide searches of what can only be asked; null for none. */
  private final @Nullable AttackTarget surrogate;

  private long told;

  /** Closed with this, in this order. */
  private final List<AutoCloseable> opened;

  /** What others prepared for this target, by their names. */
  private final Map<String, AutoCloseable> resources = new HashMap<>();

  private AttackTarget(
      GeneratorModel generator,
      Classifier classifier,
      DifferentiableMap composed,
      @Nullable OnnxModel scores,
      @Nullable QueriedClassifier asked,
      @Nullable AttackTarget surrogate,
      List<AutoCloseable> opened) {
    this.generator = generator;
    this.classifier = classifier;
    this.composed = composed;
    this.scores = scores;
    this.asked = asked;
    this.surrogate = surrogate;
    this.opened = List.copyOf(opened);
  }

  /**
   * Composes and differentiates the models.
   *
   * @param generator stays open when the target is closed
   * @throws InvalidInputException if the models do not fit each other, cannot be differentiated, or
   *     the classifier has fewer than two classes
   */
  public static AttackTarget open(GeneratorModel generator, OnnxModel classifier, Engine engine) {
    return open(generator, ClassifierModel.ofScores(classifier), engine);
  }

  /**
   * The same of a classifier that may not answer by its scores.
   *
   * @throws InvalidInputException likewise
   */
  public static AttackTarget open(
      GeneratorModel generator, ClassifierModel classifier, Engine engine) {
    ClassifierModel joined = classifier.on(generator.model());
    Classifier own = Classifier.open(classifier, engine);
    try {
      OnnxMap composed = OnnxMap.open(joined, engine);
      return new AttackTarget(
          generator, own, composed, classifier.scores(), null, null, List.of(own, composed));
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  /**
   * The same of a classifier that can only be asked.
   *
   * @param generator stays open when the target is closed
   * @param queried closed with the target
   * @param preparation what is done to images before they are sent, closed with the target; null
   *     for nothing
   * @param surrogate a file on images of the same generator, whose gradients show where to ask,
   *     closed with the target; null for none
   * @throws InvalidInputException if it takes other images than the generator makes, or the
   *     surrogate tells another number of classes
   */
  public static AttackTarget open(
      GeneratorModel generator,
      QueriedClassifier queried,
      @Nullable OnnxMap preparation,
      @Nullable AttackTarget surrogate) {
    QueriedMap map = new QueriedMap(queried, preparation);
    if (map.inputSize() != generator.map().outputSize()) {
      throw new InvalidInputException(
          String.format(
              "%s takes images of %s, but those of the generator are %s; name the shape that it takes, or what is to be done to images before it gets them.",
              queried.name(), queried.imageShape(), generator.image()));
    }
    if (surrogate != null && surrogate.classes() != queried.classes()) {
      throw new InvalidInputException(
          String.format(
              "The surrogate %s tells %d classes, but %s tells %d; name one of the same classes.",
              surrogate.name(), surrogate.classes(), queried.name(), queried.classes()));
    }
    return new AttackTarget(
        generator,
        Classifier.of(queried.name(), map, generator.image()),
        new ComposedMap(generator.map(), map),
        null,
        queried,
        surrogate,
        Stream.of(queried, preparation, surrogate)
            .filter(Objects::nonNull)
            .<AutoCloseable>map(opened -> opened)
            .toList());
  }

  /** The classifier if it can only be asked; empty for a file. */
  public Optional<QueriedClassifier> queried() {
    return Optional.ofNullable(asked);
  }

  /** Images that a classifier that can only be asked was asked about so far; 0 for a file. */
  public long queries() {
    return asked == null ? 0 : asked.queries();
  }

  /**
   * Images that it was asked about since this was asked last, or was opened, that included: each is
   * told of once. 0 for a file.
   */
  public long newQueries() {
    long before = told;
    told = queries();
    return told - before;
  }

  String name() {
    return classifier.name();
  }

  /** Whose images are attacked; stays its owner's to close. */
  public GeneratorModel generator() {
    return generator;
  }

  /**
   * The model from images to the scores that are searched.
   *
   * @throws InvalidInputException if the classifier can only be asked
   */
  public OnnxModel scores() {
    if (scores == null) {
      throw new InvalidInputException(
          name() + " can only be asked, and this needs its file; leave it out, or name the file.");
    }
    return scores;
  }

  /** What somebody prepares for this target once and needs again: closed with it. */
  public <R extends AutoCloseable> R resource(String name, Class<R> type, Supplier<R> prepare) {
    return type.cast(resources.computeIfAbsent(name, any -> prepare.get()));
  }

  /** From images to logits. */
  DifferentiableMap classifier() {
    return classifier.map();
  }

  /** From latent vectors to logits. */
  DifferentiableMap composed() {
    return composed;
  }

  /** What a search may learn of the classifier. */
  public Access access() {
    return classifier.map().access();
  }

  /** K, the number of classes. */
  public int classes() {
    return classifier.classes();
  }

  /** f∘g, latent vectors to logits. */
  public DifferentiableMap map() {
    return composed;
  }

  /**
   * Measures each latent vector's robustness in the spaces of the plan. On every sample r_unc ≤
   * r_in ≤ ‖g(z + r_Z) − g(z)‖ where all are found.
   *
   * @throws InvalidInputException if the latent vectors have another length than the generator
   *     takes
   * @throws AttackCancelledException if the thread is interrupted
   */
  public List<SampleResult> attack(LatentBatch latents, AttackPlan plan) {
    return search(latents, plan).results();
  }

  /** What {@link #attack} does, the perturbed points, and what looks wrong about them. */
  public AttackedBatch search(LatentBatch latents, AttackPlan plan) {
    return search(latents, plan, Collections.nCopies(latents.count(), Optional.empty()));
  }

  /**
   * The same with images that may be shorter perturbations than those found in unconstrained space.
   *
   * @param offered for each sample an image, which counts if the classifier gives it another label
   */
  public AttackedBatch search(
      LatentBatch latents, AttackPlan plan, List<Optional<float[]>> offered) {
    Rows z = generator.rows(latents);
    Rows images = generator.map().apply(z);
    Logits answers = new Logits(classifier.map().answer(images));
    // Only those of samples where something was found are read.
    int[] labels = IntStream.range(0, z.count()).map(answers::label).toArray();
    requireFollowable(plan);
    Attack attack = Attacks.of(plan);
    Set<Space> wanted = EnumSet.copyOf(plan.spaces());
    Map<Space, List<SearchResult>> searches = new EnumMap<>(Space.class);
    if (wanted.contains(Space.LATENT) || wanted.contains(Space.IN_DISTRIBUTION)) {
      searches.putAll(fromLatents(attack, latents, z, images, labels, wanted));
    }
    if (wanted.contains(Space.UNCONSTRAINED)) {
      // Distances are those between images as the classifier gets them.
      Rows seen = classifier.map().seen(images);
      SearchProblem problem =
          guided(
              ImageSearch.of(attack, classifier).problem(seen).shaped(generator.image()),
              Optional.ofNullable(surrogate).map(AttackTarget::classifier));
      List<SearchResult> own = attack.search(problem);
      List<SearchResult> onManifold = searches.getOrDefault(Space.IN_DISTRIBUTION, List.of());
      List<SearchResult> nearest = new ArrayList<>();
      for (int i = 0; i < own.size(); i++) {
        List<KnownImage> known = new ArrayList<>();
        if (!onManifold.isEmpty() && onManifold.get(i) instanceof SearchResult.Found found) {
          known.add(new KnownImage(image(found.point()), found.label()));
        }
        known(offered.get(i), labels[i]).ifPresent(known::add);
        nearest.add(KnownImage.shortest(own.get(i), known, problem, i));
      }
      searches.put(Space.UNCONSTRAINED, KktResiduals.added(problem, nearest, labels));
    }
    List<AttackedSample> samples = samples(latents, z, images, answers, searches);
    return new AttackedBatch(samples, suspicions(plan, z, images, answers, samples));
  }

  private void requireFollowable(AttackPlan plan) {
    if (plan.algorithm().uses(Access.GRADIENTS) == Access.GRADIENTS
        && access() != Access.GRADIENTS) {
      throw new InvalidInputException(
          String.format(
              "%s can only be asked, and %s takes gradients; search it by query-descent.",
              name(), plan.algorithm().label()));
    }
  }

  /** With the gradients of the surrogate, if there is one. */
  private static SearchProblem guided(
      SearchProblem problem, Optional<DifferentiableMap> surrogate) {
    return surrogate.map(problem::guidedBy).orElse(problem);
  }

  /** In the spaces whose perturbations are of latent vectors, as far as they are wanted. */
  private Map<Space, List<SearchResult>> fromLatents(
      Attack attack, LatentBatch latents, Rows z, Rows images, int[] labels, Set<Space> wanted) {
    boolean inLatent = wanted.contains(Space.LATENT);
    SearchProblem byNorm =
        guided(
            SearchProblem.euclidean(composed, z),
            Optional.ofNullable(surrogate).map(AttackTarget::composed));
    if (!wanted.contains(Space.IN_DISTRIBUTION)) {
      return Map.of(Space.LATENT, KktResiduals.added(byNorm, attack.search(byNorm), labels));
    }
    SearchProblem byImage = byNorm.by(generator.metric(latents, z, images));
    List<List<SearchResult>> found = attack.search(byNorm, byImage);
    List<SearchResult> nearest =
        KktResiduals.added(byImage, onManifold(found, images, inLatent), labels);
    return inLatent
        ? Map.of(
            Space.LATENT,
            KktResiduals.added(byNorm, found.get(0), labels),
            Space.IN_DISTRIBUTION,
            nearest)
        : Map.of(Space.IN_DISTRIBUTION, nearest);
  }

  private static List<AttackedSample> samples(
      LatentBatch latents,
      Rows z,
      Rows images,
      Logits answers,
      Map<Space, List<SearchResult>> searches) {
    int[] labels = answers.labels();
    List<AttackedSample> samples = new ArrayList<>();
    for (int i = 0; i < z.count(); i++) {
      Map<Space, Outcome> outcomes = new EnumMap<>(Space.class);
      Map<Space, float[]> points = new EnumMap<>(Space.class);
      for (Map.Entry<Space, List<SearchResult>> searched : searches.entrySet()) {
        SearchResult search = searched.getValue().get(i);
        outcomes.put(searched.getKey(), search.outcome());
        search.found().ifPresent(found -> points.put(searched.getKey(), found.point()));
      }
      SampleResult result =
          new SampleResult(
              latents.firstOrdinal() + i,
              labels[i],
              z.norm(i),
              images.isFinite(i) ? images.norm(i) : 0,
              outcomes,
              Map.of(),
              latents.name(i));
      samples.add(new AttackedSample(result, points));
    }
    return samples;
  }

  /**
   * Whether the images of these latent vectors have values that the classifier is not made for, as
   * far as its file or its input contract tells; costs no gradient.
   */
  public Optional<Suspicion> unfitPixels(LatentBatch latents) {
    return PixelPlausibility.of(
        name(), generator.map().apply(generator.rows(latents)), classifier.ranges());
  }

  private List<Suspicion> suspicions(
      AttackPlan plan, Rows z, Rows images, Logits answers, List<AttackedSample> samples) {
    Plausibility plausibility = new Plausibility(name(), answers.labels());
    List<Suspicion> suspicions = new ArrayList<>(classifier.suspicions(images, answers));
    for (Space space : plan.spaces()) {
      if (plan.norm(space) == Norm.L2) {
        List<Outcome> outcomes =
            samples.stream().map(sample -> sample.result().spaces().get(space)).toList();
        plausibility
            .ofDistances(space, space == Space.LATENT ? z : images, outcomes)
            .ifPresent(suspicions::add);
      }
    }
    return suspicions;
  }

  /**
   * Samples can fail one by one; when every one does, the model is to blame and its reason should
   * be seen.
   *
   * @param samples what {@link #attack} returned
   * @throws InvalidInputException if no sample has an outcome but failure
   */
  public void requireUsable(List<SampleResult> samples) {
    String reason = null;
    for (SampleResult sample : samples) {
      for (Outcome outcome : sample.spaces().values()) {
        if (outcome.failure().isEmpty()) {
          return;
        }
        reason = outcome.failure().get();
      }
    }
    throw new InvalidInputException(
        String.format(
            "Classifier %s failed on all %d samples: %s; check its weights and the range of its input.",
            name(), samples.size(), reason));
  }

  /**
   * The perturbations that were found in latent space with the smallest image distance, each
   * checked alone: an upper estimate of r_in. It costs what the search by image distance costs, and
   * that by latent norm where it was made for nothing else.
   */
  private List<SearchResult> onManifold(
      List<List<SearchResult>> inLatent, Rows images, boolean latentIsWanted) {
    List<List<SearchResult>> charged =
        latentIsWanted ? inLatent.subList(1, inLatent.size()) : inLatent;
    List<SearchResult> nearest = new ArrayList<>();
    for (int i = 0; i < images.count(); i++) {
      int sample = i;
      int gradients = charged.stream().mapToInt(search -> search.get(sample).gradients()).sum();
      int forwards = charged.stream().mapToInt(search -> search.get(sample).forwards()).sum();
      SearchResult.Found best = null;
      for (List<SearchResult> search : inLatent) {
        Optional<SearchResult.Found> latent = search.get(i).found();
        if (latent.isPresent()) {
          SearchResult.Found found = latent.get();
          Rows image = generator.map().apply(new Rows(found.point(), found.point().length));
          Logits logits = new Logits(classifier.map().answer(image));
          forwards++;
          double distance = image.distance(0, images, i);
          if (logits.isFinite(0)
              && logits.label(0) == found.label()
              && (best == null || distance < best.distance())) {
            best = found.at(distance);
          }
        }
      }
      SearchResult result = best == null ? inLatent.get(0).get(i) : best;
      boolean unchecked = best == null && result.found().isPresent();
      nearest.add(
          unchecked
              ? new SearchResult.NotFound(Outcome.NotFound.Reason.BUDGET, gradients, forwards)
              : result.charged(gradients, forwards));
    }
    return nearest;
  }

  private float[] image(float[] z) {
    return generator.map().apply(new Rows(z, z.length)).row(0);
  }

  /** An image, asked about alone, if its label is another. */
  private Optional<KnownImage> known(Optional<float[]> offered, int label) {
    return offered.flatMap(
        image -> {
          Logits logits = new Logits(classifier.map().answer(new Rows(image, image.length)));
          return logits.isFinite(0) && logits.label(0) != label
              ? Optional.of(new KnownImage(image, logits.label(0)))
              : Optional.empty();
        });
  }

  @Override
  public void close() {
    resources.values().forEach(AttackTarget::closeOne);
    opened.forEach(AttackTarget::closeOne);
  }

  private static void closeOne(AutoCloseable one) {
    try {
      one.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("Could not close what belongs to a target", e);
    }
  }
}
