package org.robustnessgap.worker.attack;

import java.util.Arrays;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.worker.engine.Engine;
import org.robustnessgap.worker.onnx.OnnxModel;

/**
 * The fast gradient sign method (Goodfellow, Shlens, Szegedy 2015) as Peck et al. 2017 used it: η =
 * ε sign(∇ₓ L(x, c)) for the cross-entropy L of the classifier's own label c, with the smallest ε
 * that a binary search finds to change the label. One gradient, so far from minimal; kept to
 * reproduce their figures. Used by one thread at a time.
 */
public final class FastGradientSign implements AutoCloseable {
  private static final int BATCH = 64;
  private static final int DOUBLINGS = 16;
  private static final int BISECTIONS = 20;

  private final OnnxMap classifier;

  /** Differentiates the classifier. */
  public FastGradientSign(OnnxModel classifier, Engine engine) {
    this.classifier = new OnnxMap(classifier, engine, BATCH);
  }

  /** Values of one image. */
  public int inputSize() {
    return classifier.inputSize();
  }

  /**
   * The ℓ2 norm of each perturbation, ε times the root of the number of values with a gradient.
   *
   * @param images [n, {@link #inputSize}], as the classifier takes them
   * @param largest the largest ε tried
   * @return not a number where no ε up to the largest changes the label
   * @throws InvalidInputException if the images are of another size
   */
  public double[] norms(Rows images, double largest) {
    if (images.width() != classifier.inputSize()) {
      throw new InvalidInputException(
          String.format(
              "The classifier takes images of %d values but was given %d; do they belong together?",
              classifier.inputSize(), images.width()));
    }
    Logits logits = new Logits(classifier.apply(images));
    float[] signs = signs(images, logits);
    double[] low = new double[images.count()];
    double[] high = new double[images.count()];
    Arrays.fill(high, Double.NaN);
    // From below, since a label that changed may come back farther out.
    for (int k = DOUBLINGS; k >= 0; k--) {
      double[] size = new double[low.length];
      Arrays.fill(size, largest / Math.pow(2, k));
      boolean[] changed = changes(images, signs, size, logits);
      for (int i = 0; i < low.length; i++) {
        if (Double.isNaN(high[i])) {
          (changed[i] ? high : low)[i] = size[i];
        }
      }
    }
    for (int step = 0; step < BISECTIONS; step++) {
      double[] middle = new double[low.length];
      Arrays.setAll(middle, i -> (low[i] + high[i]) / 2);
      boolean[] changed = changes(images, signs, middle, logits);
      for (int i = 0; i < low.length; i++) {
        (changed[i] ? high : low)[i] = middle[i];
      }
    }
    double[] norms = new double[low.length];
    for (int i = 0; i < norms.length; i++) {
      norms[i] = high[i] * new Rows(signs, images.width()).norm(i);
    }
    return norms;
  }

  private float[] signs(Rows images, Logits logits) {
    int classes = classifier.outputSize();
    Rows cotangents = Rows.zeros(images.count(), classes);
    for (int i = 0; i < images.count(); i++) {
      int label = logits.label(i);
      int rival = logits.runnerUp(i, label);
      double others = 0;
      for (int k = 0; k < classes; k++) {
        if (k != label) {
          // Of the gradient softmax − label only the sign counts; scaled, it does not underflow.
          double part = Math.exp(logits.lead(i, k, rival));
          cotangents.values()[i * classes + k] = (float) part;
          others += part;
        }
      }
      cotangents.values()[i * classes + label] = (float) -others;
    }
    float[] gradients = classifier.vjp(images, cotangents).gradients().values();
    float[] signs = new float[gradients.length];
    for (int i = 0; i < signs.length; i++) {
      signs[i] = Math.signum(gradients[i]);
    }
    return signs;
  }

  private boolean[] changes(Rows images, float[] signs, double[] sizes, Logits own) {
    float[] perturbed = new float[signs.length];
    for (int i = 0; i < perturbed.length; i++) {
      perturbed[i] = (float) (images.values()[i] + sizes[i / images.width()] * signs[i]);
    }
    Logits logits = new Logits(classifier.apply(new Rows(perturbed, images.width())));
    boolean[] changes = new boolean[images.count()];
    for (int i = 0; i < changes.length; i++) {
      changes[i] = logits.isFinite(i) && logits.label(i) != own.label(i);
    }
    return changes;
  }

  @Override
  public void close() {
    classifier.close();
  }
}
