package org.robustnessgap.attack.map;

import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.PixelRange;

/**
 * A classifier that keeps its pixels within bounds, for a search that stays within them too: at a
 * bound its gradient is that just inside, where a pixel that the search has led there may return.
 *
 * @param range what the classifier tells apart
 */
public record VisiblePixels(DifferentiableMap classifier, PixelRange range)
    implements DifferentiableMap {
  /** How near a bound counts as at it, relative to the range: some units of float32. */
  private static final double NEAR = 1e-6;

  @Override
  public int inputSize() {
    return classifier.inputSize();
  }

  @Override
  public int outputSize() {
    return classifier.outputSize();
  }

  @Override
  public Rows apply(Rows points) {
    return classifier.apply(points);
  }

  @Override
  public Rows answer(Rows points) {
    return classifier.answer(points);
  }

  @Override
  public boolean answersOtherwise() {
    return classifier.answersOtherwise();
  }

  @Override
  public Access access() {
    return classifier.access();
  }

  @Override
  public Rows seen(Rows points) {
    return classifier.seen(points);
  }

  /** The values are those of the points themselves: behind a step they may differ inside. */
  @Override
  public Product vjp(Rows points, Rows cotangents) {
    double near = NEAR * (range.upper() - range.lower());
    float[] inside = points.values().clone();
    boolean moved = false;
    for (int i = 0; i < inside.length; i++) {
      boolean above = Math.abs(inside[i] - range.upper()) <= near;
      if (above || Math.abs(inside[i] - range.lower()) <= near) {
        inside[i] = (float) (above ? range.upper() - 2 * near : range.lower() + 2 * near);
        moved = true;
      }
    }
    Product product = classifier.vjp(new Rows(inside, points.width()), cotangents);
    return moved ? new Product(classifier.apply(points), product.gradients()) : product;
  }
}
