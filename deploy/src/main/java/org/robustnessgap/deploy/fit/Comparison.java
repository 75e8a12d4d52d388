package org.robustnessgap.deploy.fit;

import java.util.Arrays;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.deploy.fit.reading.Reservoir;
import org.robustnessgap.distance.SlicedWasserstein;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;

/**
 * Generators beside images that were held out, all with as many images.
 *
 * @param fitted some of the images that were fitted, as many as those held out
 * @param heldOut some of the others; may be none
 * @param seed of the latent vectors and of the directions
 */
record Comparison(float[][] fitted, float[][] heldOut, long seed) {
  /** How many images are compared. */
  static final int IMAGES = 1000;

  static final String NONE = "No image was held out, so the generator is compared with none.\n";

  private static final int DIRECTIONS = 256;

  static Comparison of(Reservoir fitted, Reservoir heldOut, long seed) {
    int n = Math.min(fitted.size(), heldOut.size());
    return new Comparison(fitted.first(n), heldOut.first(n), seed);
  }

  boolean isPossible() {
    return heldOut.length > 0;
  }

  /** As many images as are held out, of z ~ N(0, I). */
  float[][] generated(Executable generator, int dimension) {
    int n = heldOut.length;
    float[] latents = new LatentSampler(seed, dimension).draw(0, n).values();
    Tensor made = generator.run(new Tensor(latents, new long[] {n, dimension})).get(0);
    Rows rows = new Rows(made.values(), made.values().length / n);
    float[][] generated = new float[n][];
    Arrays.setAll(generated, rows::row);
    return generated;
  }

  /** Sliced W₁ between images and those held out. */
  double slice(float[][] images) {
    return SlicedWasserstein.of(images, heldOut, DIRECTIONS, seed).mean();
  }

  /** The generator's slice, and that of the fitted images. */
  String text(float[][] generated) {
    int n = heldOut.length;
    return new FigureLine(
            "mean slice",
            slice(generated),
            "sliced W₁ to " + n + " held-out images over " + DIRECTIONS + " directions")
        + new FigureLine(
                "  of the images",
                slice(fitted),
                "the same of " + n + " fitted images: so much of it is sampling")
            .toString();
  }
}
