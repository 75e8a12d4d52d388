package org.robustnessgap.attack.descent;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.metric.Metric;

/**
 * A descent of one sample on the boundary to one class: where it is, and the half-spaces in which
 * that class is known to win near there.
 *
 * <p>Where the boundary has a kink a single tangent plane points across it, to where the class does
 * not win. The plane at such a missed point is added, and the next step leads to the nearest point
 * beyond all planes: the kink itself. A plane that a crossing contradicts is dropped.
 */
final class Descent {
  /** Missed points in a row whose planes are added before steps are shortened instead. */
  private static final int CUTS = 3;

  private static final int MOST_PLANES = 8;

  /** A plane counts as contradicted beyond this share of its offset. */
  private static final double ROUNDING = 1e-6;

  /** A point is locally nearest when its tangent plane is not nearer by more than this share. */
  static final double STATIONARY = 1e-5;

  /** What a step that went wrong is shortened by. */
  private static final double SHRINK = 0.5;

  private final Linearisation.LinearisedSample sample;
  private final List<Metric.Plane> planes = new ArrayList<>();
  private int target;
  private float[] perturbation;
  private double estimate;

  /** Null as long as the boundary is not crossed. */
  private @Nullable Crossing at;

  /** Null where nothing was linearised yet, or all is forgotten. */
  private Metric.@Nullable Place place;

  /** At the place; null likewise. */
  private Metric.@Nullable Plane tangent;

  /** Where the target did not win and the tangent plane is wanted; null for nowhere. */
  private float @Nullable [] missed;

  private boolean moved;
  private boolean unusable;
  private boolean flat;
  private double step = 1;
  private int cuts;

  /**
   * A perturbation that changes the label.
   *
   * @param length in the metric
   * @param margin by how much the new label wins, at least 0
   */
  record Crossing(float[] perturbation, double length, double margin, int label) {}

  /**
   * @param perturbation to begin with, on either side of the boundary
   * @param estimate of the length it will reach
   * @param target the class that it heads for
   */
  Descent(
      Linearisation.LinearisedSample sample, float[] perturbation, double estimate, int target) {
    this.sample = sample;
    this.perturbation = perturbation;
    this.estimate = estimate;
    this.target = target;
  }

  /**
   * The same from a place that is known.
   *
   * @param origin the sample, with the gradient towards the target
   */
  static Descent from(
      Metric.Place origin,
      Linearisation.LinearisedSample sample,
      float[] perturbation,
      double estimate,
      int target) {
    Descent descent = new Descent(sample, perturbation, estimate, target);
    descent.place = origin;
    return descent;
  }

  /** The index of its sample in the batch. */
  int index() {
    return sample.index();
  }

  Linearisation.LinearisedSample sample() {
    return sample;
  }

  int target() {
    return target;
  }

  /** Where it is; what it began with before it crossed the boundary. */
  float[] perturbation() {
    return at == null ? perturbation : at.perturbation;
  }

  /** How short it may become, as it looks now. */
  double estimate() {
    return estimate;
  }

  boolean hasCrossed() {
    return at != null;
  }

  /** What it reached once it has crossed the boundary. */
  Crossing reached() {
    return Objects.requireNonNull(at, "the boundary is not crossed");
  }

  /** Whether the logits on the way were not finite. */
  boolean unusable() {
    return unusable;
  }

  /** Whether it was lost where the gradient vanishes. */
  boolean flat() {
    return flat;
  }

  void becomeUnusable() {
    unusable = true;
  }

  void becomeFlat() {
    flat = true;
  }

  /** By how much the target wins over the sample's label. */
  double margin(Logits logits, int point) {
    return logits.lead(point, target, sample.label());
  }

  /** Whether it began where the gradient was known. */
  boolean knowsPlace() {
    return place != null;
  }

  /** Before the boundary: goes elsewhere, and may be short after all. */
  void approach(float[] next) {
    perturbation = next;
  }

  /** Before the boundary: goes a share of the way from the place that is known. */
  void advance(double share) {
    float[] kept = Vectors.scaled(place().perturbation(), 1 - share);
    perturbation = Vectors.sum(kept, perturbation, share);
  }

