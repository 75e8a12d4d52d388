package org.robustnessgap.data;

import org.jspecify.annotations.Nullable;

/** What came of reading one image. */
sealed interface ReadImage permits ReadImage.Decoded, SkippedImage {
  /** Height and width of a vector. */
  int NO_ROWS = 0;

  /**
   * An image as its file holds it.
   *
   * @param name for people, for instance {@code folder/cat.png}
   * @param height 0 of a vector, whose values are in the order in which a model takes them
   * @param width 0 of a vector
   * @param channels of a vector, its length
   * @param values row by row, the channels of a pixel together
   * @param label the class that the data say it has; null if they do not
   */
  record Decoded(
      String name, int height, int width, int channels, PixelValues values, @Nullable Integer label)
      implements ReadImage {
    static Decoded vector(String name, PixelValues values, @Nullable Integer label) {
      return new Decoded(name, NO_ROWS, NO_ROWS, values.count(), values, label);
    }

    boolean isVector() {
      return height == NO_ROWS;
    }

    /** For people. */
    String size() {
      return isVector()
          ? channels + " values"
          : height + "×" + width + (channels == 1 ? "" : "×" + channels);
    }
  }
}
