package org.robustnessgap.deploy.table;

import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.messages.InvalidInputException;
import picocli.CommandLine.Option;

/** The option that says at which quantiles a {@link GapTable} compares. */
public final class ShownQuantiles {
  @Option(
      names = "--quantile",
      paramLabel = "P",
      description =
          "Fraction p of the data at which limit and measurement are compared, between 0 and 1; "
              + "may be repeated (default: 0.25).")
  private List<Double> quantiles = new ArrayList<>();

  /**
   * The quantiles in the order they were given, each once, or the one of the paper.
   *
   * @throws InvalidInputException if one is not strictly between 0 and 1
   */
  public List<Double> list() {
    return listOr(List.of(0.25));
  }

  /**
   * The quantiles in the order they were given, each once, or these where none were.
   *
   * @throws InvalidInputException if one is not strictly between 0 and 1
   */
  public List<Double> listOr(List<Double> others) {
    for (double quantile : quantiles) {
      if (!(quantile > 0 && quantile < 1)) {
        throw new InvalidInputException(
            "--quantile is " + quantile + " but must lie strictly between 0 and 1.");
      }
    }
    return quantiles.isEmpty() ? others : quantiles.stream().distinct().toList();
  }
}
