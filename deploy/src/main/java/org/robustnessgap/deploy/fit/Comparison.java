package org.robustnessgap.deploy.fit;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.distance.SlicedWasserstein;
import org.robustnessgap.distance.Wasserstein;
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
  static final String NONE = "No image was held out, so the generator is compared with none.\n";

  private static final int DIRECTIONS = 256;

  /** The time of an assignment grows with the cube of their number. */
  private static final int ASSIGNED = 500;

  /** Images that are made at once. */
  private static final int BATCH = 250;

  boolean isPossible() {
    return heldOut.length > 0;
  }

  /** As many images as are held out, of z ~ N(0, I). */
  float[][] generated(Executable generator, int dimension) {
    LatentSampler sampler = new LatentSampler(seed, dimension);
    float[][] generated = new float[heldOut.length][];
    for (int from = 0; from < generated.length; from += BATCH) {
      int count = Math.min(BATCH, generated.length - from);
      float[] latents = sampler.draw(from, count).values();
      Tensor made = generator.run(new Tensor(latents, new long[] {count, dimension})).get(0);
      Rows rows = new Rows(made.values(), made.values().length / count);
      for (int n = 0; n < count; n++) {
        generated[from + n] = rows.row(n);
      }
    }
    return generated;
  }

  private Others fittedOnes() {
    return new Others(
        "  of the images", fitted, "the same of fitted images: so much of it is sampling");
  }

  /**
   * Sliced W₁ to the images held out.
   *
   * @param further images to compare with, beside the fitted ones
   */
  String slices(float[][] generated, List<Others> further) {
    return lines(
        "mean slice",
        "sliced W₁ to " + heldOut.length + " held-out images over " + DIRECTIONS + " directions",
        generated,
        further,
        images -> SlicedWasserstein.of(images, heldOut, DIRECTIONS, seed).mean());
  }

  /** W₁ of the samples, likewise. */
  String assignments(float[][] generated, List<Others> further) {
    int n = Math.min(ASSIGNED, heldOut.length);
    float[][] some = Arrays.copyOf(heldOut, n);
    return lines(
        "assignment",
        "W₁ of " + n + " generated images to as many held out",
        generated,
        further,
        images -> Wasserstein.ofSamples(Arrays.copyOf(images, n), some));
  }

  private String lines(
      String name,
      String remark,
      float[][] generated,
      List<Others> further,
      ToDoubleFunction<float[][]> distance) {
    StringBuilder lines = new StringBuilder();
    lines.append(new FigureLine(name, distance.applyAsDouble(generated), remark));
    lines.append(fittedOnes().line(distance));
    further.forEach(others -> lines.append(others.line(distance)));
    return lines.toString();
  }

  /** Images whose distance is shown under the generator's. */
  record Others(String name, float[][] images, String remark) {
    private FigureLine line(ToDoubleFunction<float[][]> distance) {
      return new FigureLine(name, distance.applyAsDouble(images), remark);
    }
  }
}
