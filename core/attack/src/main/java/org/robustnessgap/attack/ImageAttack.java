package org.robustnessgap.attack;

import java.util.List;
import java.util.stream.IntStream;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.onnx.ClassifierModel;

/**
 * A classifier by itself, attacked on given images by the fast gradient sign method, as Peck et al.
 * 2017 did. Used by one thread at a time.
 */
public final class ImageAttack implements AutoCloseable {
  private final OnnxMap classifier;

  /** Differentiates the classifier. */
  public ImageAttack(ClassifierModel classifier, Engine engine) {
    this.classifier = OnnxMap.open(classifier, engine);
  }

  /** Values of one image. */
  public int inputSize() {
    return classifier.inputSize();
  }

  /**
   * The ℓ2 norm of each perturbation.
   *
   * @param images [n, {@link #inputSize}], as the classifier takes them
   * @param largest the largest ε of interest
   * @return not a number where no ε up to the largest was found to change the label
   * @throws InvalidInputException if the images are of another size
   */
  public double[] norms(Rows images, double largest) {
    if (images.width() != classifier.inputSize()) {
      throw new InvalidInputException(
          String.format(
              "The classifier takes images of %d values but was given %d; do they belong together?",
              classifier.inputSize(), images.width()));
    }
    // In the norm ℓ∞ the length of the perturbation is ε.
    List<SearchResult> searches =
        FastGradientSign.search(
            new SearchProblem(classifier, images, new NormMetric(Norm.LINF, images, null)),
            Algorithm.FastGradientSign.standard());
    return IntStream.range(0, images.count())
        .mapToDouble(i -> norm(searches.get(i), images, i, largest))
        .toArray();
  }

  private static double norm(SearchResult search, Rows images, int image, double largest) {
    return search
        .found()
        .filter(found -> found.distance() <= largest)
        .map(found -> new Rows(found.point(), images.width()).distance(0, images, image))
        .orElse(Double.NaN);
  }

  @Override
  public void close() {
    classifier.close();
  }
}
