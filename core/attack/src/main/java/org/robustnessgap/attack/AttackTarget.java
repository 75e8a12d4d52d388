package org.robustnessgap.attack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Suspicion;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.ImpliedRange;
import org.robustnessgap.onnx.OnnxModel;

/**
 * A classifier on the images of a generator, ready to be attacked in every space. Used by one
 * thread at a time.
 */
public final class AttackTarget implements AutoCloseable {
  private final String name;
  private final List<ImpliedRange> ranges;
  private final GeneratorModel generator;
  private final OnnxMap classifier;
  private final OnnxMap composed;

  /** Null where the classifier has no bounds of its own. */
  private final PixelRange visiblePixels;

  private AttackTarget(
      ClassifierModel model, GeneratorModel generator, OnnxMap classifier, OnnxMap composed) {
    this.name = model.name();
    this.ranges = model.ranges();
    this.visiblePixels = model.visiblePixels().orElse(null);
    this.generator = generator;
    this.classifier = classifier;
    this.composed = composed;
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
    OnnxMap own = OnnxMap.open(classifier, engine);
    try {
      if (!own.yieldsVectors()) {
        throw new InvalidInputException(
            "Classifier "
                + classifier.name()
                + " answers with "
                + own.rowShape()
                + " for an image and not with one row of scores; name those with --output and --output-slice, or export it with output [n, K].");
      }
      if (own.outputSize() < 2) {
        throw new InvalidInputException(
            "Classifier "
                + classifier.name()
                + " has a single output; export it with one logit for each of at least two classes.");
      }
      return new AttackTarget(classifier, generator, own, OnnxMap.open(joined, engine));
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  String name() {
    return name;
  }

  GeneratorModel generator() {
    return generator;
  }

  /** From images to logits. */
  DifferentiableMap classifier() {
    return classifier;
  }

  /** From latent vectors to logits. */
  DifferentiableMap composed() {
    return composed;
  }

  /** K, the number of classes. */
  public int classes() {
    return classifier.outputSize();
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
    Rows z = generator.rows(latents);
    Rows images = generator.map().apply(z);
    Rows logits = classifier.answer(images);
    int[] labels = IntStream.range(0, z.count()).map(logits::argMax).toArray();
    Set<Space> wanted = EnumSet.copyOf(plan.spaces());

    Map<Space, List<Search>> searches = new EnumMap<>(Space.class);
    boolean inImages = wanted.contains(Space.IN_DISTRIBUTION);
    if (inImages || wanted.contains(Space.LATENT)) {
      Metric euclidean = NormMetric.euclidean(z);
      Metric inImageDistance = inImages ? generator.metric(latents, z, images) : null;
      List<List<Search>> inLatent =
          inImages && plan.algorithm() instanceof Algorithm.BoundaryDescent
              ? search(composed, z, plan, List.of(euclidean, inImageDistance))
              : search(composed, z, plan, List.of(euclidean));
      if (wanted.contains(Space.LATENT)) {
        searches.put(
            Space.LATENT, KktResiduals.added(composed, euclidean, z, inLatent.get(0), labels));
      }
      if (inImages) {
        List<Search> nearest = onManifold(inLatent, images, wanted.contains(Space.LATENT));
        searches.put(
            Space.IN_DISTRIBUTION,
            KktResiduals.added(composed, inImageDistance, z, nearest, labels));
      }
    }
    if (wanted.contains(Space.UNCONSTRAINED)) {
      // Only the descents keep to a range.
      PixelRange visible =
          plan.algorithm() instanceof Algorithm.BoundaryDescent ? visiblePixels : null;
      DifferentiableMap seen =
          visible == null ? classifier : new VisiblePixels(classifier, visible);
      Metric metric = new NormMetric(plan.norm(), images, within(plan.pixelRange(), visible));
      List<Search> own = search(seen, images, plan, List.of(metric)).get(0);
      List<Search> nearest =
          inImages ? smaller(own, searches.get(Space.IN_DISTRIBUTION), images, metric) : own;
      searches.put(Space.UNCONSTRAINED, KktResiduals.added(seen, metric, images, nearest, labels));
    }

    List<AttackedSample> samples = new ArrayList<>();
    for (int i = 0; i < z.count(); i++) {
      Map<Space, Outcome> outcomes = new EnumMap<>(Space.class);
      Map<Space, float[]> points = new EnumMap<>(Space.class);
      for (Space space : wanted) {
        Search search = searches.get(space).get(i);
        outcomes.put(space, search.outcome());
        search.found().ifPresent(found -> points.put(space, found.point()));
      }
      SampleResult result =
          new SampleResult(
              latents.firstOrdinal() + i,
              logits.isFinite(i) ? labels[i] : -1,
              z.norm(i),
              images.isFinite(i) ? images.norm(i) : 0,
              outcomes);
      samples.add(new AttackedSample(result, points));
    }
    return new AttackedBatch(samples, suspicions(plan, z, images, logits, labels, samples));
  }

  /** A shortest perturbation stays where the classifier sees it. Either may be null: no bounds. */
  private static PixelRange within(PixelRange declared, PixelRange visible) {
    if (declared == null || visible == null) {
      return declared == null ? visible : declared;
    }
    double lower = Math.max(declared.lower(), visible.lower());
    double upper = Math.min(declared.upper(), visible.upper());
    return lower < upper ? new PixelRange(lower, upper) : declared;
  }

  /**
   * Whether the images of these latent vectors have values that the classifier is not made for, as
   * far as its file or its input contract tells; costs no gradient.
   */
  public Optional<Suspicion> unfitPixels(LatentBatch latents) {
    return PixelPlausibility.of(name, generator.map().apply(generator.rows(latents)), ranges);
  }

  private List<Suspicion> suspicions(
      AttackPlan plan,
      Rows z,
      Rows images,
      Rows logits,
      int[] labels,
      List<AttackedSample> samples) {
    int[] known = labels.clone();
    for (int i = 0; i < known.length; i++) {
      known[i] = logits.isFinite(i) ? labels[i] : -1;
    }
    Plausibility plausibility = new Plausibility(name, known);
    List<Suspicion> suspicions = new ArrayList<>();
    PixelPlausibility.of(name, images, ranges).ifPresent(suspicions::add);
    // An answer that is certain of its label is the same for many images.
    Rows scores = classifier.answersOtherwise() ? classifier.apply(images) : logits;
    plausibility.ofScores(scores, images).ifPresent(suspicions::add);
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
        if (!(outcome instanceof Outcome.Failed failed)) {
          return;
        }
        reason = failed.reason();
      }
    }
    throw new InvalidInputException(
        String.format(
            "Classifier %s failed on all %d samples: %s; check its weights and the range of its input.",
            name, samples.size(), reason));
  }

