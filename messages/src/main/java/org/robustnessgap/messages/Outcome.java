package org.robustnessgap.messages;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * What the search for one sample's smallest perturbation in one space came to, and what it cost.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "status")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Outcome.Found.class, name = "found"),
  @JsonSubTypes.Type(value = Outcome.NotFound.class, name = "not_found"),
  @JsonSubTypes.Type(value = Outcome.Failed.class, name = "failed")
})
public sealed interface Outcome {
  /** Vector–Jacobian products spent on the sample. */
  int gradients();

  /** Evaluations of the classifier without a gradient spent on the sample. */
  int forwards();

  /**
   * A verified change of label.
   *
   * @param distance length of the perturbation, not normalised: an upper estimate of the true
   *     minimum
   * @param adversarialLabel the class after the perturbation, from 0
   */
  record Found(double distance, int adversarialLabel, int gradients, int forwards)
      implements Outcome {
    public Found {
      Checks.notNegative(distance, "distance");
      Checks.atLeast(adversarialLabel, 0, "adversarial label");
      costs(gradients, forwards);
    }
  }

  /**
   * No change of label within the plan's steps: the distance is unknown, larger than what was
   * searched.
   */
  record NotFound(int gradients, int forwards) implements Outcome {
    public NotFound {
      costs(gradients, forwards);
    }
  }

  /** The model gave no usable answer on this sample, for instance a logit that is not finite. */
  record Failed(String reason, int gradients, int forwards) implements Outcome {
    public Failed {
      Checks.present(reason, "reason of a failed sample");
      costs(gradients, forwards);
    }
  }

  private static void costs(int gradients, int forwards) {
    Checks.atLeast(gradients, 0, "gradients");
    Checks.atLeast(forwards, 0, "forwards");
  }
}
