package org.robustnessgap.deploy.fit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import picocli.CommandLine.Option;

/** Options of a training. */
final class DecoderOptions {
  private static final int EPOCHS = 20;

  /** Of few images so many steps are several hundred epochs; fewer leave the weights untrained. */
  private static final int LEAST_STEPS = 1500;

  private static final int FLOW_EPOCHS = 60;
  private static final int LEAST_FLOW_STEPS = 2000;

  private static final double RATE = 1e-3;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description =
          "How often training goes over the images (default: "
              + EPOCHS
              + ", or as often as "
              + LEAST_STEPS
              + " steps take).")
  private @Nullable Integer epochs;

  @Option(
      names = "--flow-epochs",
      paramLabel = "N",
      description =
          "How often the training of the flow goes over the latent vectors; 0 to take these for"
              + " normal (default: "
              + FLOW_EPOCHS
              + ", or as often as "
              + LEAST_FLOW_STEPS
              + " steps take).")
  private @Nullable Integer flowEpochs;

  @Option(
      names = "--learning-rate",
      paramLabel = "R",
      description = "The longest step of training (default: 0.001).")
  private @Nullable Double rate;

  @Option(
      names = "--resume",
      description =
          "Go on with the training that was interrupted, of the same options and images; begin one"
              + " if there is none.")
  private boolean resume;

  @Option(
      names = "--grid",
      paramLabel = "FILE.png",
      description =
          "Where to draw generated images, each beside the nearest fitted one (default: beside"
              + " --out).")
  private @Nullable Path grid;

  /**
   * Of a generator that needs no training.
   *
   * @throws InvalidInputException if one is given
   */
  void requireNone() {
    if (epochs != null || flowEpochs != null || rate != null || resume || grid != null) {
      throw new InvalidInputException(
          "--epochs, --flow-epochs, --learning-rate, --resume and --grid are for training; leave them out with --linear, which takes none.");
    }
  }

  /**
   * @throws InvalidInputException if a number makes no sense
   */
  void require() {
    if (epochs != null && epochs < 1) {
      throw new InvalidInputException("--epochs is " + epochs + " but must be at least 1.");
    }
    if (flowEpochs != null && flowEpochs < 0) {
      throw new InvalidInputException(
          "--flow-epochs is " + flowEpochs + " but must be at least 0.");
    }
    if (!(rate() > 0 && Double.isFinite(rate()))) {
      throw new InvalidInputException(
          "--learning-rate is " + rate() + " but must be a positive number.");
    }
    if (grid != null && Files.isDirectory(grid)) {
      throw new InvalidInputException(grid + " (--grid) is a folder; name a file in it.");
    }
  }

  /**
   * @param stepsOfEpoch positive
   */
  int epochs(int stepsOfEpoch) {
    return given(epochs, EPOCHS, LEAST_STEPS, stepsOfEpoch);
  }

  /**
   * @param stepsOfEpoch positive
   */
  int flowEpochs(int stepsOfEpoch) {
    return given(flowEpochs, FLOW_EPOCHS, LEAST_FLOW_STEPS, stepsOfEpoch);
  }

  private static int given(@Nullable Integer epochs, int usual, int leastSteps, int stepsOfEpoch) {
    return epochs == null
        ? Math.max(usual, (leastSteps + stepsOfEpoch - 1) / stepsOfEpoch)
        : epochs;
  }

  double rate() {
    return rate == null ? RATE : rate;
  }

  boolean isResumed() {
    return resume;
  }

  /** Null for beside the generator. */
  @Nullable Path grid() {
    return grid;
  }
}
