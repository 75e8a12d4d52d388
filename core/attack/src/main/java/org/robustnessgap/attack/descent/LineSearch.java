package org.robustnessgap.attack.descent;

import org.robustnessgap.attack.map.Vectors;

/**
 * The points of a ray from a sample, scale 0, through a perturbed sample, scale 1, and where on it
 * the label was seen to change.
 */
final class LineSearch {
  /** Relative width at which a crossing is known well enough. */
  private static final double WIDTH = 0.01;

  private final float[] direction;
  private double scale = 1;
  private double inside = Double.NaN;
  private double insideMargin;
  private double outside = Double.NaN;
  private double outsideMargin;
  private double widthBefore = Double.POSITIVE_INFINITY;

  LineSearch(float[] direction) {
    this.direction = direction;
  }

  float[] direction() {
    return direction;
  }

  /** The scale to be tried next. */
  double scale() {
    return scale;
  }

  /** The perturbation to be tried next. */
  float[] point() {
    return Vectors.scaled(direction, scale);
  }

  /** The label is the sample's own at this scale. */
  void inside(double at, double margin) {
    inside = at;
    insideMargin = margin;
  }

  /** Whether a point with the sample's own label was seen. */
  boolean isInside() {
    return !Double.isNaN(inside);
  }

  /** The label has changed at this scale. */
  void outside(double at, double margin) {
    outside = at;
    outsideMargin = margin;
  }

  /** Whether the crossing could still be much closer. */
  boolean open() {
    return outside - inside > WIDTH * outside;
  }

  /**
   * Between both sides: the zero of the secant, a little outwards because a point outside is worth
   * more than one inside; the middle where the last try did not halve the interval.
   */
  void interpolate() {
    double width = outside - inside;
    double share = insideMargin / (insideMargin - outsideMargin);
    boolean slow = width > widthBefore / 2;
    scale = inside + width * (slow ? 0.5 : Math.min(0.98, share + 0.01));
    widthBefore = width;
  }

  /**
   * From the one side seen towards the other.
   *
   * @param slope of the margin along the ray, a unit of scale
   */
  void follow(double slope) {
    if (Double.isNaN(outside)) {
      scale = inside + Math.max(-1.05 * insideMargin / slope, 1e-5 * inside);
    } else {
      scale = outside - 0.98 * outsideMargin / slope;
    }
  }
}
