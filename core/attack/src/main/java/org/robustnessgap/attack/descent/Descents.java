package org.robustnessgap.attack.descent;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.metric.Metric;
import org.robustnessgap.attack.search.SearchProblem;

/**
 * Descents on the decision boundary, side by side: find a point on it, then linearise the margin
 * there, step towards the nearest point of the tangent plane (for ℓ2 the iteration of Hasofer,
 * Lind, Rackwitz and Fiessler in structural reliability, whose random variables are standard normal
 * too), return to the boundary along the ray from the sample, and keep the step only if it got
 * closer. So the distance never grows.
 *
 * <p>One gradient a step. The descents of one sample, towards different classes, race: after each
 * step only the most promising go on. Those that stop moving leave the batch.
 */
final class Descents {
  /** Steps towards the boundary before a descent is given up: DeepFool's. */
  private static final int CROSSING_STEPS = 50;

  /** How far past the linearised boundary a step goes, relative to its length: DeepFool's. */
  static final double OVERSHOOT = 0.02;

  /** Points tried on the ray of each step. */
  private static final int RAY = 2;

  /** A second point on a ray must promise so many times the precision of the schedule. */
  private static final double SECOND_POINT = 5;

  /** So many times the precision a descent must promise to challenge the shortest of its sample. */
  private static final double CHALLENGE = 20;

  private final SearchProblem problem;
  private final Metric metric;
  private final Rows start;
  private final Schedule schedule;
  private final SearchBudget budget;

  Descents(SearchProblem problem, Schedule schedule, SearchBudget budget) {
    this.problem = problem;
    this.metric = problem.metric();
    this.start = problem.samples();
    this.schedule = schedule;
    this.budget = budget;
  }

  /** Runs descents to their end. */
  void run(List<Descent> descents) {
    List<Descent> approaching = descents.stream().filter(Descent::knowsPlace).toList();
    for (double share : schedule.approach()) {
      approaching = approach(affordable(approaching, 1), share);
    }
    List<Descent> live = cross(descents);
    closeIn(live);
    for (int step = 0; step < schedule.steps() && !live.isEmpty(); step++) {
      live = linearise(affordable(live, 1 + RAY));
      live = contenders(live, descents, schedule.contendersAfter(step));
      live = step(live);
      Set<Descent> going = Set.copyOf(live);
      descents.stream().filter(descent -> !going.contains(descent)).forEach(Descent::forgetPlanes);
    }
    descents.forEach(Descent::forgetPlanes);
  }

  /** Those that may spend so much more each. */
  private List<Descent> affordable(List<Descent> descents, int cost) {
    return budget.affordable(problem, descents, cost);
  }

