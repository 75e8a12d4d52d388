package org.robustnessgap.deploy.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.deploy.model.RangeOption;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferPlan;
import picocli.CommandLine.Option;

/** How perturbations are searched, on the command line. */
final class SearchOptions {
  @Option(
      names = "--spaces",
      paramLabel = "SPACE",
      split = ",",
      description =
          "Where to search, comma-separated (default: latent,in-distribution,unconstrained; of"
              + " --images without --generator unconstrained).")
  private List<String> spaces = new ArrayList<>();

  @Option(
      names = "--attack",
      paramLabel = "NAME",
      defaultValue = "boundary-descent",
      description =
          "boundary-descent; query-descent, which uses no gradients; or as in the literature deepfool,"
              + " fast-gradient-sign or, from labels alone, hopskipjump (default: ${DEFAULT-VALUE}).")
  private String attack;

  @Option(
      names = "--effort",
      paramLabel = "EFFORT",
      description =
          "What boundary-descent may spend on a sample: fast, standard or thorough (default: standard).")
  private @Nullable String effort;

  @Option(
      names = "--queries",
      paramLabel = "N",
      description =
          "Most images that query-descent or hopskipjump asks about for a sample in one space (default: 1000).")
  private @Nullable Integer queries;

  @Option(
      names = "--access",
      paramLabel = "ACCESS",
      description =
          "The most that query-descent uses of answers: scores, probabilities, top-k or labels (default: all they tell).")
  private @Nullable String access;

  @Option(
      names = "--norm",
      paramLabel = "NORM",
      defaultValue = "l2",
      description =
          "Norm of perturbations of pixels, l2 or linf; limits are of l2 distances only (default: ${DEFAULT-VALUE}).")
  private String norm;

  @Option(
      names = "--pixel-range",
      paramLabel = "LOW,HIGH",
      parameterConsumer = RangeOption.class,
      description =
          "Perturbed pixels must stay within, for instance -1,1; limits are without (default: no bounds, as in the theory).")
  private @Nullable PixelRange pixelRange;

  /**
   * What the command line says.
   *
   * @param usual where to search if it does not say
   * @throws InvalidInputException if there is no such space, attack, effort or norm, or they do not
   *     go together
   */
  AttackPlan plan(List<Space> usual) {
    List<Space> searched =
        spaces.isEmpty() ? usual : spaces.stream().map(String::strip).map(Space::ofLabel).toList();
    return new AttackPlan(searched, algorithm(), Norm.ofLabel(norm), pixelRange);
  }

  /**
   * How what fools two classifiers is searched, by the same plan as far as it goes.
   *
   * @param plan how each is searched
   * @param samples for each pair
   * @throws InvalidInputException if such a search could not follow the plan
   */
  static TransferPlan transferPlan(AttackPlan plan, long samples) {
    List<Space> shared = plan.spaces().stream().filter(TransferPlan.SPACES::contains).toList();
    String without = null;
    if (plan.norm() != Norm.L2) {
      without = "--norm " + plan.norm();
    } else if (plan.pixelRange() != null) {
      without = "--pixel-range";
    } else if (!(plan.algorithm() instanceof Algorithm.BoundaryDescent)) {
      without = "--attack " + plan.algorithm().label();
    } else if (shared.isEmpty()) {
      without = "--spaces in-distribution alone";
    }
    if (without != null) {
      throw new InvalidInputException(
          "--transfer searches by boundary-descent and l2 norms in latent and in unconstrained space, not with "
              + without
              + "; leave out one of the two.");
    }
    Effort spent = ((Algorithm.BoundaryDescent) plan.algorithm()).effort();
    return TransferPlan.of(samples, spent, shared);
  }

  private Algorithm algorithm() {
    Algorithm.BoundaryDescent descent =
        effort == null
            ? Algorithm.BoundaryDescent.standard()
            : new Algorithm.BoundaryDescent(Effort.ofLabel(effort));
    int asked = queries == null ? Algorithm.STANDARD_QUERIES : queries;
    Algorithm.QueryDescent asking =
        new Algorithm.QueryDescent(asked, access == null ? null : Access.ofLabel(access));
    Algorithm.HopSkipJump jumping = new Algorithm.HopSkipJump(asked);
    requireConcerned("--effort", effort, descent);
    requireConcerned("--queries", queries, asking, jumping);
    requireConcerned("--access", access, asking);
    List<Algorithm> known =
        List.of(
            descent,
            asking,
            Algorithm.DeepFool.standard(),
            Algorithm.FastGradientSign.standard(),
            jumping);
    return known.stream()
        .filter(candidate -> candidate.label().equals(attack))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "There is no attack '"
                        + attack
                        + "'; choose among "
                        + String.join(", ", known.stream().map(Algorithm::label).toList())
                        + "."));
  }

  private void requireConcerned(String option, @Nullable Object given, Algorithm... concerned) {
    List<String> labels = Stream.of(concerned).map(Algorithm::label).toList();
    if (given != null && !labels.contains(attack)) {
      throw new InvalidInputException(
          option
              + " concerns "
              + String.join(" and ", labels)
              + ", not --attack "
              + attack
              + "; leave out one of the two.");
    }
  }
}
