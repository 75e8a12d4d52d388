package org.robustnessgap.attack.projection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedSample;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Space;

/**
 * Searches the smallest perturbation v of an image x = g(z) with f̃(x + v) ≠ f(x), where f̃(x) =
 * f(g(z*)), z* = argmin_z ‖g(z) − x‖: along rays towards what changes f's label, then by
 * linearising f̃ at the shortest v so far. The argmin is searched from z itself, from the latent
 * vectors that are known to change the label, and from minima that were found without knowing z;
 * the nearest counts. So ‖g(z*) − (x + v)‖ ≤ ‖v‖ always, as for the true argmin. Used by one thread
 * at a time.
 */
public final class NearestPointAttack {
  private static final int BLIND_STARTS = 4;
  private static final int BLIND_STEPS = 30;

  /** Searches on a ray begin where the last ones ended, so few steps suffice. */
  private static final int STEPS = 12;

  private static final int CURVATURES = 1;
  private static final int FIRST_HALVINGS = 8;
  private static final int ROUNDS = 6;
  private static final int HALVINGS = 4;

  /** A round looks for lengths between this and the next, relative to the shortest so far. */
  private static final double LEAST = 0.85;

  private static final double MOST = 0.999;

  /** Two units in the last place of float32, relative to the largest logit. */
  private static final double ROUNDING = 0x1p-22;

  /** Of (JᵀJ)⁻¹, relative to the mean eigenvalue. */
  private static final double DAMPING = 1e-3;

  /** Length of the latent step from which the movement of the image is told. */
  private static final double DIFFERENCE = 1e-2;

  private final DifferentiableMap generator;
  private final DifferentiableMap composed;
  private final StartPool pool;

  /**
   * @param target f on the images of the generator
   * @param seed of the starts that do not know z
   */
  public NearestPointAttack(GeneratorModel generator, AttackTarget target, long seed) {
    this(generator.map(), target.map(), seed);
  }

  /**
   * @param generator g
   * @param composed f∘g
   */
  NearestPointAttack(DifferentiableMap generator, DifferentiableMap composed, long seed) {
    this.generator = generator;
    this.composed = composed;
    this.pool = new StartPool(generator, seed);
  }

  /**
   * One result for each sample.
   *
   * @param latents z of each
   * @param attacked what was found at each in the space in-distribution, and in others
   */
  public List<ProjectedSample> attack(LatentBatch latents, List<AttackedSample> attacked) {
    Rows z = new Rows(latents.values(), latents.dimension());
    Rows images = generator.apply(z);
    List<SampleProjection> samples = new ArrayList<>();
    for (int i = 0; i < z.count(); i++) {
      samples.add(new SampleProjection(attacked.get(i), z.row(i), images.row(i)));
    }
    List<SampleProjection> usable = samples.stream().filter(SampleProjection::isUsable).toList();
    for (SampleProjection sample : usable) {
      Curvature curvature = Curvature.at(generator, sample.z(), sample.image());
      sample.cost().addForwards(z.width());
      sample.addStart(new Start(sample.z(), curvature));
    }
    invert(usable);
    List<SampleProjection> crossed = usable.stream().filter(SampleProjection::isCrossed).toList();
    for (Space space : List.of(Space.IN_DISTRIBUTION, Space.LATENT)) {
      shorten(towardsAdversarialImages(having(crossed, space), space), FIRST_HALVINGS);
    }
    shorten(alongUnconstrained(having(crossed, Space.UNCONSTRAINED)), FIRST_HALVINGS);
    for (int round = 0; round < ROUNDS; round++) {
      descend(crossed);
    }
    return samples.stream().map(SampleProjection::result).toList();
  }