  /**
   * Advances descents by a share of their way and linearises anew there; returns those that are
   * still before the boundary.
   */
  private List<Descent> approach(List<Descent> descents, double share) {
    descents.forEach(descent -> descent.advance(share));
    List<float[]> points = descents.stream().map(Descent::perturbation).toList();
    DifferentiableMap.Product product = gradients(descents, points);
    Logits logits = new Logits(product.values());
    Rows places = Rows.of(points, start.width());
    double[] lengths = metric.lengths(indices(descents), places);
    Rows slopes = metric.slopes(indices(descents), places);
    List<Descent> approaching = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      Descent descent = descents.get(i);
      double margin = descent.margin(logits, i);
      float[] gradient = product.gradients().row(i);
      if (descent.head(metric, lengths[i], margin, gradient, slopes.row(i))) {
        approaching.add(descent);
      }
    }
    return approaching;
  }

  /** Steps of DeepFool towards the target until it wins; returns the descents that crossed. */
  private List<Descent> cross(List<Descent> descents) {
    List<Descent> crossed = new ArrayList<>();
    List<Descent> live = descents;
    for (int step = 0; step <= CROSSING_STEPS && !live.isEmpty(); step++) {
      live = outside(affordable(live, 1), crossed, step == 0);
      live = step == CROSSING_STEPS ? List.of() : stepOfDeepFool(affordable(live, 1));
    }
    return crossed;
  }

  /**
   * Moves descents whose target wins to the crossed; returns the others.
   *
   * @param first whether they are where the linearisation at the sample led, so that those that are
   *     still far from the boundary can be left alone
   */
  private List<Descent> outside(List<Descent> live, List<Descent> crossed, boolean first) {
    List<float[]> points = live.stream().map(Descent::perturbation).toList();
    Logits logits = logits(live, points);
    List<Integer> outside = new ArrayList<>();
    List<Integer> inside = new ArrayList<>();
    for (int i = 0; i < live.size(); i++) {
      Descent descent = live.get(i);
      if (!logits.isFinite(i)) {
        descent.becomeUnusable();
        continue;
      }
      int winner = logits.label(i);
      if (winner != descent.sample().label() && !descent.sample().isRival(winner)) {
        descent.retarget(winner);
      }
      (descent.margin(logits, i) > 0 ? outside : inside).add(i);
    }
    offer(live, points, logits, outside);
    outside.forEach(i -> crossed.add(live.get(i)));
    Map<Integer, Double> shortest = first ? shortest(crossed) : Map.of();
    return inside.stream()
        .filter(
            i -> {
              Double reached = shortest.get(live.get(i).index());
              return reached == null || live.get(i).secant(logits, i) < schedule.doubt() * reached;
            })
        .map(live::get)
        .toList();
  }

  /** One step of DeepFool; where no gradient shows the way the descent ends. */
  private List<Descent> stepOfDeepFool(List<Descent> inside) {
    DifferentiableMap.Product product =
        gradients(inside, inside.stream().map(Descent::perturbation).toList());
    Logits logits = new Logits(product.values());
    List<Descent> live = new ArrayList<>();
    for (int i = 0; i < inside.size(); i++) {
      Descent descent = inside.get(i);
      float[] gradient = product.gradients().row(i);
      float[] steepest = metric.steepest(descent.index(), gradient);
      double norm = Vectors.norm(steepest);
      if (norm > 0 && Double.isFinite(norm)) {
        // A length that float32 still tells from zero at the sample.
        double rounding = 1e-6 * Math.max(start.norm(descent.index()), 1) / norm;
        double lack = Math.abs(descent.margin(logits, i)) * (1 + OVERSHOOT) + rounding;
        descent.approach(metric.stepped(descent.index(), descent.perturbation(), gradient, lack));
        live.add(descent);
      } else {
        descent.becomeFlat();
      }
    }
    return live;
  }

  /** Between the sample and the first crossing. */
  private void closeIn(List<Descent> crossed) {
    List<ProbedRay> rays = new ArrayList<>();
    for (Descent descent : crossed) {
      LineSearch ray = new LineSearch(descent.perturbation());
      ray.inside(0, descent.sample().lead(descent.target()));
      ray.outside(1, descent.reached().margin());
      rays.add(new ProbedRay(descent, ray));
    }
    for (int round = 0; round < schedule.firstRay(); round++) {
      List<ProbedRay> open = rays.stream().filter(probed -> probed.ray.open()).toList();
      Set<Descent> going =
          Set.copyOf(affordable(open.stream().map(ProbedRay::descent).toList(), 1));
      rays = open.stream().filter(probed -> going.contains(probed.descent)).toList();
      rays.forEach(probed -> probed.ray.interpolate());
      probe(rays);
    }
  }

  /** Linearises the margin at each new point; locally nearest descents leave. */
  private List<Descent> linearise(List<Descent> live) {
    List<Descent> wanting = live.stream().filter(Descent::wantsTangent).toList();
    DifferentiableMap.Product product =
        gradients(wanting, wanting.stream().map(Descent::tangentPoint).toList());
    List<Descent> moved = wanting.stream().filter(Descent::moved).toList();
    Rows places = Rows.of(moved.stream().map(Descent::perturbation).toList(), start.width());
    Rows slopes = metric.slopes(indices(moved), places);
    Map<Descent, float[]> slopeOf = new HashMap<>();
    for (int i = 0; i < moved.size(); i++) {
      slopeOf.put(moved.get(i), slopes.row(i));
    }
    Logits logits = new Logits(product.values());
    List<Descent> ended = new ArrayList<>();
    for (int i = 0; i < wanting.size(); i++) {
      Descent descent = wanting.get(i);
      double margin = descent.margin(logits, i);
      if (!descent.learn(metric, margin, product.gradients().row(i), slopeOf.get(descent))) {
        ended.add(descent);
      }
    }
    return live.stream().filter(descent -> !ended.contains(descent)).toList();
  }

  /**
   * The descents of each sample that are worth another step: the shortest, and those that promise
   * to become shorter.
   */
  private List<Descent> contenders(List<Descent> live, List<Descent> all, int most) {
    Map<Integer, Double> shortest = shortest(all);
    Map<Integer, List<Descent>> bySample = new TreeMap<>();
    for (Descent descent : live) {
      double reached = Objects.requireNonNull(shortest.get(descent.index()));
      boolean leads = descent.reached().length() == reached;
      if (leads || descent.estimate() < reached * (1 - CHALLENGE * schedule.precision())) {
        bySample.computeIfAbsent(descent.index(), index -> new ArrayList<>()).add(descent);
      }
    }
    return bySample.values().stream()
        .flatMap(
            own -> own.stream().sorted(Comparator.comparingDouble(Descent::estimate)).limit(most))
        .toList();
  }

  private static Map<Integer, Double> shortest(List<Descent> descents) {
    Map<Integer, Double> shortest = new HashMap<>();
    for (Descent descent : descents) {
      if (descent.hasCrossed()) {
        shortest.merge(descent.index(), descent.reached().length(), Math::min);
      }
    }
    return shortest;
  }

  /** One step along each tangent plane and back to the boundary; the stuck leave. */
  private List<Descent> step(List<Descent> live) {
    List<ProbedRay> rays = new ArrayList<>();
    for (Descent descent : live) {
      rays.add(new ProbedRay(descent, descent.next(metric)));
    }
    double[] before = live.stream().mapToDouble(descent -> descent.reached().length()).toArray();
    probe(rays);
    List<float @Nullable []> missed = new ArrayList<>();
    for (ProbedRay probed : rays) {
      boolean cut = metric.takesSeveralPlanes() && probed.ray.isInside();
      missed.add(cut ? probed.ray.direction() : null);
    }
    List<ProbedRay> second = rays;
    for (int round = 1; round < RAY; round++) {
      second.forEach(probed -> probed.ray.follow(probed.descent.slope(probed.ray)));
      second = closer(second);
      probe(second);
    }
    List<Descent> remaining = new ArrayList<>();
    for (int i = 0; i < live.size(); i++) {
      if (live.get(i)
          .stepped(before[i], missed.get(i), schedule.precision(), schedule.leastStep())) {
        remaining.add(live.get(i));
      }
    }
    return remaining;
  }

  /** A ray of a descent. */
  private record ProbedRay(Descent descent, LineSearch ray) {}

  /** The rays whose next point would be worth its evaluation. */
  private List<ProbedRay> closer(List<ProbedRay> rays) {
    List<ProbedRay> forward = rays.stream().filter(probed -> probed.ray.scale() > 0).toList();
    double[] lengths =
        lengths(
            forward.stream().map(ProbedRay::descent).toList(),
            forward.stream().map(this::point).toList());
    List<ProbedRay> closer = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      Descent descent = forward.get(i).descent;
      double gain = descent.moved() ? SECOND_POINT * schedule.precision() : Descent.STATIONARY;
      if (lengths[i] < descent.reached().length() * (1 - gain)) {
        closer.add(forward.get(i));
      }
    }
    return closer;
  }

  /** A ray that leaves the space goes on along its bounds. */
  private float[] point(ProbedRay probed) {
    return metric.allowed(probed.descent.index(), probed.ray.point());
  }

  /** Evaluates the next point of each ray; a closer crossing becomes the descent's place. */
  private void probe(List<ProbedRay> rays) {
    List<Descent> descents = rays.stream().map(ProbedRay::descent).toList();
    List<float[]> points = rays.stream().map(this::point).toList();
    Logits logits = logits(descents, points);
    List<Integer> outside = new ArrayList<>();
    for (int i = 0; i < rays.size(); i++) {
      LineSearch ray = rays.get(i).ray;
      double margin = descents.get(i).margin(logits, i);
      if (logits.isFinite(i) && margin > 0) {
        ray.outside(ray.scale(), margin);
        outside.add(i);
      } else {
        ray.inside(ray.scale(), margin);
      }
    }
    offer(descents, points, logits, outside);
  }

  /** Tells descents of those of their points where the target wins. */
  private void offer(
      List<Descent> descents, List<float[]> points, Logits logits, List<Integer> outside) {
    double[] lengths =
        lengths(
            outside.stream().map(descents::get).toList(),
            outside.stream().map(points::get).toList());
    for (int i = 0; i < lengths.length; i++) {
      int point = outside.get(i);
      Descent descent = descents.get(point);
      descent.offer(
          new Descent.Crossing(
              points.get(point), lengths[i], descent.margin(logits, point), descent.target()));
    }
  }

  private double[] lengths(List<Descent> descents, List<float[]> perturbations) {
    return metric.lengths(indices(descents), Rows.of(perturbations, start.width()));
  }

  private Logits logits(List<Descent> descents, List<float[]> perturbations) {
    int[] indices = indices(descents);
    return problem.logits(start.plus(indices, perturbations), indices);
  }

  /** Gradients of the target's margin over the sample's label, at perturbed points. */
  private DifferentiableMap.Product gradients(List<Descent> descents, List<float[]> perturbations) {
    int[] indices = indices(descents);
    return problem.marginGradients(
        start.plus(indices, perturbations),
        descents.stream().mapToInt(Descent::target).toArray(),
        descents.stream().mapToInt(descent -> descent.sample().label()).toArray(),
        indices);
  }

  private static int[] indices(List<Descent> descents) {
    return descents.stream().mapToInt(Descent::index).toArray();
  }
}
