package org.robustnessgap.worker.attack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.robustnessgap.messages.Algorithm;

/**
 * Finds a point on the decision boundary and descends along it towards the sample. Where DeepFool
 * stops at the first crossing, which is 5 to 15 % too far on the models of this project, this goes
 * on: linearise the margin at the boundary point, step towards the foot of the perpendicular from
 * the sample to the tangent plane (the iteration of Hasofer, Lind, Rackwitz and Fiessler in
 * structural reliability, whose random variables are standard normal too), return to the boundary
 * along the ray from the sample, and keep the step only if it got closer. So the distance never
 * grows, on networks with kinks too, where the undamped iteration cycles.
 *
 * <p>One gradient a step. Descents that stop moving leave the batch. When another class looked
 * nearer from the sample than what the descent reached, a second descent starts towards that class.
 */
final class BoundaryDescent {
  /** Classes considered: those with the largest logits at the sample, as in DeepFool. */
  private static final int CANDIDATES = 10;

  /**
   * Steps towards the boundary before a descent is given up, and how far past it each goes:
   * DeepFool's constants.
   */
  private static final int CROSSING_STEPS = 50;

  private static final double OVERSHOOT = 0.02;

  /** Descents for one sample at most, towards different classes. */
  private static final int ATTEMPTS = 3;

  /**
   * Points tried on the first ray, and the relative width at which the crossing is known well
   * enough.
   */
  private static final int FIRST_RAY = 10;

  private static final double FIRST_WIDTH = 0.01;

  /** Points tried on the ray of each step. */
  private static final int RAY = 2;

  /** The step is damped no further than this: the point does not get closer. */
  private static final double LEAST_STEP = 0.02;

  /**
   * A point counts as locally nearest when its tangent plane is not nearer by more than this,
   * relatively.
   */
  private static final double STATIONARY = 1e-5;

  /** Relative gains smaller than this are kept but do not count as progress. */
  private static final double PROGRESS = 1e-4;

  private final MeteredClassifier classifier;
  private final Rows start;
  private final Algorithm.BoundaryDescent parameters;
  private final List<Sample> samples = new ArrayList<>();
  private final Search[] failed;

  /** What is known of one sample. */
  private static final class Sample {
    final int index;
    final int label;
    final double margin;
    final int[] candidates;
    final List<Linearised> nearest = new ArrayList<>();
    Crossing best;
    boolean unusable;

    Sample(int index, int label, double margin, int[] candidates) {
      this.index = index;
      this.label = label;
      this.margin = margin;
      this.candidates = candidates;
    }

    void offer(Crossing crossing) {
      if (best == null || crossing.norm < best.norm) {
        best = crossing;
      }
    }
  }

  /** The boundary to one class as it looks from the sample: its distance, and the step onto it. */
  private record Linearised(int label, double distance, float[] step) {}

  /**
   * A perturbation that changes the label.
   *
   * @param margin by how much the new label wins, at least 0
   */
  private record Crossing(float[] perturbation, double norm, double margin, int label) {}

  /** One descent of one sample: where it is on the boundary, and the tangent plane there. */
  private static final class Descent {
    final Sample sample;
    float[] perturbation;
    int target;
    Crossing at;
    boolean moved = true;
    float[] normal;
    double offset;
    double slope;
    double step = 1;

    Descent(Sample sample, Linearised towards) {
      this.sample = sample;
      this.target = towards.label;
      this.perturbation = scaled(towards.step, 1 + OVERSHOOT);
    }
  }

  private BoundaryDescent(
      MeteredClassifier classifier, Rows start, Algorithm.BoundaryDescent parameters) {
    this.classifier = classifier;
    this.start = start;
    this.parameters = parameters;
    this.failed = new Search[start.count()];
  }

