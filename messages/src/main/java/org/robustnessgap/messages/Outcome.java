package org.robustnessgap.messages;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What the search for one sample's smallest perturbation in one space came to, and what it cost.
 */
@Tagged("status")
@StableApi
public sealed interface Outcome {
  /** Vector–Jacobian products spent on the sample. */
  int gradients();

  /** Evaluations of the classifier without a gradient spent on the sample. */
  int forwards();

  /** The distance to the decision boundary, an upper estimate; empty where it is unknown. */
  default OptionalDouble distanceIfKnown() {
    return OptionalDouble.empty();
  }

  /** 1 − cos of the angle to the margin's gradient; empty where it is unknown or nothing found. */
  default OptionalDouble residualIfKnown() {
    return OptionalDouble.empty();
  }

  /** Why there is no usable answer; empty if there is one. */
  default Optional<String> failure() {
    return Optional.empty();
  }

  /** Whether a usable answer changed its label nowhere that was searched. */
  default boolean unchanged() {
    return distanceIfKnown().isEmpty() && failure().isEmpty();
  }

  /**
   * A verified change of label.
   *
   * @param distance length of the perturbation, not normalised: an upper estimate of the true
   *     minimum
   * @param adversarialLabel the class after the perturbation, from 0
   * @param kktResidual 1 − cos of the angle between the perturbation and the gradient of the
   *     margin, in the space's metric: 0 at a local minimum; null where the gradient vanishes
   */
  @Tag("found")
  record Found(
      double distance,
      int adversarialLabel,
      @Nullable Double kktResidual,
      int gradients,
      int forwards)
      implements Outcome {
    public Found {
      Checks.notNegative(distance, "distance");
      Checks.atLeast(adversarialLabel, 0, "adversarial label");
      if (kktResidual != null) {
        Checks.check(
            kktResidual >= 0 && kktResidual <= 2,
            "KKT residual is %s but must lie between 0 and 2",
            kktResidual);
      }
      costs(gradients, forwards);
    }

    @Override
    public OptionalDouble distanceIfKnown() {
      return OptionalDouble.of(distance);
    }

    @Override
    public OptionalDouble residualIfKnown() {
      return kktResidual == null ? OptionalDouble.empty() : OptionalDouble.of(kktResidual);
    }
  }

  /** The sample's two largest logits are equal: it lies on the decision boundary. */
  @Tag("tie")
  record Tie(int gradients, int forwards) implements Outcome {
    public Tie {
      costs(gradients, forwards);
    }

    @Override
    public OptionalDouble distanceIfKnown() {
      return OptionalDouble.of(0);
    }
  }

  /** No change of label was found: the distance is unknown, larger than what was searched. */
  @Tag("not_found")
  record NotFound(Reason reason, int gradients, int forwards) implements Outcome {
    public NotFound {
      Checks.present(reason, "reason why no perturbation was found");
      costs(gradients, forwards);
    }

    /** Why a search ended. */
    public enum Reason {
      /** The plan's steps are used up. */
      BUDGET,
      /** No gradient shows a way: all vanish. */
      ZERO_GRADIENT;

      /** The name in JSON. */
      @JsonForm
      public String label() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }

  /** The model gave no usable answer on this sample, for instance a logit that is not finite. */
  @Tag("failed")
  record Failed(String reason, int gradients, int forwards) implements Outcome {
    public Failed {
      Checks.present(reason, "reason of a failed sample");
      costs(gradients, forwards);
    }

    @Override
    public Optional<String> failure() {
      return Optional.of(reason);
    }
  }

  private static void costs(int gradients, int forwards) {
    Checks.atLeast(gradients, 0, "gradients");
    Checks.atLeast(forwards, 0, "forwards");
  }
}
