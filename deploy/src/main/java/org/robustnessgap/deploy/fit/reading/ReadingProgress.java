package org.robustnessgap.deploy.fit.reading;

import java.util.function.Consumer;
import org.robustnessgap.fit.ImageSet;

/** Says on the standard error how many images each of the passes has read. */
public final class ReadingProgress {
  private static final int STEP = 5000;

  private final ImageSet images;
  private final int passes;
  private int pass;

  /**
   * @param passes how often the images will be gone over
   */
  public ReadingProgress(ImageSet images, int passes) {
    this.images = images;
    this.passes = passes;
  }

  public void forEach(Consumer<float[]> use) {
    pass++;
    long[] count = {0};
    images.forEach(
        image -> {
          use.accept(image);
          if (++count[0] % STEP == 0) {
            System.err.println(
                (passes == 1 ? "Read: " : "Pass " + pass + " of " + passes + ": ")
                    + count[0]
                    + " images");
          }
        });
  }
}
