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
  /**
   * Rows in one run of the engine: enough to fill two cores, little enough to keep a gradient in
   * their caches.
   */
  private static final int BATCH = 64;

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
    OnnxMap own = new OnnxMap(classifier, engine, BATCH);
    try {
      if (own.outputSize() < 2) {
        throw new InvalidInputException(
            "Classifier "
                + classifier.name()
                + " has a single output; export it with one logit for each of at least two classes.");
      }
      return new AttackTarget(
          classifier.name(), generator, own, new OnnxMap(joined, engine, BATCH));
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
   *     takes, or every sample failed
   * @throws AttackCancelledException if the thread is interrupted
   */
  public List<SampleResult> attack(LatentBatch latents, AttackPlan plan) {
    Rows z = generator.rows(latents);
    Rows images = generator.map().apply(z);
    Rows logits = classifier.apply(images);
    Set<Space> spaces = EnumSet.copyOf(plan.spaces());

    boolean needLatent = spaces.contains(Space.LATENT) || spaces.contains(Space.IN_DISTRIBUTION);
    List<Search> latent = needLatent ? search(composed, z, plan) : List.of();
    List<Search> inDistribution =
        spaces.contains(Space.IN_DISTRIBUTION) ? onManifold(latent, images) : List.of();
    List<Search> unconstrained =
        spaces.contains(Space.UNCONSTRAINED) ? search(classifier, images, plan) : List.of();

    List<SampleResult> results = new ArrayList<>();
    for (int i = 0; i < z.count(); i++) {
      Map<Space, Outcome> outcomes = new EnumMap<>(Space.class);
      if (spaces.contains(Space.LATENT)) {
        outcomes.put(Space.LATENT, latent.get(i).outcome());
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
    refuseIfAllFailed(results);
    return results;
  }

  /**
   * Samples can fail one by one; when every one does, the model is to blame and its reason should
   * be seen.
   */
  private void refuseIfAllFailed(List<SampleResult> samples) {
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

  /** The image distances of the latent perturbations: an upper estimate of r_in. */
  private List<Search> onManifold(List<Search> latent, Rows images) {
    List<Search> searches = new ArrayList<>();
    for (int i = 0; i < latent.size(); i++) {
      Optional<Search.Found> found = latent.get(i).found();
      if (found.isEmpty()) {
        searches.add(latent.get(i));
        continue;
      }
      Rows image =
          generator.map().apply(new Rows(found.get().point(), generator.map().inputSize()));
      Rows logits = classifier.apply(image);
      boolean changed = logits.isFinite(0) && logits.argMax(0) == found.get().label();
      searches.add(
          changed
              ? new Search.Found(
                  image.row(0), image.distance(0, images, i), found.get().label(), 0, 1)
              : new Search.NotFound(0, 1));
    }
    return searches;
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
    return better
        ? new Search.Found(
            other.get().point(),
            other.get().distance(),
            other.get().label(),
            own.gradients(),
            own.forwards())
        : own;
  }

  @Override
  public void close() {
    classifier.close();
    composed.close();
  }
}
