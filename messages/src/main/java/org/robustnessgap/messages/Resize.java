package org.robustnessgap.messages;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an image is brought to another size.
 *
 * @param size the new height and width; or one number, the new length of the shorter side, the
 *     other keeping its proportion to it, rounded down
 * @param interpolation null for {@link Interpolation#BILINEAR}
 * @param antialias whether each pixel of a smaller image is made of all those it covers, as PIL,
 *     torchvision and timm do, and Keras and OpenCV do not unless told; null for yes
 */
@OmitEmpty
@StableApi
public record Resize(List<Integer> size, Interpolation interpolation, Boolean antialias) {
  /** Null where nothing is said. */
  public Resize(
      List<Integer> size, @Nullable Interpolation interpolation, @Nullable Boolean antialias) {
    this.size = Checks.size(size, "size to resize to");
    this.interpolation = interpolation == null ? Interpolation.BILINEAR : interpolation;
    this.antialias = antialias == null ? Boolean.TRUE : antialias;
  }

  /**
   * The size that an image gets.
   *
   * @return height and width
   */
  public List<Integer> of(int height, int width) {
    if (size.size() == 2) {
      return size;
    }
    int side = size.get(0);
    return height <= width
        ? List.of(side, (int) ((long) side * width / height))
        : List.of((int) ((long) side * height / width), side);
  }
}
