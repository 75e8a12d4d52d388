package org.robustnessgap.deploy.fit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.data.PictureGrid;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.fit.LinearGenerator;
import org.robustnessgap.fit.autoencoder.DecoderGenerator;
import org.robustnessgap.fit.memorisation.Memorisation;
import org.robustnessgap.fit.memorisation.NearestImages;
import org.robustnessgap.fit.training.StoredImages;

/**
 * What is said of a decoder: how near its images are to those held out, beside principal
 * components, and whether it repeats what it was fitted to.
 *
 * @param fitted all images it was trained with
 * @param heldOut all others; may be none
 * @param components of the fitted ones
 */
record DecoderReport(
    FitInput input,
    StoredImages fitted,
    StoredImages heldOut,
    PrincipalComponents components,
    Engine engine) {
  /** Images that are compared, where there are as many. */
  private static final int COMPARED = 5000;

  /** Values of all of those: large images are fewer. */
  private static final int COMPARED_VALUES = 1 << 23;

  /** Images of which the nearest fitted one is looked for. */
  private static final int LOOKED_UP = 1000;

  /** Beyond it, most of what images vary by is missing. */
  private static final double MOST_SPREAD = 1.5;

  private static final double PERCENT = 100;

  private static final String WARNING =
      "Suspicious: much of what your images vary by is missing in the decoder's; give more --epochs or a larger --latent-dimension.\n";

  private static final int GRID_COLUMNS = 8;
  private static final int GRID_ROWS = 8;

  /** Whether what fitted images vary by is mostly not the decoder's. */
  static boolean isSuspicious(DecoderGenerator decoder) {
    return decoder.spread() > MOST_SPREAD;
  }

  /**
   * @param generator loaded
   * @param grid where to draw; null for nowhere
   */
  String text(DecoderGenerator decoder, Executable generator, @Nullable Path grid) {
    String head =
        String.format("%nDecoder of %s%n%n", input.describe(fitted.count()))
            + new FigureLine(
                "spread",
                decoder.spread(),
                "so far images are moved from their mean, to vary as much as the fitted ones")
            + (isSuspicious(decoder) ? WARNING : "");
    int most = Math.min(COMPARED, COMPARED_VALUES / fitted.size());
    int n = Math.min(most, Math.min(fitted.count(), heldOut.count()));
    if (n == 0) {
      return head + Comparison.NONE;
    }
    Comparison comparison =
        new Comparison(
            fitted.some(n, input.seed()).all(), heldOut.some(n, input.seed()).all(), input.seed());
    float[][] generated = comparison.generated(generator, input.dimension());
    List<Comparison.Others> linear = linear(comparison);
    return head
        + comparison.slices(generated, linear)
        + comparison.assignments(generated, linear)
        + nearest(generated, comparison.heldOut(), grid);
  }

  private String nearest(float[][] generated, float[][] others, @Nullable Path grid) {
    int n = Math.min(LOOKED_UP, generated.length);
    NearestImages nearest = new NearestImages(fitted, engine);
    NearestImages.Neighbour[] neighbours = nearest.of(Arrays.copyOf(generated, n));
    String figures = memorisation(neighbours, nearest.of(Arrays.copyOf(others, n)));
    if (grid == null) {
      return figures;
    }
    draw(grid, generated, neighbours);
    return figures
        + String.format("%nGenerated images, each beside the nearest fitted one: %s%n", grid);
  }

  private void draw(Path grid, float[][] generated, NearestImages.Neighbour[] neighbours) {
    List<List<float[]>> pairs = new ArrayList<>();
    for (int i = 0; i < Math.min(neighbours.length, GRID_COLUMNS * GRID_ROWS); i++) {
      pairs.add(List.of(generated[i], fitted.image(neighbours[i].index())));
    }
    new PictureGrid(input.form(), GRID_COLUMNS).write(grid, pairs);
  }

  private List<Comparison.Others> linear(Comparison comparison) {
    LinearGenerator linear = components.linear();
    if (linear == null) {
      return List.of();
    }
    try (Executable executable = engine.load(linear.model("linear", input.shape()))) {
      return List.of(
          new Comparison.Others(
              "  of --linear",
              comparison.generated(executable, input.dimension()),
              "the same of the principal components of " + linear.images() + " fitted images"));
    }
  }

  private static String memorisation(
      NearestImages.Neighbour[] generated, NearestImages.Neighbour[] heldOut) {
    Memorisation memorisation = Memorisation.of(distances(generated), distances(heldOut));
    return new FigureLine(
            "nearest image",
            memorisation.generated(),
            "median ℓ2 from generated images to the nearest fitted one")
        + new FigureLine("  of held-out", memorisation.heldOut(), "the same from held-out images")
            .toString()
        + new FigureLine(
            "nearer",
            PERCENT * memorisation.nearer(),
            "% of generated images are nearer than all but 1 % of the held-out ones");
  }

  private static double[] distances(NearestImages.Neighbour[] neighbours) {
    return Arrays.stream(neighbours).mapToDouble(NearestImages.Neighbour::distance).toArray();
  }
}