  /** Looks for z from starts that do not know it; keeps minima that could become the nearest. */
  private void invert(List<SampleProjection> samples) {
    List<List<NearestImage>> searches = new ArrayList<>();
    for (SampleProjection sample : samples) {
      searches.add(
          pool.nearest(sample.image(), BLIND_STARTS).stream()
              .map(start -> new NearestImage(sample.image(), new Start(start, null), sample.cost()))
              .toList());
    }
    NearestImage.run(
        generator, searches.stream().flatMap(List::stream).toList(), BLIND_STEPS, BLIND_STEPS);
    for (int i = 0; i < samples.size(); i++) {
      SampleProjection sample = samples.get(i);
      List<NearestImage> own = searches.get(i);
      int[] labels = labels(sample, own);
      int nearest = nearest(own);
      sample.inverted(
          new ProjectedSample.Inversion(
              own.size(),
              own.get(nearest).residual(),
              labels[nearest] == sample.label(),
              (int) IntStream.of(labels).filter(label -> label != sample.label()).count()));
      // What is as near to x + v as x itself is lies within 2‖v‖ of x.
      own.stream()
          .filter(search -> search.residual() <= 2 * sample.inDistribution())
          .forEach(search -> sample.addStart(search.end()));
    }
  }

  private int[] labels(SampleProjection sample, List<NearestImage> searches) {
    sample.cost().addForwards(searches.size());
    Logits logits = new Logits(composed.answer(rows(searches, NearestImage::z)));
    return IntStream.range(0, searches.size()).map(logits::label).toArray();
  }

  private static List<SampleProjection> having(List<SampleProjection> samples, Space space) {
    return samples.stream().filter(sample -> sample.hasPoint(space)).toList();
  }

  /** From x to the image of a latent vector that changes f's label. */
  private List<Ray> towardsAdversarialImages(List<SampleProjection> samples, Space space) {
    List<Ray> rays = new ArrayList<>();
    if (samples.isEmpty()) {
      return rays;
    }
    Rows images = generator.apply(rows(samples, sample -> sample.point(space)));
    for (int i = 0; i < samples.size(); i++) {
      SampleProjection sample = samples.get(i);
      sample.cost().addForwards(1);
      float[] towards = Vectors.sum(images.row(i), sample.image(), -1);
      Start end = new Start(sample.point(space), sample.starts().get(0).curvature());
      rays.add(new Ray(sample, towards, 0, Vectors.norm(towards), end));
    }
    return rays;
  }

  /** Along f's own perturbation, as far as r_in(f). */
  private static List<Ray> alongUnconstrained(List<SampleProjection> samples) {
    return samples.stream()
        .map(
            sample -> {
              float[] image = sample.point(Space.UNCONSTRAINED);
              float[] towards = Vectors.sum(image, sample.image(), -1);
              return new Ray(sample, towards, 0, sample.inDistribution(), null);
            })
        .toList();
  }

  /** Bisects the rays at whose end the label has changed. */
  private void shorten(List<Ray> rays, int halvings) {
    List<Ray> crossing = new ArrayList<>();
    ask(
        rays.stream().filter(Ray::hasLength).toList(),
        Ray::end,
        (ray, answer) -> {
          if (answer.changes()) {
            ray.changedAtTheEnd(answer.nearest());
            crossing.add(ray);
          }
        });
    for (int i = 0; i < halvings; i++) {
      ask(
          crossing,
          Ray::middle,
          (ray, answer) -> {
            if (answer.changes()) {
              ray.changedInTheMiddle(answer.nearest());
            } else {
              ray.unchangedInTheMiddle(answer.searches());
            }
          });
    }
  }

  /**
   * What f̃ says of a perturbed image.
   *
   * @param searches for the nearest image, at their ends
   * @param nearest that which came nearest
   * @param changes whether the label there is another than the sample's
   */
  private record Answer(List<NearestImage> searches, NearestImage nearest, boolean changes) {}

