package org.robustnessgap.attack.query.search;

import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.metric.Metric;

/**
 * Turns a perturbation towards the normal of the boundary as far as the label stays changed, and
 * shortens it by the cosine of the angle: the half circle on which the foot of the perpendicular to
 * any plane through the perturbation lies.
 */
final class Turn {
  final LabelState state;
  private final Metric metric;
  private final float[] towards;
  private final double full;
  private double good;
  private double bad;
  private double next;

  Turn(LabelState state, Metric metric) {
    this.state = state;
    this.metric = metric;
    float[] steepest = metric.steepest(state.sample, state.normal);
    this.towards = Vectors.scaled(steepest, Vectors.norm(state.best) / Vectors.norm(steepest));
    double cosine = Vectors.dot(towards, state.best) / Math.pow(Vectors.norm(state.best), 2);
    this.full = Math.acos(Math.max(-1, Math.min(1, cosine)));
    this.bad = Math.PI / 2;
    this.next = Math.min(full, 0.98 * Math.PI / 2);
  }

  private float[] at(double angle) {
    // In the plane of both: sin(full − angle) and sin(angle) keep the length.
    double own = Math.sin(full - angle) / Math.sin(full);
    double other = Math.sin(angle) / Math.sin(full);
    float[] turned = Vectors.sum(Vectors.scaled(state.best, own), towards, other);
    float[] allowed = metric.allowed(state.sample, turned);
    double length = metric.lengths(new int[] {state.sample}, new Rows(allowed, allowed.length))[0];
    return metric.allowed(
        state.sample, Vectors.scaled(allowed, state.length * Math.cos(angle) / length));
  }

  float[] point() {
    return at(next);
  }

  void answer(boolean changed) {
    if (changed) {
      good = next;
    } else {
      bad = next;
    }
    next = good == 0 ? bad / 2.5 : (good + bad) / 2;
  }

  boolean isOpen() {
    return full > 1e-4 && !(good > 0 && Math.cos(good) - Math.cos(bad) < 0.02 * Math.cos(good));
  }

  boolean turned() {
    return good > 0;
  }

  float[] reached() {
    return at(good);
  }

  /** By how much it may be nearer, as far as the turn tells. */
  double precision() {
    return Math.max(1e-3, 0.25 * (1 - Math.cos(bad) / Math.cos(good)));
  }
}
