package org.robustnessgap.deploy.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.ModelOptions;
import picocli.CommandLine.Option;

/** What a generator's file leaves open, on the command line. */
public final class GeneratorOptions {
  @Option(
      names = "--generator-output",
      paramLabel = "NAME",
      description = "The output that holds the images, where the generator has several.")
  private @Nullable String output;

  @Option(
      names = "--generator-fix",
      paramLabel = "NAME=VALUE",
      description =
          "The value of a further input of the generator, such as a class: a number for all its"
              + " elements, or one each, comma-separated; may be repeated.")
  private List<String> fixed = new ArrayList<>();

  /**
   * What the command line says.
   *
   * @throws org.robustnessgap.messages.InvalidInputException if an option cannot be read
   */
  public ModelOptions options() {
    return new ModelOptions(output, null, null, FixedInputs.parse(fixed), null);
  }
}
