package org.robustnessgap.deploy.bounds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.Attack;
import org.robustnessgap.attack.Attacks;
import org.robustnessgap.attack.Classifier;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.certificate.LowerBound;
import org.robustnessgap.certificate.LowerBounds;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.deploy.images.FirstImages;
import org.robustnessgap.deploy.model.ClassifierOptions;
import org.robustnessgap.deploy.model.ContractOptions;
import org.robustnessgap.deploy.plot.Axis;
import org.robustnessgap.deploy.plot.Figure;
import org.robustnessgap.deploy.plot.Figure.Chart;
import org.robustnessgap.deploy.plot.Series;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.worker.EngineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code lower-bounds}. */
@Command(
    name = "lower-bounds",
    mixinStandardHelpOptions = true,
    description = {
      "Compares lower bounds on robustness with perturbations found, on images of your own.",
      "Repeats the experiment of Peck et al. 2017: fast gradient sign perturbations with the smallest",
      "ε ≤ 100 on the [0, 255] scale, their lower bounds as printed, and certified ones. ℓ2 norms on",
      "that scale, divided by the number of values of an image. docs/explanation/lower-bounds.md explains."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap lower-bounds --classifier mnist-lenet.onnx --images t10k-images-idx3-ubyte.gz",
      "  robustness-gap lower-bounds --classifier cifar10-lenet.onnx --images cifar10.u8 --subtract 127.5 --divide 127.5 --plot bounds.svg"
    })
public final class LowerBoundsCommand implements Callable<Integer> {
  private static final double LARGEST_EPSILON = 100;

  /** By ℓ∞ the length of a perturbation is ε. */
  private static final Attack ATTACK = Attacks.fastGradientSign().norm(Norm.LINF);

  private static final int BATCH = 64;
  private static final int BINS = 60;

  @Option(
      names = "--classifier",
      paramLabel = "F.onnx",
      required = true,
      description = "ONNX, images to logits [n, K].")
  private Path classifier;

  @Mixin private FirstImages images;

  @Option(
      names = "--plot",
      paramLabel = "FILE.svg",
      description = "Draw the histograms of perturbations, bounds and their ratios.")
  private @Nullable Path plot;

  @Mixin private ContractOptions contractOptions;

  @Mixin private ClassifierOptions classifierOptions;

  @Mixin private EngineOptions engineOptions;

  /** One number for each image whose label was changed, on the [0, 255] scale. */
  private record Results(int images, int size, double[] found, double[] certified, double[] peck) {
    double[] normalised(double[] norms) {
      return Arrays.stream(norms).map(norm -> norm / size).toArray();
    }

    /** log10 of perturbation over bound. */
    double[] ratios(double[] bounds) {
      double[] ratios = new double[found.length];
      Arrays.setAll(ratios, i -> Math.log10(found[i] / bounds[i]));
      return ratios;
    }

    boolean areChain() {
      return peck.length > 0;
    }
  }

  @Override
  public Integer call() {
    images.require();
    InputContract contract = contractOptions.contract();
    Results results;
    try (Engine engine = engineOptions.settings().open()) {
      results =
          compare(
              images.of(contract).read(classifier, classifierOptions.options(), engine),
              images.pixels(contract),
              engine);
    }
    if (results.found().length == 0) {
      throw new InvalidInputException(
          "No label changed with ε up to 100; do --subtract and --divide, or --range, fit the classifier?");
    }
    System.out.print(text(results));
    if (plot != null) {
      draw(results);
    }
    return 0;
  }

