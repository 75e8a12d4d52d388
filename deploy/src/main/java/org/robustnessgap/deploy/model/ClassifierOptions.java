package org.robustnessgap.deploy.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.OutputSlice;
import org.robustnessgap.messages.Scores;
import picocli.CommandLine.Option;

/** What a classifier's file leaves open, on the command line. */
public final class ClassifierOptions {
  @Option(
      names = "--output",
      paramLabel = "NAME",
      description = "The output that holds the scores, where the classifier has several.")
  private @Nullable String output;

  @Option(
      names = "--output-slice",
      paramLabel = "FROM:TO",
      description =
          "The part of the output that holds the scores, for instance 0:2 for its first two numbers.")
  private @Nullable String outputSlice;

  @Option(
      names = "--scores",
      paramLabel = "KIND",
      defaultValue = "auto",
      description =
          "What the classifier answers with: logits, probabilities or auto, which tells by its last"
              + " operators (default: ${DEFAULT-VALUE}).")
  private String scores;

  @Option(
      names = "--fix",
      paramLabel = "NAME=VALUE",
      description =
          "The value of a further input of the classifier: a number for all its elements, or one"
              + " each, comma-separated; may be repeated.")
  private List<String> fixed = new ArrayList<>();

  @Option(
      names = "--image-size",
      paramLabel = "HxW",
      description =
          "Height and width of the images, their whole shape as CxHxW, or a signal's length, where the classifier"
              + " leaves them open (default: those of the generator's images).")
  private @Nullable String imageSize;

  /**
   * What the command line says.
   *
   * @throws org.robustnessgap.messages.InvalidInputException if an option cannot be read
   */
  public ModelOptions options() {
    return new ModelOptions(
        output,
        outputSlice == null ? null : OutputSlice.parse(outputSlice),
        Scores.ofLabel(scores),
        FixedInputs.parse(fixed),
        imageSize == null ? null : ImageSize.parse(imageSize));
  }
}
