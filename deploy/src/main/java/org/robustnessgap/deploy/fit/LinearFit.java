package org.robustnessgap.deploy.fit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.robustnessgap.deploy.fit.reading.Division;
import org.robustnessgap.deploy.fit.reading.ReadingProgress;
import org.robustnessgap.deploy.fit.reading.Reservoir;
import org.robustnessgap.deploy.model.ModelFile;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.fit.LinearGenerator;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Fits principal components. Goes over the images three times and holds none in memory. */
final class LinearFit {
  /** Counting, mean, covariance. */
  private static final int PASSES = 3;

  /** Images that are kept to compare with. */
  private static final int COMPARED = 1000;

  private static final double PERCENT = 100;

  /** Residuals beyond it are shown. */
  private static final double ACCURATE = 1e-8;

  private final FitInput input;

  LinearFit(FitInput input) {
    this.input = input;
  }

  void run(Engine engine) {
    ReadingProgress reading = new ReadingProgress(input.images(), PASSES);
    Division division = new Division(reading::forEach, input.holdOut(), input.seed());
    Reservoir fitted = new Reservoir(COMPARED, input.seed());
    Reservoir heldOut = new Reservoir(COMPARED, input.seed());
    division.each(fitted::offer, heldOut::offer);
    System.err.printf(
        "Looking for %d principal components, which may take a minute or two of large images%n",
        input.dimension());
    LinearGenerator generator =
        LinearGenerator.of(division.fitted(), input.dimension(), input.seed());
    OnnxModel model = generator.model(input.modelName(), input.shape());
    int compared = Math.min(fitted.size(), heldOut.size());
    Comparison comparison =
        new Comparison(fitted.first(compared), heldOut.first(compared), input.seed());
    try (Executable executable = engine.load(model)) {
      Map<String, String> metadata = new LinkedHashMap<>(generator.metadata());
      metadata.putAll(input.metadata());
      ModelFile.write(input.out(), model, metadata);
      System.out.print(text(generator));
      System.out.print(
          comparison.isPossible()
              ? comparison.slices(comparison.generated(executable, input.dimension()), List.of())
              : Comparison.NONE);
    }
  }

  private String text(LinearGenerator generator) {
    double rest = generator.discardedVariance();
    String text =
        String.format("%nLinear generator of %s%n%n", input.describe(generator.images()))
            + new FigureLine(
                "variance explained",
                PERCENT * generator.retainedVariance() / generator.totalVariance(),
                "% of " + FigureLine.number(generator.totalVariance()))
            + new FigureLine(
                "variance discarded",
                rest,
                "no generator on a plane of as many dimensions is nearer to them than its root, "
                    + FigureLine.number(Math.sqrt(rest))
                    + " (2-Wasserstein)")
            + new FigureLine(
                "σ₁",
                generator.lipschitz(),
                "ω(t) = σ₁ t exactly: limits on images are σ₁ times those of latent vectors");
    return generator.residual() <= ACCURATE
        ? text
        : text
            + new FigureLine("residual", generator.residual(), "components are only so accurate");
  }
}
