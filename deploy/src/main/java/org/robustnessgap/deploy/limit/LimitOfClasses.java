package org.robustnessgap.deploy.limit;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.limit.ClassMeasureRegion;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.ClosedFormLimit;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.limit.LatentNorm;
import org.robustnessgap.limit.LipschitzLimit;
import org.robustnessgap.limit.MeanLimit;
import org.robustnessgap.limit.RiskLimit;
import org.robustnessgap.limit.TransferLimit;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.TheoreticalLimits.Kind;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The theory alone: what no classifier can exceed that answers each class so often. */
final class LimitOfClasses extends LimitQuantiles {
  private static final double ERROR_RATE = 0.05;

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
    private double @Nullable [] measures;

    @Option(names = "--equiprobable", paramLabel = "K", description = "K classes of equal measure.")
    private @Nullable Integer count;

    @Option(
        names = "--counts",
        paramLabel = "N",
        split = ",",
        description =
            "Labels seen of each class: n1,n2,…; adds 95 %% intervals that hold for all quantiles"
                + " together.")
    private @Nullable List<Long> labels;

    private ClassMeasures toMeasures() {
      if (labels != null) {
        return ClassMeasures.ofCounts(labels);
      }
      if (measures != null) {
        return ClassMeasures.of(measures);
      }
      return ClassMeasures.equiprobable(Optional.ofNullable(count).orElseThrow());
    }

    /** m_i, class by class. */
    private double[] each() {
      if (labels != null) {
        double sum = labels.stream().mapToLong(Long::longValue).sum();
        return labels.stream().mapToDouble(label -> label / sum).toArray();
      }
      if (measures != null) {
        return measures;
      }
      double[] equal = new double[Optional.ofNullable(count).orElseThrow()];
      Arrays.fill(equal, 1.0 / equal.length);
      return equal;
    }

