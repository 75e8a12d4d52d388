package org.robustnessgap.data;

import org.robustnessgap.messages.PixelRange;

/** The values of one image, as its file holds them. */
sealed interface PixelValues {
  int count();

  /**
   * One value as a pixel.
   *
   * @param range what black and white are there
   */
  float in(PixelRange range, int index);

  /** Whether this value is the largest there can be. */
  boolean isLargest(int index);

  /** Whole numbers from black, which is 0, to white: spread over whatever range pixels have. */
  record Levels(int[] values, int white) implements PixelValues {
    @Override
    public int count() {
      return values.length;
    }

    @Override
    public float in(PixelRange range, int index) {
      return (float) (range.lower() + values[index] * (range.upper() - range.lower()) / white);
    }

    @Override
    public boolean isLargest(int index) {
      return values[index] == white;
    }
  }

  /** Real numbers, which are pixels already: nothing in their file says what white is. */
  record Numbers(float[] values) implements PixelValues {
    @Override
    public int count() {
      return values.length;
    }

    @Override
    public float in(PixelRange range, int index) {
      return values[index];
    }

    @Override
    public boolean isLargest(int index) {
      return values[index] == 1;
    }
  }
}
