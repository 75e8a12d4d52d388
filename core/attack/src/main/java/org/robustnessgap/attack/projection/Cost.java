package org.robustnessgap.attack.projection;

/** What was spent on one sample. */
final class Cost {
  private int gradients;
  private int forwards;

  /** Vector–Jacobian products. */
  int gradients() {
    return gradients;
  }

  /** Evaluations without a gradient. */
  int forwards() {
    return forwards;
  }

  void addGradients(int count) {
    gradients += count;
  }

  void addForwards(int count) {
    forwards += count;
  }
}
