package org.robustnessgap.attack.projection;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.Vectors;

/**
 * The perturbations of one sample in one direction, between two lengths. Searches for nearest
 * images continue from where those at the last lengths ended. Of these, the first began at z: it
 * never ends farther from x + v than x is, because v only grows along its way.
 */
final class Ray {
  private final SampleProjection sample;
  private final float[] direction;
  private double inside;
  private double outside;
  private List<Start> insideStarts;
  private @Nullable Start outsideStart;

  /**
   * @param direction of any length
   * @param inside a length at which the label is taken not to have changed
   * @param outside a longer one, at which it may have
   * @param end where the search at the outside end should begin, too; null for nowhere
   */
  Ray(
      SampleProjection sample,
      float[] direction,
      double inside,
      double outside,
      @Nullable Start end) {
    this.sample = sample;
    this.direction = Vectors.scaled(direction, 1 / Vectors.norm(direction));
    this.inside = inside;
    this.outside = outside;
    this.insideStarts = sample.starts();
    this.outsideStart = end;
  }

  /** Whether there is any perturbation on it. */
  boolean hasLength() {
    return Double.isFinite(Vectors.norm(direction)) && outside > 0;
  }

  SampleProjection sample() {
    return sample;
  }

  float[] end() {
    return Vectors.scaled(direction, outside);
  }

  float[] middle() {
    return Vectors.scaled(direction, (inside + outside) / 2);
  }

  /** Searches for the image nearest to x + v. */
  List<NearestImage> searches(float[] perturbation) {
    float[] target = Vectors.sum(sample.image(), perturbation, 1);
    List<Start> starts = new ArrayList<>(insideStarts);
    if (outsideStart != null) {
      starts.add(outsideStart);
    }
    return starts.stream().map(start -> new NearestImage(target, start, sample.cost())).toList();
  }

  /** The label has changed at the outside end. */
  void changedAtTheEnd(NearestImage nearest) {
    outsideStart = nearest.end();
  }

  /** The label has changed in the middle. */
  void changedInTheMiddle(NearestImage nearest) {
    outside = (inside + outside) / 2;
    outsideStart = nearest.end();
  }

  /**
   * The label has not changed in the middle.
   *
   * @param searches what {@link #searches} gave, at their ends
   */
  void unchangedInTheMiddle(List<NearestImage> searches) {
    inside = (inside + outside) / 2;
    insideStarts =
        searches.subList(0, insideStarts.size()).stream().map(NearestImage::end).toList();
  }
}