  private Results compare(ClassifierModel model, PixelSpace pixels, Engine engine) {
    List<LowerBound> bounds = new ArrayList<>();
    List<Double> norms = new ArrayList<>();
    double scale = PixelSpace.LEVELS / (pixels.range().upper() - pixels.range().lower());
    int size;
    try (Classifier attacked = Classifier.open(model, engine);
        LowerBounds lower = LowerBounds.open(model.scores(), engine)) {
      size = attacked.imageSize();
      List<float[]> all = images.read(ImageForm.of(attacked.imageShape(), pixels));
      for (int from = 0; from < all.size(); from += BATCH) {
        float[][] batch =
            all.subList(from, Math.min(from + BATCH, all.size())).toArray(float[][]::new);
        bounds.addAll(lower.of(batch));
        List<SearchResult> found = ATTACK.search(attacked, batch).results();
        for (int i = 0; i < batch.length; i++) {
          norms.add(norm(found.get(i), batch[i], scale));
        }
      }
    }
    int[] changed =
        IntStream.range(0, norms.size()).filter(i -> !Double.isNaN(norms.get(i))).toArray();
    boolean chain = bounds.stream().map(LowerBound::peck).allMatch(Objects::nonNull);
    return new Results(
        norms.size(),
        size,
        Arrays.stream(changed).mapToDouble(i -> scale * norms.get(i)).toArray(),
        Arrays.stream(changed).mapToDouble(i -> scale * bounds.get(i).certified()).toArray(),
        chain
            ? Arrays.stream(changed)
                .mapToObj(i -> bounds.get(i).peck())
                .filter(Objects::nonNull)
                .mapToDouble(peck -> scale * peck)
                .toArray()
            : new double[0]);
  }

  /**
   * ‖r‖₂ of an image's perturbation; not a number if none was found with an ε of interest.
   *
   * @param scale levels for a unit of a pixel
   */
  private static double norm(SearchResult result, float[] image, double scale) {
    return result
        .found()
        .filter(found -> found.distance() <= LARGEST_EPSILON / scale)
        .map(found -> Vectors.norm(found.perturbation(image)))
        .orElse(Double.NaN);
  }

  private String text(Results results) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%s: the label of %d of %d images changed; ℓ2 norms on [0, 255], divided by %d%n%n",
            OnnxModel.nameOf(classifier),
            results.found().length,
            results.images(),
            results.size()));
    text.append(Summary.header()).append('\n');
    line(text, "fast gradient sign", results.normalised(results.found()));
    if (results.areChain()) {
      line(text, "bound as printed", results.normalised(results.peck()));
    }
    line(text, "certified bound", results.normalised(results.certified()));
    if (results.areChain()) {
      line(text, "log10 found/printed", results.ratios(results.peck()));
    }
    line(text, "log10 found/certified", results.ratios(results.certified()));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, double[] sample) {
    text.append(Summary.of(sample).line(name).stripTrailing()).append('\n');
  }

  private void draw(Results results) {
    List<Named> bounds = new ArrayList<>();
    List<Named> ratios = new ArrayList<>();
    if (results.areChain()) {
      bounds.add(new Named("as printed", results.normalised(results.peck())));
      ratios.add(new Named("found/printed", results.ratios(results.peck())));
    }
    bounds.add(new Named("certified", results.normalised(results.certified())));
    ratios.add(new Named("found/certified", results.ratios(results.certified())));
    Figure figure =
        new Figure(
            List.of(
                histograms(
                    "Perturbations found",
                    "norm / dimension",
                    false,
                    List.of(new Named("fast gradient sign", results.normalised(results.found())))),
                histograms("Lower bounds", "norm / dimension", true, bounds),
                histograms("Per image", "log10 of the ratio", false, ratios)));
    try {
      Files.writeString(plot, figure.svg());
    } catch (IOException e) {
      throw new InvalidInputException(
          "Cannot write " + plot + " (--plot); does its folder exist, and may you write there?", e);
    }
  }

  private record Named(String name, double[] values) {}

  private static Chart histograms(
      String title, String label, boolean logarithmic, List<Named> samples) {
    double[] all =
        samples.stream()
            .flatMapToDouble(sample -> Arrays.stream(sample.values()))
            .filter(value -> !logarithmic || value > 0)
            .toArray();
    double min = Arrays.stream(all).min().orElse(1);
    double max = Arrays.stream(all).max().orElse(10);
    Axis x =
        logarithmic
            ? Axis.logarithmic(
                label,
                Math.pow(10, Math.floor(Math.log10(min))),
                Math.pow(10, Math.floor(Math.log10(max)) + 1))
            : Axis.linear(label, Math.min(0, min), max > 0 ? max * 1.02 : 1);
    List<Series> series =
        samples.stream()
            .map(sample -> Series.histogram(sample.name(), x, BINS, sample.values()))
            .toList();
    double most =
        series.stream()
            .flatMap(s -> s.points().stream())
            .mapToDouble(Series.Point::y)
            .max()
            .orElse(1);
    return new Chart(title, x, Axis.linear("images", 0, most * 1.15), series);
  }
}