  /**
   * @param map the classifier, from the space that is searched to logits
   * @param start [n, map.inputSize()]
   * @return one search for each row, in order
   */
  static List<Search> search(
      DifferentiableMap map, Rows start, Algorithm.BoundaryDescent parameters) {
    MeteredClassifier classifier = new MeteredClassifier(map, start.count());
    BoundaryDescent search = new BoundaryDescent(classifier, start, parameters);
    search.begin();
    search.linearise();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      search.descend(search.worthAttempting(attempt));
    }
    return search.results();
  }

  /** The classifier's own label of each sample, and the classes worth stepping towards. */
  private void begin() {
    Rows logits = classifier.logits(start, IntStream.range(0, start.count()).toArray());
    for (int i = 0; i < start.count(); i++) {
      if (!logits.isFinite(i)) {
        failed[i] = new Search.Failed("the logits of the unperturbed sample are not finite", 0, 1);
        continue;
      }
      int label = logits.argMax(i);
      float[] row = logits.row(i);
      int[] candidates =
          IntStream.range(0, row.length)
              .boxed()
              .sorted(Comparator.comparingDouble(k -> -row[k]))
              .limit(CANDIDATES)
              .filter(k -> k != label)
              .mapToInt(Integer::intValue)
              .toArray();
      samples.add(new Sample(i, label, margin(logits, i, label), candidates));
    }
  }

  /** The distance to each candidate's boundary were the classifier linear: |f| / ‖∇f‖. */
  private void linearise() {
    int rounds = samples.stream().mapToInt(sample -> sample.candidates.length).max().orElse(0);
    for (int round = 0; round < rounds; round++) {
      int candidate = round;
      DifferentiableMap.Product product =
          gradients(
              samples,
              sample -> sample,
              sample -> new float[start.width()],
              s -> s.candidates[candidate]);
      for (int i = 0; i < samples.size(); i++) {
        Sample sample = samples.get(i);
        int label = sample.candidates[candidate];
        double margin = difference(product.values(), i, label, sample.label);
        double norm = product.gradients().norm(i);
        double distance = -margin / norm;
        if (norm > 0 && Double.isFinite(distance)) {
          sample.nearest.add(
              new Linearised(label, distance, scaled(product.gradients().row(i), distance / norm)));
          sample.nearest.sort(Comparator.comparingDouble(Linearised::distance));
          if (sample.nearest.size() > ATTEMPTS) {
            sample.nearest.remove(ATTEMPTS);
          }
        }
      }
    }
  }

  /** First the class that looks nearest; then those that look nearer than what was reached. */
  private List<Descent> worthAttempting(int attempt) {
    return samples.stream()
        .filter(sample -> attempt < sample.nearest.size())
        .filter(
            sample ->
                sample.best == null || sample.nearest.get(attempt).distance < sample.best.norm)
        .filter(
            sample ->
                attempt == 0
                    || sample.best == null
                    || sample.best.label != sample.nearest.get(attempt).label)
        .map(sample -> new Descent(sample, sample.nearest.get(attempt)))
        .toList();
  }

  private void descend(List<Descent> attempts) {
    List<Descent> live = cross(attempts);
    closeIn(live);
    for (int step = 0; step < parameters.steps() && !live.isEmpty(); step++) {
      live = moveTangents(live);
      live = step(live);
    }
    attempts.stream()
        .filter(descent -> descent.at != null)
        .forEach(descent -> descent.sample.offer(descent.at));
  }

  /** Steps of DeepFool, towards the class with the largest logit, until the label changes. */
  private List<Descent> cross(List<Descent> attempts) {
    List<Descent> crossed = new ArrayList<>();
    List<Descent> live = attempts;
    for (int step = 0; step < CROSSING_STEPS && !live.isEmpty(); step++) {
      DifferentiableMap.Product product =
          gradients(
              live,
              descent -> descent.sample,
              descent -> descent.perturbation,
              descent -> descent.target);
      List<Descent> inside = new ArrayList<>();
      for (int i = 0; i < live.size(); i++) {
        Descent descent = live.get(i);
        Rows logits = product.values();
        double norm = product.gradients().norm(i);
        if (!logits.isFinite(i)) {
          descent.sample.unusable = true;
          continue;
        }
        if (changed(logits, i, descent.sample.label)) {
          descent.at = crossing(descent.perturbation, logits, i, descent.sample.label);
          crossed.add(descent);
        } else if (norm > 0 && Double.isFinite(norm)) {
          double margin = difference(logits, i, descent.target, descent.sample.label);
          // A tie has no distance to step over, but its side must be left all the same.
          double length = Math.abs(margin) / norm * (1 + OVERSHOOT) + rounding(descent.sample);
          descent.perturbation =
              sum(descent.perturbation, product.gradients().row(i), length / norm);
          descent.target = runnerUp(logits, i, descent.sample.label);
          inside.add(descent);
        }
      }
      live = inside;
    }
    return crossed;
  }

  /** A length that float32 still tells from zero at the sample. */
  private double rounding(Sample sample) {
    return 1e-6 * Math.max(start.norm(sample.index), 1);
  }

  /** Regula falsi between the sample and the first crossing. */
  private void closeIn(List<Descent> crossed) {
    List<Ray> rays =
        crossed.stream()
            .map(
                descent ->
                    new Ray(descent, descent.at.perturbation)
                        .from(0, descent.sample.margin)
                        .to(descent.at.margin))
            .toList();
    for (int round = 0; round < FIRST_RAY; round++) {
      rays =
          rays.stream()
              .filter(ray -> ray.outside - ray.inside > FIRST_WIDTH * ray.outside)
              .toList();
      rays.forEach(Ray::interpolate);
      probe(rays);
    }
  }

  /** Linearises the margin at each point that moved; descents at a locally nearest point leave. */
  private List<Descent> moveTangents(List<Descent> live) {
    List<Descent> moved = live.stream().filter(descent -> descent.moved).toList();
    DifferentiableMap.Product product =
        gradients(
            moved,
            descent -> descent.sample,
            descent -> descent.at.perturbation,
            descent -> descent.at.label);
    List<Descent> ended = new ArrayList<>();
    for (int i = 0; i < moved.size(); i++) {
      Descent descent = moved.get(i);
      double norm = product.gradients().norm(i);
      double margin = difference(product.values(), i, descent.at.label, descent.sample.label);
      if (!(norm > 0) || !Double.isFinite(norm) || !Double.isFinite(margin)) {
        ended.add(descent);
        continue;
      }
      descent.normal = scaled(product.gradients().row(i), 1 / norm);
      double along = dot(descent.normal, descent.at.perturbation);
      descent.offset = along - margin / norm;
      descent.slope = norm;
      descent.moved = false;
      if (descent.offset > descent.at.norm * (1 - STATIONARY)) {
        ended.add(descent);
      }
    }
    return live.stream().filter(descent -> !ended.contains(descent)).toList();
  }

  /**
   * One damped step along each tangent plane and back to the boundary; those that cannot get closer
   * leave.
   */
  private List<Descent> step(List<Descent> live) {
    List<Ray> rays = new ArrayList<>();
    for (Descent descent : live) {
      float[] foot = scaled(descent.normal, descent.offset);
      float[] damped = scaled(descent.at.perturbation, 1 - descent.step);
      rays.add(new Ray(descent, sum(damped, foot, descent.step)));
    }
    double[] before = live.stream().mapToDouble(descent -> descent.at.norm).toArray();
    List<Ray> open = rays;
    for (int round = 0; round < RAY; round++) {
      if (round > 0) {
        open.forEach(Ray::follow);
        open = open.stream().filter(Ray::worthwhile).toList();
      }
      probe(open);
    }
    List<Descent> remaining = new ArrayList<>();
    for (int i = 0; i < live.size(); i++) {
      Descent descent = live.get(i);
      boolean progress = descent.at.norm < before[i] * (1 - PROGRESS);
      descent.step = progress ? Math.min(1, descent.step * 1.5) : descent.step / 2;
      if (descent.step >= LEAST_STEP) {
        remaining.add(descent);
      }
    }
    return remaining;
  }

  /**
   * The ray from a sample through a perturbed point, scale 1, and where on it the label was seen to
   * change.
   */
  private static final class Ray {
    final Descent descent;
    final float[] direction;
    double scale = 1;
    double inside = Double.NaN;
    double insideMargin;
    double outside = Double.NaN;
    double outsideMargin;
    double widthBefore = Double.POSITIVE_INFINITY;

    Ray(Descent descent, float[] direction) {
      this.descent = descent;
      this.direction = direction;
    }

    Ray from(double at, double margin) {
      inside = at;
      insideMargin = margin;
      return this;
    }

    Ray to(double margin) {
      outside = 1;
      outsideMargin = margin;
      return this;
    }

    void saw(double margin, boolean changed) {
      if (changed) {
        outside = scale;
        outsideMargin = margin;
      } else {
        inside = scale;
        insideMargin = margin;
      }
    }

    /**
     * The zero of the secant, a little outwards because a point outside is worth more than one
     * inside; the middle where the last one did not halve the interval.
     */
    void interpolate() {
      double width = outside - inside;
      double share = insideMargin / (insideMargin - outsideMargin);
      scale = inside + width * (width > widthBefore / 2 ? 0.5 : Math.min(0.98, share + 0.01));
      widthBefore = width;
    }

    /** Along the slope of the tangent plane towards the side not seen yet. */
    void follow() {
      double slope = descent.slope * dot(descent.normal, direction);
      if (!Double.isNaN(outside)) {
        scale = outside - 0.98 * outsideMargin / slope;
      } else {
        scale = inside + Math.max(-1.05 * insideMargin / slope, 1e-5 * inside);
      }
    }

    /** Whether a crossing at the next scale would be closer than the best known. */
    boolean worthwhile() {
      double norm = Math.sqrt(dot(direction, direction)) * scale;
      return scale > 0 && norm < descent.at.norm;
    }

    float[] perturbation() {
      return scaled(direction, scale);
    }
  }

  /** Evaluates the next point of each ray; a closer crossing becomes the descent's place. */
  private void probe(List<Ray> rays) {
    if (rays.isEmpty()) {
      return;
    }
    Rows logits =
        classifier.logits(
            points(rays, ray -> ray.descent.sample, Ray::perturbation),
            indices(rays, ray -> ray.descent.sample));
    for (int i = 0; i < rays.size(); i++) {
      Ray ray = rays.get(i);
      Descent descent = ray.descent;
      boolean changed = logits.isFinite(i) && changed(logits, i, descent.sample.label);
      ray.saw(margin(logits, i, descent.sample.label), changed);
      if (changed) {
        Crossing crossing = crossing(ray.perturbation(), logits, i, descent.sample.label);
        if (crossing.norm < descent.at.norm) {
          descent.at = crossing;
          descent.moved = true;
        }
      }
    }
  }

  private List<Search> results() {
    Search[] results = failed.clone();
    for (Sample sample : samples) {
      results[sample.index] = result(sample);
    }
    return Arrays.asList(results);
  }

  private Search result(Sample sample) {
    if (sample.best != null) {
      return classifier.verified(start, sample.index, sample.label, sample.best.perturbation);
    }
    return sample.unusable
        ? classifier.failed(sample.index, "the logits of a perturbed sample are not finite")
        : classifier.notFound(sample.index);
  }

  /**
   * Vector–Jacobian products of the margin of a class over the sample's label, at perturbed points.
   */
  private <T> DifferentiableMap.Product gradients(
      List<T> items,
      Function<T, Sample> sample,
      Function<T, float[]> perturbation,
      Function<T, Integer> target) {
    Rows cotangents = Rows.zeros(items.size(), classifier.classes());
    for (int i = 0; i < items.size(); i++) {
      cotangents.values()[i * classifier.classes() + target.apply(items.get(i))] = 1;
      cotangents.values()[i * classifier.classes() + sample.apply(items.get(i)).label] = -1;
    }
    return classifier.vjp(points(items, sample, perturbation), cotangents, indices(items, sample));
  }

  private <T> Rows points(
      List<T> items, Function<T, Sample> sample, Function<T, float[]> perturbation) {
    int width = start.width();
    float[] points = new float[items.size() * width];
    for (int i = 0; i < items.size(); i++) {
      float[] r = perturbation.apply(items.get(i));
      int from = sample.apply(items.get(i)).index * width;
      for (int j = 0; j < width; j++) {
        points[i * width + j] = start.values()[from + j] + r[j];
      }
    }
    return new Rows(points, width);
  }

  private static <T> int[] indices(List<T> items, Function<T, Sample> sample) {
    return items.stream().mapToInt(item -> sample.apply(item).index).toArray();
  }

  private static Crossing crossing(float[] perturbation, Rows logits, int row, int label) {
    return new Crossing(
        perturbation,
        Math.sqrt(dot(perturbation, perturbation)),
        margin(logits, row, label),
        runnerUp(logits, row, label));
  }

  private static boolean changed(Rows logits, int row, int label) {
    return logits.argMax(row) != label;
  }

  /** The largest logit of another class less that of the label. */
  private static double margin(Rows logits, int row, int label) {
    return difference(logits, row, runnerUp(logits, row, label), label);
  }

  private static double difference(Rows logits, int row, int a, int b) {
    int from = row * logits.width();
    return (double) logits.values()[from + a] - logits.values()[from + b];
  }

  /** The class other than the label with the largest logit. */
  private static int runnerUp(Rows logits, int row, int label) {
    int best = label == 0 ? 1 : 0;
    for (int k = 0; k < logits.width(); k++) {
      if (k != label
          && logits.values()[row * logits.width() + k]
              > logits.values()[row * logits.width() + best]) {
        best = k;
      }
    }
    return best;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static float[] scaled(float[] a, double factor) {
    float[] result = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = (float) (a[i] * factor);
    }
    return result;
  }

  /** a + factor · b. */
  private static float[] sum(float[] a, float[] b, double factor) {
    float[] result = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = (float) (a[i] + factor * b[i]);
    }
    return result;
  }
}
