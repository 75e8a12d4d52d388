package org.robustnessgap.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.robustnessgap.bound.limit.ClassMeasures;
import org.robustnessgap.bound.limit.LatentLimit;
import org.robustnessgap.bound.limit.LatentNorm;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Json;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The theory alone: what no classifier can exceed in latent space. */
@Command(
    name = "limit",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the largest latent robustness that any classifier can have.",
      "It follows from how often the classifier answers each class: a fraction p of the data changes",
      "class within the limit at quantile p (Fawzi, Fawzi, Fawzi 2018, Theorem 1). Exact; normalised",
      "by E‖z‖, z ~ N(0, I)."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap limit --dimension 100 --equiprobable 10",
      "  robustness-gap limit --dimension 100 --classes 0.5,0.3,0.2 --quantile 0.25 --json"
    })
final class LimitCommand implements Callable<Integer> {
  @Option(
      names = "--dimension",
      paramLabel = "D",
      required = true,
      description = "Latent dimension d, the length of z.")
  private int dimension;

  @ArgGroup(multiplicity = "1")
  private Classes classes;

  private static final class Classes {
    @Option(
        names = "--classes",
        paramLabel = "M",
        split = ",",
        description = "Fraction of the data in each class: m1,m2,…, with sum 1.")
    private double[] measures;

    @Option(names = "--equiprobable", paramLabel = "K", description = "K classes of equal measure.")
    private Integer count;

    private ClassMeasures toMeasures() {
      return count == null ? ClassMeasures.of(measures) : ClassMeasures.equiprobable(count);
    }
  }

  @Option(
      names = "--quantile",
      paramLabel = "P",
      description =
          "Fraction p of the data, between 0 and 1; may be repeated (default: 0.05, 0.25 and 0.5).")
  private List<Double> quantiles = new ArrayList<>();

  @Option(names = "--json", description = "One JSON object, all digits; null for no limit.")
  private boolean json;

  /**
   * @param distance null if no distance reaches the quantile: one class has measure 1
   */
  private record QuantileLimit(double quantile, Double distance, Double normalised) {}

  @Override
  public Integer call() throws JsonProcessingException {
    ClassMeasures measures = classes.toMeasures();
    LatentLimit limit = new LatentLimit(measures);
    double norm = LatentNorm.mean(dimension);
    List<QuantileLimit> limits =
        (quantiles.isEmpty() ? Campaign.STANDARD_QUANTILES : quantiles)
            .stream().map(quantile -> at(quantile, limit.quantile(quantile), norm)).toList();
    Double mean = Double.isFinite(limit.expectation()) ? limit.expectation() : null;
    System.out.print(
        json ? json(measures, norm, mean, limits) : text(measures, norm, mean, limits));
    return 0;
  }

  private static QuantileLimit at(double quantile, OptionalDouble distance, double norm) {
    return distance.isPresent()
        ? new QuantileLimit(quantile, distance.getAsDouble(), distance.getAsDouble() / norm)
        : new QuantileLimit(quantile, null, null);
  }

  private String json(ClassMeasures measures, double norm, Double mean, List<QuantileLimit> limits)
      throws JsonProcessingException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("dimension", dimension);
    all.put("classes", measures.classes());
    all.put("normaliser", norm);
    all.put("mean_distance", mean);
    all.put("mean_normalised", mean == null ? null : mean / norm);
    all.put("quantiles", limits);
    return Json.mapper().writeValueAsString(all) + "\n";
  }

  private String text(
      ClassMeasures measures, double norm, Double mean, List<QuantileLimit> limits) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "Latent robustness of any classifier: d = %d, %d classes, E‖z‖ = %.6g%n",
            dimension,
            measures.classes(),
            norm));
    text.append(String.format(Locale.ROOT, "%-8s  %-12s  %s%n", "quantile", "limit", "normalised"));
    for (QuantileLimit limit : limits) {
      text.append(line(Double.toString(limit.quantile()), limit.distance(), limit.normalised()));
    }
    return text.append(line("mean", mean, mean == null ? null : mean / norm)).toString();
  }

  private static String line(String what, Double distance, Double normalised) {
    return distance == null
        ? String.format(Locale.ROOT, "%-8s  %-12s  %s%n", what, "∞", "∞")
        : String.format(Locale.ROOT, "%-8s  %-12.6g  %.6g%n", what, distance, normalised);
  }
}
