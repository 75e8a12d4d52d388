package org.robustnessgap.worker.attack;

/** A classifier that keeps count of what is spent on each sample of a batch. */
final class MeteredClassifier {
  /**
   * How far a point that fails its check alone is pushed out at first, relative to its distance.
   */
  private static final double NUDGE = 1e-6;

  private static final int NUDGES = 4;

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

  /** Logits and gradients of f_target − f_label at points that belong to these samples. */
  DifferentiableMap.Product marginGradients(
      Rows points, int[] targets, int[] labels, int[] samples) {
    Rows cotangents = Rows.zeros(points.count(), classes());
    for (int i = 0; i < targets.length; i++) {
      cotangents.values()[i * classes() + targets[i]] = 1;
      cotangents.values()[i * classes() + labels[i]] = -1;
    }
    return vjp(points, cotangents, samples);
  }

  int gradients(int sample) {
    return gradients[sample];
  }

  int forwards(int sample) {
    return forwards[sample];
  }

  /**
   * Checks a perturbation by evaluating the perturbed sample alone: rounding differs between batch
   * sizes. A point that does not hold is pushed out by a millionth of its distance, then ten times
   * as far, up to a thousandth.
   */
  Search verified(Rows start, int sample, int label, float[] perturbation) {
    int[] alone = {sample};
    double outwards = 0;
    for (int attempt = 0; attempt <= NUDGES; attempt++) {
      float[] point = new float[start.width()];
      for (int i = 0; i < point.length; i++) {
        point[i] =
            (float) (start.values()[sample * point.length + i] + (1 + outwards) * perturbation[i]);
      }
      Rows row = new Rows(point, point.length);
      Rows logits = logits(row, alone);
      if (logits.isFinite(0) && logits.argMax(0) != label) {
        return new Search.Found(
            point,
            row.distance(0, start, sample),
            logits.argMax(0),
            gradients[sample],
            forwards[sample]);
      }
      outwards = NUDGE * Math.pow(10, attempt);
    }
    return notFound(sample);
  }

  Search failed(int sample, String reason) {
    return new Search.Failed(reason, gradients[sample], forwards[sample]);
  }

  Search notFound(int sample) {
    return new Search.NotFound(gradients[sample], forwards[sample]);
  }
}
