package org.robustnessgap.attack.query;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.Access;

/**
 * A classifier that can only be asked, as a map from images: what its answers tell, in numbers of
 * which the largest wins. Of probabilities these are the logarithms, which do not flatten where it
 * is certain; of labels 1 and 0.
 */
public final class QueriedMap implements DifferentiableMap {
  /** The logarithm of the smallest positive float32, rounded down: of 0 it stands for −∞. */
  private static final float LEAST_LOGARITHM = -104;

  private final QueriedClassifier classifier;

  /** Null for nothing. */
  private final @Nullable DifferentiableMap preparation;

  private final int imageSize;

  /**
   * @param classifier stays its owner's to close
   * @param preparation what is done to images before they are sent; null for nothing
   */
  public QueriedMap(QueriedClassifier classifier, @Nullable DifferentiableMap preparation) {
    this.classifier = classifier;
    this.preparation = preparation;
    this.imageSize =
        Math.toIntExact(classifier.imageShape().stream().reduce(1L, Math::multiplyExact));
  }

  @Override
  public int inputSize() {
    return preparation == null ? imageSize : preparation.inputSize();
  }

  @Override
  public int outputSize() {
    return classifier.classes();
  }

  @Override
  public Access access() {
    return classifier.access();
  }

  @Override
  public Rows seen(Rows points) {
    return preparation == null ? classifier.sent(points) : points;
  }

  @Override
  public Rows apply(Rows points) {
    Rows images = preparation == null ? points : preparation.apply(points);
    Rows answers = classifier.ask(classifier.sent(images));
    return switch (access()) {
      case GRADIENTS, SCORES -> answers;
      case PROBABILITIES -> logarithms(answers);
      case TOP_K, LABELS -> labels(answers);
    };
  }

  private static Rows logarithms(Rows probabilities) {
    float[] values = probabilities.values().clone();
    for (int i = 0; i < values.length; i++) {
      // Rounding leaves some a little below 0; NaN stays what it is.
      values[i] = values[i] <= 0 ? LEAST_LOGARITHM : (float) Math.log(values[i]);
    }
    return new Rows(values, probabilities.width());
  }

  private static Rows labels(Rows answers) {
    float[] values = new float[answers.values().length];
    for (int i = 0; i < answers.count(); i++) {
      int from = i * answers.width();
      int label = answers.argMax(i);
      if (Float.isNaN(answers.values()[from + label])) {
        Arrays.fill(values, from, from + answers.width(), Float.NaN);
      } else {
        values[from + label] = 1;
      }
    }
    return new Rows(values, answers.width());
  }

  /** Refuses: nobody tells. */
  @Override
  public Product vjp(Rows points, Rows cotangents) {
    throw new UnsupportedOperationException(
        classifier.name() + " can only be asked, and answers no gradients");
  }
}
