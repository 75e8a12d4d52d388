package org.robustnessgap.messages;

/**
 * How many samples a classifier gives a label.
 *
 * @param label from 0; −1 for those that it gives none, because its logits are not finite
 * @param samples at least 1
 */
public record LabelCount(int label, long samples) {
  public LabelCount {
    Checks.atLeast(label, -1, "label");
    Checks.atLeast(samples, 1, "samples of label " + label);
  }
}
