package org.robustnessgap.deploy.limit;

import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.messages.Campaign;
import picocli.CommandLine.Option;

/** The option that says at which quantiles limits are printed. */
class LimitQuantiles {
  @Option(
      names = "--quantile",
      paramLabel = "P",
      description =
          "Fraction p of the data, between 0 and 1; may be repeated (default: 0.05, 0.25 and 0.5).")
  private List<Double> quantiles = new ArrayList<>();

  /** The quantiles in the order they were given, or the standard ones. */
  List<Double> list() {
    return quantiles.isEmpty() ? Campaign.STANDARD_QUANTILES : quantiles;
  }
}
