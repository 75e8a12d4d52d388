package org.robustnessgap.deploy.fit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.data.PictureGrid;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.fit.ImageSet;
import org.robustnessgap.fit.LinearGenerator;
import org.robustnessgap.fit.autoencoder.DecoderGenerator;
import org.robustnessgap.fit.memorisation.Memorisation;
import org.robustnessgap.fit.memorisation.NearestImages;
import org.robustnessgap.fit.training.StoredImages;
import org.robustnessgap.messages.InvalidInputException;

/**
 * What is said of a decoder: how near its images are to those held out, beside principal
 * components, and whether it repeats what it was fitted to.
 *
 * @param fitted all images it was trained with
 */
record DecoderReport(FitInput input, StoredImages fitted, Comparison comparison, Engine engine) {
  private static final double PERCENT = 100;

  /** A covariance of more products takes minutes. */
  private static final double CHEAP = 4e10;

  private static final int GRID_COLUMNS = 8;
  private static final int GRID_ROWS = 8;

  /**
   * @param generator loaded
   * @param grid where to draw; null for nowhere
   */
  String text(DecoderGenerator decoder, Executable generator, @Nullable Path grid) {
    String head =
        String.format("%nDecoder of %s%n%n", input.describe(fitted.count()))
            + new FigureLine(
                "noise σ",
                decoder.noise(),
                "so far are pixels of fitted images from what the decoder makes of their latents");
    if (!comparison.isPossible()) {
      return head + Comparison.NONE;
    }
    float[][] generated = comparison.generated(generator, input.dimension());
    NearestImages nearest = new NearestImages(fitted, engine);
    NearestImages.Neighbour[] neighbours = nearest.of(generated);
    if (grid != null) {
      draw(grid, generated, neighbours);
    }
    return head
        + comparison.text(generated)
        + linear()
        + memorisation(neighbours, nearest.of(comparison.heldOut()))
        + (grid == null
            ? ""
            : String.format("%nGenerated images, each beside the nearest fitted one: %s%n", grid));
  }

  private void draw(Path grid, float[][] generated, NearestImages.Neighbour[] neighbours) {
    List<List<float[]>> pairs = new ArrayList<>();
    for (int i = 0; i < Math.min(generated.length, GRID_COLUMNS * GRID_ROWS); i++) {
      pairs.add(List.of(generated[i], fitted.image(neighbours[i].index())));
    }
    new PictureGrid(input.form(), GRID_COLUMNS).write(grid, pairs);
  }

  /** Of as many of the images as take seconds; empty where they vary in too few directions. */
  private String linear() {
    double each = (double) fitted.size() * fitted.size();
    int count = (int) Math.min(fitted.count(), CHEAP / each);
    try {
      LinearGenerator linear = LinearGenerator.of(first(count), input.dimension(), input.seed());
      try (Executable executable = engine.load(linear.model("linear", input.shape()))) {
        return new FigureLine(
                "  of --linear",
                comparison.slice(comparison.generated(executable, input.dimension())),
                "the same of the principal components of " + count + " fitted images")
            .toString();
      }
    } catch (InvalidInputException e) {
      return "";
    }
  }

  private ImageSet first(int count) {
    return use -> {
      float[] image = new float[fitted.size()];
      for (int n = 0; n < count; n++) {
        fitted.copy(n, image, 0);
        use.accept(image);
      }
    };
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
