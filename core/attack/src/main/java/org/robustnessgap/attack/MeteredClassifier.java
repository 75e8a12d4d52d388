package org.robustnessgap.attack;

import java.util.List;
import org.robustnessgap.messages.Outcome;

/** A classifier that keeps count of what is spent on each sample of a batch. */
final class MeteredClassifier implements SearchedClassifier {
  /** How far a point that fails its check alone is pushed out at first, relative to its length. */
  private static final double LEAST_PUSH = 1e-6;

  private static final int PUSHES = 6;

  /** Two units in the last place of float32, relative to the largest logit. */
  private static final double ROUNDING = 0x1p-22;

  private final SearchedClassifier classifier;
  private final int[] gradients;
  private final int[] forwards;

  /**
   * @param samples in the batch
   */
  MeteredClassifier(SearchedClassifier classifier, int samples) {
    this.classifier = classifier;
    this.gradients = new int[samples];
    this.forwards = new int[samples];
  }

  @Override
  public int classes() {
    return classifier.classes();
  }

  @Override
  public Rows logits(Rows points, int[] samples) {
    for (int sample : samples) {
      forwards[sample]++;
    }
    return classifier.logits(points, samples);
  }

  @Override
  public Rows answers(Rows points, int[] samples) {
    for (int sample : samples) {
      forwards[sample]++;
    }
    return classifier.answers(points, samples);
  }

  @Override
  public boolean answersOtherwise() {
    return classifier.answersOtherwise();
  }

  @Override
  public DifferentiableMap.Product vjp(Rows points, Rows cotangents, int[] samples) {
    for (int sample : samples) {
      gradients[sample]++;
    }
    return classifier.vjp(points, cotangents, samples);
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
   * sizes. The new label should win by more than rounding; a point where it does not is pushed out
   * by a millionth of its length, then four times as far, up to a thousandth. The nearest point
   * with another label serves where no push gives it such a lead.
   */
  Search verified(Metric metric, Rows start, int sample, int label, float[] perturbation) {
    int[] alone = {sample};
    float[] holding = null;
    int heldLabel = label;
    double outwards = 0;
    for (int push = 0; push <= PUSHES; push++) {
      float[] pushed = metric.allowed(sample, Vectors.scaled(perturbation, 1 + outwards));
      Rows point = start.plus(alone, List.of(pushed));
      Logits logits = new Logits(answers(point, alone));
      boolean holds = logits.isFinite(0) && logits.label(0) != label;
      boolean leads = holds && logits.margin(0, label) > ROUNDING * logits.largest(0);
      if (leads || (holds && holding == null)) {
        holding = point.row(0);
        heldLabel = logits.label(0);
      }
      if (leads) {
        break;
      }
      outwards = LEAST_PUSH * Math.pow(4, push);
    }
    if (holding == null) {
      return answersOtherwise()
          ? failed(sample, Saturation.AT_BOUNDARY)
          : notFound(sample, Outcome.NotFound.Reason.BUDGET);
    }
    // What is left of the perturbation once the point is rounded.
    float[] rounded = Vectors.sum(holding, start.row(sample), -1);
    double length = metric.lengths(alone, new Rows(rounded, rounded.length))[0];
    return new Search.Found(
        holding, length, heldLabel, Double.NaN, gradients[sample], forwards[sample]);
  }

  Search failed(int sample, String reason) {
    return new Search.Failed(reason, gradients[sample], forwards[sample]);
  }

  Search tie(int sample) {
    return new Search.Tie(gradients[sample], forwards[sample]);
  }

  Search notFound(int sample, Outcome.NotFound.Reason reason) {
    return new Search.NotFound(reason, gradients[sample], forwards[sample]);
  }
}
