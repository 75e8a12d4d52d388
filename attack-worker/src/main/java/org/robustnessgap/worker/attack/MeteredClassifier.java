package org.robustnessgap.worker.attack;

/** A classifier that keeps count of what is spent on each sample of a batch. */
final class MeteredClassifier {
  private final DifferentiableMap map;
  private final int[] gradients;
  private final int[] forwards;

  MeteredClassifier(DifferentiableMap map, int samples) {
    this.map = map;
    this.gradients = new int[samples];
    this.forwards = new int[samples];
  }

  int classes() {
    return map.outputSize();
  }

  /** Logits at points that belong to these samples. */
  Rows logits(Rows points, int[] samples) {
    for (int sample : samples) {
      forwards[sample]++;
    }
    return map.apply(points);
  }

  /** Logits and vector–Jacobian products at points that belong to these samples. */
  DifferentiableMap.Product vjp(Rows points, Rows cotangents, int[] samples) {
    for (int sample : samples) {
      gradients[sample]++;
    }
    return map.vjp(points, cotangents);
  }

  int gradients(int sample) {
    return gradients[sample];
  }

  int forwards(int sample) {
    return forwards[sample];
  }
}
