package org.robustnessgap.messages;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An algorithm that searches minimal perturbations, with its parameters. */
@Tagged("name")
@StableApi
public sealed interface Algorithm {
  /** Fewer leave nothing to search with. */
  int FEWEST_QUERIES = 10;

  /** What attacks that only ask may ask of a sample, if nothing else is said. */
  int STANDARD_QUERIES = 1000;

  /** How it is called on the command line and in JSON. */
  String label();

  /** For people and metrics: the name and what it was told to spend, if that is not usual. */
  String describe();

  /**
   * Whether it can search by this norm and within this range.
   *
   * @param range null for none
   */
  default boolean searches(Norm norm, @Nullable PixelRange range) {
    return norm != Norm.LINF && range == null;
  }

  /** What it uses of a classifier that allows this access. */
  default Access uses(Access offered) {
    return offered;
  }

  /**
   * What takes its place on a classifier that can only be asked.
   *
   * @param queries most that a sample may take in one space
   * @param access the most that may be used of answers; null for all they tell
   */
  default Algorithm asking(int queries, @Nullable Access access) {
    return new QueryDescent(queries, access);
  }

  /**
   * Finds the boundary and descends along it towards the sample, one gradient a step.
   *
   * @param effort how many steps, towards how many classes
   */
  @Tag("boundary-descent")
  record BoundaryDescent(Effort effort) implements Algorithm {
    public BoundaryDescent {
      Checks.present(effort, "effort of the attack");
    }

    public static BoundaryDescent standard() {
      return new BoundaryDescent(Effort.STANDARD);
    }

    @Override
    public boolean searches(Norm norm, @Nullable PixelRange range) {
      return true;
    }

    @Override
    public String label() {
      return "boundary-descent";
    }

    @Override
    public String describe() {
      return label() + " " + effort;
    }
  }

  /**
   * DeepFool (Moosavi-Dezfooli, Fawzi, Frossard 2016), then bisection: the algorithm of the
   * literature, for comparison.
   *
   * @param maxSteps steps before a sample counts as not found
   * @param overshoot η: how far past the linearised boundary a step goes, relative to its length
   * @param bisections halvings of the segment between the sample and the perturbed sample
   *     afterwards
   */
  @Tag("deepfool")
  record DeepFool(int maxSteps, double overshoot, int bisections) implements Algorithm {
    public DeepFool {
      Checks.atLeast(maxSteps, 1, "attack steps");
      Checks.notNegative(overshoot, "overshoot");
      Checks.atLeast(bisections, 0, "bisections");
    }

    /** The published constants, 50 steps and overshoot 0.02, and ten bisections. */
    public static DeepFool standard() {
      return new DeepFool(50, 0.02, 10);
    }

    @Override
    public String label() {
      return "deepfool";
    }

    @Override
    public String describe() {
      return equals(standard())
          ? label()
          : String.format(
              Locale.ROOT,
              "%s with %d steps, overshoot %s, %d bisections",
              label(),
              maxSteps,
              overshoot,
              bisections);
    }
  }

  /**
   * The fast gradient sign method (Goodfellow, Shlens, Szegedy 2015) with the smallest ε that
   * changes the label, by doubling and bisection. One gradient a sample; a coarse upper estimate.
   *
   * @param bisections halvings of the interval of ε
   */
  @Tag("fast-gradient-sign")
  record FastGradientSign(int bisections) implements Algorithm {
    public FastGradientSign {
      Checks.atLeast(bisections, 0, "bisections");
    }

    /** Twenty bisections: ε to a millionth of its interval. */
    public static FastGradientSign standard() {
      return new FastGradientSign(20);
    }

    @Override
    public String label() {
      return "fast-gradient-sign";
    }

    @Override
    public String describe() {
      return equals(standard()) ? label() : label() + " with " + bisections + " bisections";
    }
  }

  /**
   * Minimal perturbations of a classifier that is only asked: slopes are estimated from scores, or
   * the lie of the boundary from labels, and no gradient is used.
   *
   * @param queries most images asked about for a sample in one space, the check of the result
   *     included
   * @param access the most that it uses of answers; null for all they tell
   */
  @Tag("query-descent")
  @OmitEmpty
  record QueryDescent(int queries, @Nullable Access access) implements Algorithm {
    public QueryDescent {
      Checks.atLeast(queries, FEWEST_QUERIES, "queries a sample");
      Checks.check(
          access != Access.GRADIENTS,
          "query-descent uses no gradients; name scores, probabilities, top-k or labels as its access, or leave it out");
    }

    @Override
    public Access uses(Access offered) {
      return offered.atMost(access == null ? Access.SCORES : access);
    }

    @Override
    public Algorithm asking(int most, @Nullable Access allowed) {
      Access both = access == null || allowed == null ? null : access.atMost(allowed);
      Access either = access == null ? allowed : access;
      return new QueryDescent(Math.min(queries, most), both == null ? either : both);
    }

    /** A thousand queries, and all that answers tell. */
    public static QueryDescent standard() {
      return new QueryDescent(STANDARD_QUERIES, null);
    }

    @Override
    public boolean searches(Norm norm, @Nullable PixelRange range) {
      return true;
    }

    @Override
    public String label() {
      return "query-descent";
    }

    @Override
    public String describe() {
      String told = access == null ? "" : " of " + access;
      return label() + " with " + queries + " queries" + told;
    }
  }

  /**
   * HopSkipJump (Chen, Jordan, Wainwright 2020), which uses labels alone: the algorithm of the
   * literature, for comparison.
   *
   * @param queries most images asked about for a sample in one space, the check of the result
   *     included
   */
  @Tag("hopskipjump")
  record HopSkipJump(int queries) implements Algorithm {
    public HopSkipJump {
      Checks.atLeast(queries, FEWEST_QUERIES, "queries a sample");
    }

    @Override
    public Access uses(Access offered) {
      return Access.LABELS;
    }

    @Override
    public Algorithm asking(int most, @Nullable Access allowed) {
      return new HopSkipJump(Math.min(queries, most));
    }

    /** A thousand queries. */
    public static HopSkipJump standard() {
      return new HopSkipJump(STANDARD_QUERIES);
    }

    @Override
    public String label() {
      return "hopskipjump";
    }

    @Override
    public String describe() {
      return label() + " with " + queries + " queries";
    }
  }
}