  /** Evaluates f̃ at one perturbation on each ray; keeps what changes the label. */
  private void ask(
      List<Ray> rays, Function<Ray, float[]> perturbation, BiConsumer<Ray, Answer> tell) {
    if (rays.isEmpty()) {
      return;
    }
    List<float[]> perturbations = rays.stream().map(perturbation).toList();
    List<List<NearestImage>> searches =
        IntStream.range(0, rays.size())
            .mapToObj(i -> rays.get(i).searches(perturbations.get(i)))
            .toList();
    NearestImage.run(
        generator, searches.stream().flatMap(List::stream).toList(), STEPS, CURVATURES);
    List<NearestImage> nearest = searches.stream().map(own -> own.get(nearest(own))).toList();
    Logits logits = new Logits(composed.answer(rows(nearest, NearestImage::z)));
    for (int i = 0; i < rays.size(); i++) {
      SampleProjection sample = rays.get(i).sample();
      sample.cost().addForwards(1);
      boolean changes =
          nearest.get(i).hasImage()
              && logits.isFinite(i)
              && logits.margin(i, sample.label()) > ROUNDING * logits.largest(i);
      if (changes) {
        float[] v = perturbations.get(i);
        sample.offer(
            new SampleProjection.ProjectedPerturbation(
                v, Vectors.norm(v), nearest.get(i), logits.label(i)));
      }
      tell.accept(rays.get(i), new Answer(searches.get(i), nearest.get(i), changes));
    }
  }

  private static int nearest(List<NearestImage> searches) {
    return IntStream.range(0, searches.size())
        .boxed()
        .min(Comparator.comparingDouble(i -> searches.get(i).residual()))
        .orElseThrow();
  }

  /** One step of linearisation for each sample; where it does not lead nearer, the next is half. */
  private void descend(List<SampleProjection> samples) {
    List<SampleProjection> found = samples.stream().filter(SampleProjection::hasShortest).toList();
    if (found.isEmpty()) {
      return;
    }
    List<Double> before = found.stream().map(sample -> sample.shortest().length()).toList();
    shorten(linearised(found), HALVINGS);
    for (int i = 0; i < found.size(); i++) {
      if (found.get(i).shortest().length() >= before.get(i)) {
        found.get(i).halveShare();
      }
    }
  }

  /**
   * Rays to the nearest points where the linearisations of f̃'s margins vanish. At z*, with h the
   * margin's gradient in latent space, that in image space is w = J (JᵀJ)⁻¹ h; exact where x + v
   * lies on the manifold.
   */
  private List<Ray> linearised(List<SampleProjection> samples) {
    int classes = composed.outputSize();
    int d = generator.inputSize();
    Rows cotangents = new Rows(new float[samples.size() * classes], classes);
    for (int i = 0; i < samples.size(); i++) {
      cotangents.values()[i * classes + samples.get(i).shortest().label()] = 1;
      cotangents.values()[i * classes + samples.get(i).label()] = -1;
    }
    Rows at = rows(samples, sample -> sample.shortest().nearest().z());
    DifferentiableMap.Product product = composed.vjp(at, cotangents);
    Logits logits = new Logits(product.values());
    List<float[]> moved = new ArrayList<>();
    double[] lengths = new double[samples.size()];
    for (int i = 0; i < samples.size(); i++) {
      NearestImage nearest = samples.get(i).shortest().nearest();
      float[] u =
          Curvature.at(generator, nearest.z(), nearest.image())
              .solve(product.gradients().row(i), DAMPING);
      samples.get(i).cost().addForwards(d + 1);
      samples.get(i).cost().addGradients(1);
      lengths[i] = Vectors.norm(u) / DIFFERENCE;
      moved.add(Vectors.sum(nearest.z(), u, 1 / lengths[i]));
    }
    Rows images = generator.apply(Rows.of(moved, d));
    List<Ray> rays = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      SampleProjection sample = samples.get(i);
      SampleProjection.ProjectedPerturbation shortest = sample.shortest();
      float[] w =
          Vectors.scaled(Vectors.sum(images.row(i), shortest.nearest().image(), -1), lengths[i]);
      double margin = logits.lead(i, shortest.label(), sample.label());
      double multiplier = (Vectors.dot(w, shortest.perturbation()) - margin) / Vectors.dot(w, w);
      float[] towards =
          Vectors.sum(
              Vectors.scaled(shortest.perturbation(), 1 - sample.share()),
              w,
              sample.share() * multiplier);
      rays.add(
          new Ray(
              sample,
              towards,
              LEAST * shortest.length(),
              MOST * shortest.length(),
              shortest.nearest().end()));
    }
    return rays;
  }

  private static <T> Rows rows(List<T> items, Function<T, float[]> vector) {
    List<float[]> vectors = items.stream().map(vector).toList();
    return Rows.of(vectors, vectors.get(0).length);
  }
}