  /** For each metric, one search for each sample. */
  private static List<List<Search>> search(
      DifferentiableMap map, Rows start, AttackPlan plan, List<Metric> metrics) {
    if (plan.algorithm() instanceof Algorithm.BoundaryDescent parameters) {
      return BoundaryDescent.search(
          SearchedClassifier.of(map), start, Schedule.of(parameters.effort()), metrics);
    }
    if (plan.algorithm() instanceof Algorithm.DeepFool parameters) {
      return List.of(DeepFool.search(map, start, parameters));
    }
    return List.of(
        FastGradientSign.search(
            map, start, (Algorithm.FastGradientSign) plan.algorithm(), metrics.get(0)));
  }

  /**
   * The perturbations that were found in latent space with the smallest image distance, each
   * checked alone: an upper estimate of r_in. It costs what the search by image distance costs, and
   * that by latent norm where it was made for nothing else.
   */
  private List<Search> onManifold(
      List<List<Search>> inLatent, Rows images, boolean latentIsWanted) {
    List<List<Search>> charged = latentIsWanted ? inLatent.subList(1, inLatent.size()) : inLatent;
    List<Search> nearest = new ArrayList<>();
    for (int i = 0; i < images.count(); i++) {
      int sample = i;
      int gradients = charged.stream().mapToInt(search -> search.get(sample).gradients()).sum();
      int forwards = charged.stream().mapToInt(search -> search.get(sample).forwards()).sum();
      Search.Found best = null;
      for (List<Search> search : inLatent) {
        if (search.get(i) instanceof Search.Found found) {
          Rows image = generator.map().apply(new Rows(found.point(), found.point().length));
          Logits logits = new Logits(classifier.answer(image));
          forwards++;
          double distance = image.distance(0, images, i);
          if (logits.isFinite(0)
              && logits.label(0) == found.label()
              && (best == null || distance < best.distance())) {
            best = found.at(distance);
          }
        }
      }
      Search result = best == null ? inLatent.get(0).get(i) : best;
      boolean unchecked = best == null && result instanceof Search.Found;
      nearest.add(
          unchecked
              ? new Search.NotFound(Outcome.NotFound.Reason.BUDGET, gradients, forwards)
              : result.charged(gradients, forwards));
    }
    return nearest;
  }

  /**
   * A perturbation on the manifold is also one in pixel space: keep the shorter, at the cost of the
   * pixel search.
   */
  private List<Search> smaller(
      List<Search> own, List<Search> onManifold, Rows images, Metric metric) {
    List<Search> smaller = new ArrayList<>(own);
    for (int i = 0; i < own.size(); i++) {
      if (onManifold.get(i) instanceof Search.Found found && !(own.get(i) instanceof Search.Tie)) {
        float[] image = generator.map().apply(new Rows(found.point(), found.point().length)).row(0);
        float[] perturbation = Vectors.sum(image, images.row(i), -1);
        double length = metric.lengths(new int[] {i}, new Rows(perturbation, image.length))[0];
        boolean allowed = Arrays.equals(metric.allowed(i, perturbation), perturbation);
        if (allowed && own.get(i).found().map(f -> length < f.distance()).orElse(true)) {
          Search cost = own.get(i);
          smaller.set(
              i,
              new Search.Found(
                  image, length, found.label(), Double.NaN, cost.gradients(), cost.forwards()));
        }
      }
    }
    return smaller;
  }

  @Override
  public void close() {
    classifier.close();
    composed.close();
  }
}
