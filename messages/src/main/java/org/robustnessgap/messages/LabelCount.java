package org.robustnessgap.messages;

import java.util.List;

/**
 * How many samples a classifier gives a label, and how robust they are.
 *
 * @param label from 0; −1 for those that it gives none, because its logits are not finite
 * @param samples at least 1
 * @param unconstrained quantiles of their unconstrained robustness; absent without distances, of
 *     labels that are not among the most frequent, and in large windows
 */
public record LabelCount(int label, long samples, @OmitEmpty List<MeasuredQuantile> unconstrained) {
  /** Without distances. */
  public LabelCount(int label, long samples) {
    this(label, samples, List.of());
  }

  public LabelCount {
    Checks.atLeast(label, -1, "label");
    Checks.atLeast(samples, 1, "samples of label " + label);
    unconstrained =
        unconstrained == null
            ? List.of()
            : Checks.list(unconstrained, "quantiles of label " + label);
  }
}
