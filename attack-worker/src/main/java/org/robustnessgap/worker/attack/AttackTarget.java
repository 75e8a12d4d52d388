package org.robustnessgap.worker.attack;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.worker.engine.Engine;
import org.robustnessgap.worker.onnx.Composition;
import org.robustnessgap.worker.onnx.OnnxModel;

/**
 * A classifier on the images of a generator, ready to be attacked in every space. Used by one
 * thread at a time.
 */
public final class AttackTarget implements AutoCloseable {
  private final String name;
  private final GeneratorModel generator;
  private final OnnxMap classifier;
  private final OnnxMap composed;

  private AttackTarget(
      String name, GeneratorModel generator, OnnxMap classifier, OnnxMap composed) {
    this.name = name;
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
    OnnxModel joined = Composition.of(generator.model(), classifier);
    OnnxMap own = OnnxMap.open(classifier, engine);
    try {
      if (!own.yieldsVectors()) {
        throw new InvalidInputException(
            "Classifier "
                + classifier.name()
                + " does not answer with one row of logits a sample; export it with output [n, K].");
      }
      if (own.outputSize() < 2) {
        throw new InvalidInputException(
            "Classifier "
                + classifier.name()
                + " has a single output; export it with one logit for each of at least two classes.");
      }
      return new AttackTarget(classifier.name(), generator, own, OnnxMap.open(joined, engine));
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  /** K, the number of classes. */
  public int classes() {
    return classifier.outputSize();
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
    Rows z = generator.rows(latents);
    Rows images = generator.map().apply(z);
    Rows logits = classifier.apply(images);
    Set<Space> spaces = EnumSet.copyOf(plan.spaces());

    boolean inImages = spaces.contains(Space.IN_DISTRIBUTION);
    List<List<Search>> latent =
        inImages || spaces.contains(Space.LATENT)
            ? latentSearches(latents, z, images, plan, inImages)
            : List.of();
    List<Search> inDistribution = inImages ? onManifold(latent, images, spaces) : List.of();
    List<Search> unconstrained =
        spaces.contains(Space.UNCONSTRAINED) ? search(classifier, images, plan) : List.of();

    List<SampleResult> results = new ArrayList<>();
    for (int i = 0; i < z.count(); i++) {
      Map<Space, Outcome> outcomes = new EnumMap<>(Space.class);
      if (spaces.contains(Space.LATENT)) {
        outcomes.put(Space.LATENT, latent.get(0).get(i).outcome());
      }
      if (spaces.contains(Space.IN_DISTRIBUTION)) {
        outcomes.put(Space.IN_DISTRIBUTION, inDistribution.get(i).outcome());
      }
      if (spaces.contains(Space.UNCONSTRAINED)) {
        Search own = unconstrained.get(i);
        outcomes.put(
            Space.UNCONSTRAINED,
            (inDistribution.isEmpty() ? own : smaller(own, inDistribution.get(i))).outcome());
      }
      int label = logits.isFinite(i) ? logits.argMax(i) : -1;
      double imageNorm = images.isFinite(i) ? images.norm(i) : 0;
      results.add(
          new SampleResult(latents.firstOrdinal() + i, label, z.norm(i), imageNorm, outcomes));
    }
    return results;
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

  private static List<Search> search(DifferentiableMap map, Rows start, AttackPlan plan) {
    if (plan.algorithm() instanceof Algorithm.DeepFool parameters) {
      return DeepFool.search(map, start, parameters);
    }
    return BoundaryDescent.search(map, start, (Algorithm.BoundaryDescent) plan.algorithm());
  }

  /**
   * Searches of latent space: first by the latent norm, then, where the algorithm can, by the
   * distance of images.
   */
  private List<List<Search>> latentSearches(
      LatentBatch latents, Rows z, Rows images, AttackPlan plan, boolean inImages) {
    if (inImages && plan.algorithm() instanceof Algorithm.BoundaryDescent parameters) {
      return BoundaryDescent.search(
          composed, z, parameters, List.of(Metric.EUCLIDEAN, generator.metric(latents, z, images)));
    }
    return List.of(search(composed, z, plan));
  }

  /**
   * The smallest image distance of the perturbations that were found in latent space, each checked
   * alone: an upper estimate of r_in. It costs what the searches by image distance cost, and the
   * search by latent norm where that one was made for nothing else.
   */
  private List<Search> onManifold(List<List<Search>> latent, Rows images, Set<Space> spaces) {
    List<List<Search>> charged =
        spaces.contains(Space.LATENT) ? latent.subList(1, latent.size()) : latent;
    List<Search> searches = new ArrayList<>();
    for (int i = 0; i < images.count(); i++) {
      int gradients = 0;
      int forwards = 0;
      for (List<Search> search : charged) {
        gradients += search.get(i).gradients();
        forwards += search.get(i).forwards();
      }
      Search.Found nearest = null;
      for (List<Search> search : latent) {
        Optional<Search.Found> found = search.get(i).found();
        if (found.isEmpty()) {
          continue;
        }
        Rows point = new Rows(found.get().point(), generator.latentDimension());
        Rows image = generator.map().apply(point);
        Logits logits = new Logits(classifier.apply(image));
        forwards++;
        double distance = image.distance(0, images, i);
        if (logits.isFinite(0)
            && logits.label(0) == found.get().label()
            && (nearest == null || distance < nearest.distance())) {
          nearest =
              new Search.Found(image.row(0), distance, found.get().label(), gradients, forwards);
        }
      }
      searches.add(
          nearest != null
              ? nearest.charged(gradients, forwards)
              : unfound(latent.get(0).get(i), gradients, forwards));
    }
    return searches;
  }

  private static Search unfound(Search latent, int gradients, int forwards) {
    return latent instanceof Search.Failed failed
        ? new Search.Failed(failed.reason(), gradients, forwards)
        : new Search.NotFound(gradients, forwards);
  }

  /**
   * A perturbation on the manifold is also one in pixel space: keep the shorter, at the cost of the
   * pixel search.
   */
  private static Search smaller(Search own, Search onManifold) {
    Optional<Search.Found> other = onManifold.found();
    boolean better =
        other.isPresent()
            && !(own instanceof Search.Failed)
            && own.found().map(found -> other.get().distance() < found.distance()).orElse(true);
    return better ? other.get().charged(own.gradients(), own.forwards()) : own;
  }

  @Override
  public void close() {
    classifier.close();
    composed.close();
  }
}