    /** The latent limits between which that of the true measures lies; none if they are known. */
    private List<LatentLimit> ends() {
      if (labels == null) {
        return List.of();
      }
      ClassMeasureRegion region = new ClassMeasureRegion(labels, ERROR_RATE);
      return List.of(new LatentLimit(region.evenest()), new LatentLimit(region.leastEven()));
    }
  }

  @Option(
      names = "--mix",
      paramLabel = "Q",
      split = ",",
      description =
          "Also: data of another mix of the same classes, q1,q2,… with sum 1; with --counts, labels"
              + " counted in them. Holds if within each class they are distributed alike.")
  private double @Nullable [] mix;

  @Option(
      names = "--disagreement",
      paramLabel = "F",
      converter = GivenDisagreement.Converter.class,
      description =
          "Also: one perturbation for two classifiers that differ on this fraction of the data, 0.1"
              + " or counted as 12/512.")
  private @Nullable GivenDisagreement disagreement;

  @Option(
      names = "--lipschitz",
      paramLabel = "L",
      description =
          "Also: robustness of images from a generator with this proven Lipschitz constant.")
  private @Nullable Double lipschitz;

  @Option(
      names = "--wasserstein",
      paramLabel = "W",
      description =
          "Also: the mean where the data are within this Wasserstein-1 distance of the generator's"
              + " images (Lipschitz constant 1 unless given).")
  private @Nullable Double wasserstein;

  @Option(
      names = "--plot",
      paramLabel = "FILE.svg",
      description = "Draw the limit, and the median limit against d and K.")
  private @Nullable Path plot;

  @Option(names = "--json", description = "One JSON object, all digits; null for no limit.")
  private boolean json;

  /**
   * The table, as text or JSON; writes the plot if one is asked for.
   *
   * @param risk how often a classifier errs whose errors' distance is asked for; null if it is not
   */
  String text(@Nullable Double risk) throws JsonProcessingException {
    ClassMeasures measures = classes.toMeasures();
    double norm = LatentNorm.mean(dimension);
    LimitTable table = table(measures, norm, risk);
    if (plot != null) {
      draw(measures, norm);
    }
    return json ? json(measures, norm, table) : text(measures, norm, table);
  }

  private LimitTable table(ClassMeasures measures, double norm, @Nullable Double risk) {
    LimitTable table = new LimitTable(list());
    LatentLimit latent = new LatentLimit(measures);
    table.add("L1, L4", "Latent robustness", Kind.EXACT, latent, norm, latent.expectation());
    List<LatentLimit> ends = classes.ends();
    for (int i = 0; i < ends.size(); i++) {
      table.add(
          "L1, L4",
          "Latent robustness, " + (i == 0 ? "lower" : "upper") + " ends of the 95 % intervals",
          Kind.EXACT,
          ends.get(i),
          norm,
          ends.get(i).expectation());
    }
    if (mix != null) {
      new GivenMix(mix).addTo(table, classes.each(), classes.labels, norm);
    }
    table.add(
        "L2",
        "Closed form, no class above ½",
        ClosedFormLimit.balanced(measures),
        norm,
        Double.NaN);
    table.add(
        "L3, L4",
        "Closed form, at least 5 equal classes",
        ClosedFormLimit.equiprobable(measures),
        norm,
        MeanLimit.equiprobable(measures).asOptional().orElse(Double.NaN));
    if (lipschitz != null || wasserstein != null) {
      double constant = lipschitz == null ? 1 : lipschitz;
      double distance = wasserstein == null ? 0 : wasserstein;
      LipschitzLimit image = new LipschitzLimit(latent, constant);
      table.add(
          "L1, L4",
          titled(
              "Robustness of images, Lipschitz constant %s, Wasserstein distance %s",
              constant, distance),
          Kind.CERTIFIED,
          image,
          Double.NaN,
          image.mean(distance));
    }
    if (disagreement != null) {
      addTransfer(table, measures, norm, disagreement.fraction(), "");
      if (disagreement.counted() != null) {
        double upper = disagreement.counted().upper();
        addTransfer(table, measures, norm, upper, " (95 % upper limit)");
      }
    }
    if (risk != null) {
      table.add(
          "L6",
          titled("Latent distance to the errors of a classifier with risk %s", risk),
          Kind.EXACT,
          new RiskLimit(risk),
          norm,
          Double.NaN);
    }
    return table;
  }

  private static void addTransfer(
      LimitTable table, ClassMeasures measures, double norm, double fraction, String of) {
    table.add(
        "L5, general",
        titled("Fooling two classifiers that differ on %s", fraction) + of,
        Kind.EXACT,
        new TransferLimit(measures, fraction),
        norm,
        Double.NaN);
    table.add(
        "L5",
        titled("Closed form, differing on %s", fraction) + of,
        ClosedFormLimit.transfer(measures, fraction),
        norm,
        Double.NaN);
  }

  /** Numbers to six digits, as one would write them by hand. */
  private static String titled(String format, double... values) {
    return String.format(
        format,
        Arrays.stream(values)
            .mapToObj(x -> new BigDecimal(x).round(new MathContext(6)).stripTrailingZeros())
            .map(BigDecimal::toPlainString)
            .toArray());
  }

  private void draw(ClassMeasures measures, double norm) {
    try {
      Files.writeString(plot, LimitFigure.of(measures, classes.ends(), norm).svg());
    } catch (IOException e) {
      throw new InvalidInputException(
          "Cannot write " + plot + " (--plot); does its folder exist, and may you write there?", e);
    }
  }

  private String json(ClassMeasures measures, double norm, LimitTable table)
      throws JsonProcessingException {
    LatentLimit latent = new LatentLimit(measures);
    LimitTable.Limit mean = LimitTable.mean(latent.expectation(), norm);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("dimension", dimension);
    all.put("classes", measures.classes());
    all.put("normaliser", norm);
    all.put("mean_distance", mean.distance());
    all.put("mean_normalised", mean.normalised());
    all.put("quantiles", table.quantiles(latent, norm));
    all.put("statements", table.entries());
    return Json.mapper().writeValueAsString(all) + "\n";
  }

  private String text(ClassMeasures measures, double norm, LimitTable table) {
    return String.format(
            Locale.ROOT,
            "Limits of any classifier: d = %d, %d classes, E‖z‖ = %.6g%n%n",
            dimension,
            measures.classes(),
            norm)
        + table.render();
  }
}
