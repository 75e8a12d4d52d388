package org.robustnessgap.attack.metric;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PixelRange;

/** The ℓ2 or ℓ∞ norm of the search space itself, with or without bounds on its points. */
public final class NormMetric implements Metric {
  /** Newton steps for the multiplier; each leaves fewer coordinates free, so few are needed. */
  private static final int MULTIPLIER_STEPS = 100;

  /** A point lies on a plane when it is no farther from it than by this share of its length. */
  private static final double ROUNDING = 1e-4;

  private final Norm norm;
  private final Rows start;
  private final @Nullable PixelRange range;

  /**
   * @param start the samples, [n, width]
   * @param range of every coordinate of a perturbed sample; null for no bounds
   */
  public NormMetric(Norm norm, Rows start, @Nullable PixelRange range) {
    this.norm = norm;
    this.start = start;
    this.range = range;
  }

  /** ‖r‖₂ without bounds. */
  public static NormMetric euclidean(Rows start) {
    return new NormMetric(Norm.L2, start, null);
  }

  @Override
  public double[] lengths(int[] samples, Rows perturbations) {
    double[] lengths = new double[perturbations.count()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = length(perturbations.row(i));
    }
    return lengths;
  }

  private double length(float[] perturbation) {
    if (norm == Norm.L2) {
      return Vectors.norm(perturbation);
    }
    double largest = 0;
    for (float value : perturbation) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** The length does not depend on the place, and {@link #nearest} needs no model of it. */
  @Override
  public Rows slopes(int[] samples, Rows perturbations) {
    return perturbations;
  }

  /**
   * rᵢ = sign(nᵢ) min(λ wᵢ, bᵢ), where w is |n| for ℓ2 and 1 for ℓ∞ and b what the bounds leave:
   * the condition of Karush, Kuhn and Tucker. n · r is concave and increasing in λ, so Newton's
   * steps from the unbounded solution reach the offset from below.
   */
  @Override
  public Nearest nearest(Place place, List<Plane> planes, double step) {
    Plane last = planes.get(planes.size() - 1);
    if (planes.size() == 1 || !takesSeveralPlanes()) {
      return nearest(place, last.normal(), last.offset(), step);
    }
    // Bounds may leave nothing beyond all planes, though something beyond each.
    return Polyhedra.nearest(planes, bounds(place.sample()))
        .filter(nearest -> range == null || isBeyond(planes, nearest))
        .map(
            nearest ->
                new Nearest(
                    Vectors.sum(Vectors.scaled(place.perturbation(), 1 - step), nearest, step),
                    length(nearest)))
        .orElseGet(() -> nearest(place, last.normal(), last.offset(), step));
  }

  private Polyhedra.Bounds bounds(int sample) {
    return range == null
        ? Polyhedra.Bounds.NONE
        : (coordinate, r) ->
            Math.signum(r) * Math.min(Math.abs(r), room(sample, coordinate, Math.signum(r)));
  }

  private static boolean isBeyond(List<Plane> planes, float[] perturbation) {
    double length = Vectors.norm(perturbation);
    return planes.stream()
        .allMatch(
            plane ->
                plane.excess(perturbation) >= -ROUNDING * length * Vectors.norm(plane.normal()));
  }

  private Nearest nearest(Place place, float[] normal, double offset, double step) {
    float[] towards = offset < 0 ? Vectors.scaled(normal, -1) : normal;
    double goal = Math.abs(offset);
    double rate = 0;
    for (float n : towards) {
      rate += Math.abs((double) n) * weight(n);
    }
    double multiplier = goal / rate;
    if (range != null) {
      multiplier = bounded(towards, rooms(place.sample(), towards), goal, multiplier);
    }
    if (!Double.isFinite(multiplier)) {
      return new Nearest(place.perturbation(), Double.POSITIVE_INFINITY);
    }
    float[] nearest = new float[normal.length];
    for (int i = 0; i < nearest.length; i++) {
      double size = Math.min(multiplier * weight(towards[i]), room(place.sample(), i, towards[i]));
      double whole = Math.signum(towards[i]) * size;
      nearest[i] = (float) ((1 - step) * place.perturbation()[i] + step * whole);
    }
    return new Nearest(nearest, length(nearest));
  }

  /** The multiplier under the bounds; infinite if they do not let the plane be reached. */
  private double bounded(float[] towards, double[] rooms, double goal, double unbounded) {
    double multiplier = unbounded;
    for (int step = 0; step < MULTIPLIER_STEPS; step++) {
      double reached = 0;
      double rate = 0;
      for (int i = 0; i < towards.length; i++) {
        double n = Math.abs((double) towards[i]);
        double room = rooms[i];
        double size = multiplier * weight(towards[i]);
        reached += n * Math.min(size, room);
        rate += size < room ? n * weight(towards[i]) : 0;
      }
      double missing = goal - reached;
      if (missing <= 1e-9 * goal) {
        return multiplier;
      }
      if (rate == 0) {
        return Double.POSITIVE_INFINITY;
      }
      multiplier += missing / rate;
    }
    return multiplier;
  }

  private double[] rooms(int sample, float[] towards) {
    double[] rooms = new double[towards.length];
    for (int i = 0; i < rooms.length; i++) {
      rooms[i] = room(sample, i, towards[i]);
    }
    return rooms;
  }

  private double weight(float n) {
    return norm == Norm.L2 ? Math.abs((double) n) : 1;
  }

  /** How far a coordinate may move this way. A sample beyond the bounds may only come back. */
  private double room(int sample, int coordinate, double direction) {
    if (range == null) {
      return Double.POSITIVE_INFINITY;
    }
    double at = start.values()[sample * start.width() + coordinate];
    return Math.max(0, direction > 0 ? range.upper() - at : at - range.lower());
  }

  /** The plane through the place: how much nearer its nearest point is. */
  @Override
  public double kktResidual(Place place) {
    double offset = Vectors.dot(place.normal(), place.perturbation());
    double foot = nearest(place, place.normal(), offset, 1).length();
    double cosine = Math.signum(offset) * foot / place.length();
    return 1 - Math.max(-1, Math.min(1, cosine));
  }

  @Override
  public float[] steepest(int sample, float[] normal) {
    double rate = 0;
    for (float n : normal) {
      rate += Math.abs((double) n) * weight(n);
    }
    float[] step = new float[normal.length];
    for (int i = 0; i < step.length; i++) {
      step[i] = (float) (Math.signum(normal[i]) * weight(normal[i]) / rate);
    }
    return step;
  }

  @Override
  public boolean takesSeveralPlanes() {
    return norm == Norm.L2;
  }

  /** Coordinates at a bound leave their share of the way to the others. */
  @Override
  public float[] stepped(int sample, float[] from, float[] normal, double growth) {
    if (range == null) {
      return Metric.super.stepped(sample, from, normal, growth);
    }
    double[] room = new double[normal.length];
    double rate = 0;
    for (int i = 0; i < room.length; i++) {
      room[i] = Math.max(0, room(sample, i, normal[i]) - Math.signum(normal[i]) * from[i]);
      rate += Math.abs((double) normal[i]) * weight(normal[i]);
    }
    double multiplier = bounded(normal, room, growth, growth / rate);
    float[] to = new float[normal.length];
    for (int i = 0; i < to.length; i++) {
      double size = Math.min(multiplier * weight(normal[i]), room[i]);
      to[i] = (float) (from[i] + (normal[i] == 0 ? 0 : Math.signum(normal[i]) * size));
    }
    return allowed(sample, to);
  }

  @Override
  public float[] allowed(int sample, float[] perturbation) {
    if (range == null) {
      return perturbation;
    }
    float[] allowed = new float[perturbation.length];
    for (int i = 0; i < allowed.length; i++) {
      float r = perturbation[i];
      allowed[i] = (float) (Math.signum(r) * Math.min(Math.abs(r), room(sample, i, r)));
    }
    return allowed;
  }
}
