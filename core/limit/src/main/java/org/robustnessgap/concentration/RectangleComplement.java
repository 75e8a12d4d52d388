package org.robustnessgap.concentration;

/**
 * All points outside closed axis-parallel rectangles that are grown by a margin on every side, for
 * ℓ∞. A point of a rectangle grown by margin − t has no other point within t but those of the
 * rectangle grown by the margin. So what lies within t of the set is enclosed, and for one
 * rectangle it is exact, by the complement of the rectangles grown by margin − t.
 *
 * @param lower least value in each dimension, for each rectangle
 * @param upper largest value, likewise
 * @param margin at least 0
 */
public record RectangleComplement(float[][] lower, float[][] upper, double margin)
    implements ErrorSet {
  @Override
  public boolean reaches(float[] x, double distance) {
    for (int i = 0; i < lower.length; i++) {
      if (within(x, lower[i], upper[i], margin - distance)) {
        return false;
      }
    }
    return true;
  }

  private static boolean within(float[] x, float[] lower, float[] upper, double growth) {
    for (int k = 0; k < x.length; k++) {
      if (x[k] < lower[k] - growth || x[k] > upper[k] + growth) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String description() {
    return switch (lower.length) {
      case 0 -> "all points";
      case 1 -> "outside of a rectangle";
      default -> "outside of " + lower.length + " rectangles";
    };
  }
}
