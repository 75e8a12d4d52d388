package org.robustnessgap.deploy.limit;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.concentration.Concentration;
import org.robustnessgap.concentration.ConcentrationEstimate;
import org.robustnessgap.concentration.Share;
import org.robustnessgap.concentration.Split;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.deploy.images.FirstImages;
import org.robustnessgap.deploy.model.ImageSize;
import org.robustnessgap.messages.Norm;
import picocli.CommandLine.Option;

/**
 * What images alone say of the adversarial risk of any classifier: an estimate from above of what
 * they force on one that errs, by sets of errors that few of them are near.
 */
final class LimitOfImages extends FirstImages {
  private static final String ROW = "%-8s  %-52s  %-8s  %-8s  %-8s  %-8s  %-8s  %-8s%n";

  private static final String REMARK =
      """
      An estimate from above, by sets of these families: a set that is not among them may do with
      less, and classifiers may have more adversarial risk or less. From below it shows nothing but
      the risk itself. It assumes that the images are independent draws.
      """;

  @Option(
      names = "--image-size",
      paramLabel = "CxHxW",
      description =
          "The shape of an image, which files of raw bytes do not tell (default: that of the first"
              + " image).")
  private @Nullable String size;

  @Option(
      names = "--epsilon",
      paramLabel = "E",
      split = ",",
      required = true,
      converter = Epsilon.Converter.class,
      description = "Distances ε, in units of pixels, for instance 0.1,0.3 or 8/255.")
  private List<Epsilon> epsilons;

  @Option(
      names = "--norm",
      paramLabel = "N",
      defaultValue = "l2",
      description = "l2 or linf (default: ${DEFAULT-VALUE}).")
  private String norm;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Determines the split and the searches (default: ${DEFAULT-VALUE}).")
  private long seed;

  /**
   * The table, and what it says in sentences.
   *
   * @param risk α
   */
  String text(double risk) {
    require();
    Split split = Split.of(read(form()).toArray(float[][]::new), seed);
    Concentration concentration = Concentration.of(split, Norm.ofLabel(norm), seed);
    StringBuilder rows = new StringBuilder();
    StringBuilder sentences = new StringBuilder();
    for (Epsilon epsilon : epsilons) {
      List<ConcentrationEstimate> found = concentration.estimates(risk, epsilon.value());
      found.forEach(estimate -> rows.append(row(epsilon, estimate)));
      sentences.append(sentence(epsilon, Concentration.chosen(found)));
    }
    return head(split, risk) + rows + "\n" + sentences + REMARK;
  }

  private ImageForm form() {
    List<Long> shape =
        size == null ? List.of() : ImageSize.parse(size).stream().map(Integer::longValue).toList();
    return settled(ImageForm.of(shape, pixels(null)));
  }

  private String head(Split split, double risk) {
    return String.format(
            Locale.ROOT,
            "Concentration of %s: %s, risk α = %s; sets of errors made of %d images, chosen by %d, measured on %d; seed %d%n%n",
            name(),
            norm,
            risk,
            split.training().length,
            split.validation().length,
            split.test().length,
            seed)
        + String.format(ROW, "", "", "chosen", "by", "measured", "", "", "")
        + String.format(
            ROW,
            "ε",
            "set of errors",
            "in it",
            "near it",
            "in it",
            "at least",
            "near it",
            "at most");
  }

  private static String row(Epsilon epsilon, ConcentrationEstimate estimate) {
    return String.format(
        ROW,
        epsilon.text(),
        estimate.set().description(),
        percent(estimate.validationRisk()),
        percent(estimate.validationExpanded()),
        percent(estimate.testRisk()),
        percent(estimate.leastRisk()),
        percent(estimate.testExpanded()),
        percent(estimate.forcedAtMost()));
  }

  private static String sentence(Epsilon epsilon, ConcentrationEstimate estimate) {
    return String.format(
        "As far as these sets show, the data force at most %s adversarial risk at ε = %s on a classifier of risk %s (95 %% confidence): whoever errs on the set \"%s\" alone has no more.%n",
        percent(estimate.forcedAtMost()),
        epsilon.text(),
        percent(estimate.leastRisk()),
        estimate.set().description());
  }

  private static String percent(Share share) {
    return percent(share.fraction());
  }

  private static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * fraction);
  }
}
