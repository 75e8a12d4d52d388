package org.robustnessgap.deploy.measure;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.robustnessgap.campaign.diagnostic.LowerBoundDiagnostic;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.limit.LipschitzLimit;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SmoothnessResult.Lipschitz;
import org.robustnessgap.messages.Space;

/**
 * For people, quantiles of the lower bounds beside the certified limit, divided by the mean norm of
 * images. Both rest on Lipschitz constants, of classifiers and of the generator.
 */
record LowerBoundSummary(Campaign campaign, DiagnosedSamples diagnosed) {

  /** Lines of text, each ended by a newline and the first one empty. */
  String render() {
    StringBuilder text = new StringBuilder("\n");
    for (double quantile : campaign.quantiles()) {
      text.append("Unconstrained robustness, normalised, quantile ").append(quantile).append('\n');
      diagnosed
          .byClassifier()
          .forEach(
              (classifier, samples) -> {
                // Why a classifier has no bounds stands among the diagnostics.
                if (samples.stream()
                    .anyMatch(s -> value(s, LowerBoundDiagnostic.CERTIFIED).isPresent())) {
                  text.append(line(classifier, samples, quantile)).append('\n');
                }
              });
    }
    if (campaign.data() == null) {
      text.append(ofGenerator()).append('\n');
    }
    return text.toString();
  }

  private String line(String classifier, List<SampleResult> samples, double quantile) {
    return String.format(
        "%s: certified lower bound %s%s, as printed by Peck et al. %s",
        classifier,
        quantile(samples, LowerBoundDiagnostic.CERTIFIED, quantile),
        campaign.data() == null ? ", certified limit " + limit(samples, quantile) : "",
        quantile(samples, LowerBoundDiagnostic.PECK, quantile));
  }

  private String ofGenerator() {
    String generator = campaign.source().name();
    OptionalDouble constant = constant();
    boolean exact = diagnosed.lipschitz().filter(Lipschitz::holdsExactly).isPresent();
    return constant.isPresent()
        ? String.format(
            Locale.ROOT,
            "%s: Lipschitz constant %s%.4g",
            generator,
            exact ? "" : "at most ",
            constant.getAsDouble())
        : String.format(
            "%s: no certified limit. %s",
            generator,
            diagnosed
                .lipschitz()
                .map(Lipschitz::unknown)
                .orElse("The campaign measures no smoothness of it."));
  }

  private OptionalDouble constant() {
    return diagnosed.lipschitz().stream()
        .filter(known -> known.constant() != null)
        .mapToDouble(Lipschitz::constant)
        .findFirst();
  }

  private String limit(List<SampleResult> samples, double quantile) {
    int classes = 1 + samples.stream().mapToInt(SampleResult::label).max().orElse(0);
    Long[] counts = new Long[classes];
    Arrays.fill(counts, 0L);
    samples.stream().filter(s -> s.label() >= 0).forEach(s -> counts[s.label()]++);
    OptionalDouble constant = constant();
    if (constant.isEmpty() || Arrays.stream(counts).allMatch(count -> count == 0)) {
      return "unknown";
    }
    LatentLimit latent = new LatentLimit(ClassMeasures.ofCounts(List.of(counts)));
    OptionalDouble distance = new LipschitzLimit(latent, constant.getAsDouble()).quantile(quantile);
    return distance.isPresent() ? number(distance.getAsDouble() / meanImageNorm(samples)) : "∞";
  }

  /** Unknown unless it is known of all samples. */
  private static String quantile(List<SampleResult> samples, String name, double quantile) {
    if (samples.stream().anyMatch(sample -> value(sample, name).isEmpty())) {
      return "–";
    }
    double[] ascending =
        samples.stream()
            .mapToDouble(sample -> value(sample, name).getAsDouble())
            .sorted()
            .toArray();
    int rank = (int) Math.max(1, Math.ceil(quantile * ascending.length - 1e-9));
    return number(ascending[rank - 1] / meanImageNorm(samples));
  }

  private static OptionalDouble value(SampleResult sample, String name) {
    return sample.diagnostic(Space.UNCONSTRAINED, name);
  }

  private static double meanImageNorm(List<SampleResult> samples) {
    return samples.stream().mapToDouble(SampleResult::imageNorm).average().orElseThrow();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