  /**
   * Before the boundary: learns at the point that it advanced to, and heads for where the tangent
   * plane is nearest.
   *
   * @return whether it is still before the boundary and sees a way
   */
  boolean head(Metric metric, double length, double margin, float[] gradient, float[] slope) {
    Metric.Place here = new Metric.Place(index(), perturbation, length, slope, gradient);
    Metric.Place next = metric.reached(place(), here);
    place = next;
    Metric.Plane plane = Metric.Plane.tangent(perturbation, margin, gradient);
    Metric.Nearest there = metric.nearest(next, List.of(plane), 1);
    if (margin > 0 || !Double.isFinite(there.length())) {
      return false;
    }
    float[] back = Vectors.scaled(perturbation, -Descents.OVERSHOOT);
    float[] beyond = Vectors.sum(back, there.perturbation(), 1 + Descents.OVERSHOOT);
    perturbation = metric.allowed(index(), beyond);
    return true;
  }

  /** Before the boundary: where the secant through the sample and this point would cross it. */
  double secant(Logits logits, int point) {
    double before = -sample.lead(target);
    double after = -margin(logits, point);
    return after < before ? estimate * before / (before - after) : Double.POSITIVE_INFINITY;
  }

  /** A class that has no descent of its own wins: head for that. */
  void retarget(int winner) {
    target = winner;
  }

  /** Takes a crossing that is shorter than what was reached. */
  void offer(Crossing crossing) {
    if (at == null || crossing.length < at.length) {
      at = crossing;
      moved = true;
      missed = null;
    }
  }

  /** Whether there is a point whose tangent plane is not known yet. */
  boolean wantsTangent() {
    return moved || missed != null;
  }

  /** That point. */
  float[] tangentPoint() {
    return moved ? reached().perturbation : Objects.requireNonNull(missed, "no point is missed");
  }

  boolean moved() {
    return moved;
  }

  /**
   * Learns the tangent plane of the margin at its {@link #tangentPoint}.
   *
   * @param slope of the metric there; null if the descent did not move
   * @return whether a shorter crossing is in sight
   */
  boolean learn(Metric metric, double margin, float[] gradient, float @Nullable [] slope) {
    Metric.Plane plane = Metric.Plane.tangent(tangentPoint(), margin, gradient);
    if (slope != null) {
      Crossing crossing = reached();
      Metric.Place here =
          new Metric.Place(index(), crossing.perturbation, crossing.length, slope, gradient);
      place = place == null ? here : metric.reached(place, here);
      planes.removeIf(
          known -> known.excess(crossing.perturbation) < -ROUNDING * Math.abs(known.offset()));
      tangent = plane;
      cuts = 0;
    }
    planes.add(plane);
    if (planes.size() > MOST_PLANES) {
      planes.remove(planes.get(0) == tangent ? 1 : 0);
    }
    moved = false;
    missed = null;
    boolean promising = estimate(metric);
    if (!promising && planes.size() > 1) {
      // The planes may lie: the boundary need not be convex.
      planes.clear();
      planes.add(tangent());
      cuts = CUTS;
      step = SHRINK;
      promising = estimate(metric);
    }
    return promising;
  }

  /** False also where the gradient vanishes or is no number. */
  private boolean estimate(Metric metric) {
    estimate = metric.nearest(place(), planes, 1).length();
    return estimate <= reached().length * (1 - STATIONARY);
  }

  /** It takes no further step; what it needed for that takes memory. */
  void forgetPlanes() {
    planes.clear();
    tangent = null;
    place = null;
  }

  /** The way of the next step. */
  LineSearch next(Metric metric) {
    return new LineSearch(metric.nearest(place(), planes, step).perturbation());
  }

  /** How fast the margin grows along a ray, a unit of its scale. */
  double slope(LineSearch ray) {
    return Vectors.dot(tangent().normal(), ray.direction());
  }

  private Metric.Place place() {
    return Objects.requireNonNull(place, "nothing is linearised");
  }

  private Metric.Plane tangent() {
    return Objects.requireNonNull(tangent, "no tangent plane is known");
  }

  /**
   * Draws the consequences of a step.
   *
   * @param before the length before it
   * @param whole the point it led to, where the target did not win; null if it won
   * @param progress relative gain that counts as one
   * @param leastStep below which the descent ends
   * @return whether to go on
   */
  boolean stepped(double before, float @Nullable [] whole, double progress, double leastStep) {
    if (reached().length < before * (1 - progress)) {
      step = Math.min(1, step * 1.5);
    } else if (!moved && whole != null && cuts < CUTS) {
      missed = whole;
      cuts++;
    } else {
      step *= SHRINK;
    }
    return step >= leastStep;
  }
}
