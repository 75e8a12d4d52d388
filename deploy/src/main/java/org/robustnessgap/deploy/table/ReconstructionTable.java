package org.robustnessgap.deploy.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.robustnessgap.attack.projection.ImageInversion;
import org.robustnessgap.messages.Inversion;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.Reconstruction;
import org.robustnessgap.messages.Reconstruction.TooFar;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;

/**
 * How near a generator comes to images of one's own, and which of them are too far; a column each
 * classifier.
 */
public final class ReconstructionTable {
  private static final double QUARTER = 0.25;

  /** An image and what the generator makes of it. */
  private record Reconstructed(SampleResult sample, Reconstruction found) {
    /** ‖g(z) − x‖ / r_unc(x); NaN if unknown. */
    double ofUnconstrained() {
      Outcome outcome = sample.spaces().get(Space.UNCONSTRAINED);
      return outcome == null
          ? Double.NaN
          : found.error() / outcome.distanceIfKnown().orElse(Double.NaN);
    }
  }

  /** The images of one classifier. */
  private record Column(String classifier, List<Reconstructed> images) {
    String quartiles(ToDoubleFunction<Reconstructed> value) {
      double[] ascending =
          images.stream().mapToDouble(value).filter(Double::isFinite).sorted().toArray();
      return text(at(ascending, 0.5), at(ascending, QUARTER), at(ascending, 1 - QUARTER));
    }

    long tooFar(TooFar reason) {
      return images.stream().filter(image -> image.found().tooFar() == reason).count();
    }

    long near() {
      return images.stream().filter(image -> image.found().tooFar() == null).count();
    }
  }

  private final Inversion inversion;
  private final List<Column> columns = new ArrayList<>();

  /**
   * @param byClassifier what was found at each image
   */
  public ReconstructionTable(Inversion inversion, Map<String, List<SampleResult>> byClassifier) {
    this.inversion = inversion;
    byClassifier.forEach(
        (classifier, samples) -> {
          List<Reconstructed> images = new ArrayList<>();
          for (SampleResult sample : samples) {
            Reconstruction found = sample.reconstruction();
            if (found != null) {
              images.add(new Reconstructed(sample, found));
            }
          }
          columns.add(new Column(classifier, images));
        });
  }

  /** The table as lines of text, each ended by a newline and begun by an empty line. */
  public String render() {
    int d = inversion.generator().latentDimension();
    Grid<Column> grid = new Grid<>(columns);
    grid.add("reconstruction", Column::classifier);
    grid.add("  images x", column -> Integer.toString(column.images().size()));
    grid.add("  ‖g(z) − x‖", column -> column.quartiles(image -> image.found().error()));
    grid.add(
        "  of x's distance from the mean",
        column -> column.quartiles(image -> image.found().share()));
    grid.add("  of r_unc of x", column -> column.quartiles(Reconstructed::ofUnconstrained));
    grid.add(
        "  ‖z‖, at most " + number(ImageInversion.longest(d)),
        column -> column.quartiles(image -> image.found().latentNorm()));
    grid.add(
        "  ‖z‖ of N(0, I)",
        column ->
            text(
                ImageInversion.latentNorm(d, 0.5),
                ImageInversion.latentNorm(d, QUARTER),
                ImageInversion.latentNorm(d, 1 - QUARTER)));
    grid.add("  measured at g(z)", column -> Long.toString(column.near()));
    grid.add("  too far", column -> Long.toString(column.images().size() - column.near()));
    grid.add(
        "    error above " + number(inversion.limit()) + " of that distance",
        column -> Long.toString(column.tooFar(TooFar.ERROR)));
    grid.add("    another label", column -> Long.toString(column.tooFar(TooFar.LABEL)));
    return "\nr_unc is of images x, r_Z and r_in are of g(z), the nearest images to them that "
        + inversion.generator().name()
        + " was found to make"
        + (inversion.encoder() == null
            ? ", without an encoder: unless it is linear, a nearer one may have been missed"
            : "")
        + ".\nSo r_unc(x) ≤ ‖g(z) − x‖ + r_in(g(z)), and r_unc(x) may lie above r_in(g(z))."
        + " Median (quartiles), not normalised.\n\n"
        + grid;
  }

  /** The value that a share of the numbers does not exceed; NaN of none. */
  private static double at(double[] ascending, double share) {
    int rank = (int) Math.max(1, Math.ceil(share * ascending.length));
    return ascending.length == 0 ? Double.NaN : ascending[rank - 1];
  }

  private static String text(double median, double lower, double upper) {
    return number(median) + " (" + number(lower) + " to " + number(upper) + ")";
  }

  private static String number(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3g", value) : "–";
  }
}
