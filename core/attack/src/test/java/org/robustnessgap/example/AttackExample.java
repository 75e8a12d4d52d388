package org.robustnessgap.example;

import java.nio.file.Path;
import org.robustnessgap.attack.AttackReport;
import org.robustnessgap.attack.Attacks;
import org.robustnessgap.attack.Classifier;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.Norm;

/** The smallest perturbations of some images. */
public final class AttackExample {
  private AttackExample() {}

  // tag::attack[]
  /** Each image is C × H × W pixels in [0, 1], row after row; each label its true class, from 0. */
  static AttackReport attack(Path file, float[][] images, int[] labels) {
    try (Classifier classifier = Classifier.open(file)) {
      return Attacks.boundaryDescent()
          .norm(Norm.L2)
          .effort(Effort.STANDARD)
          .pixelRange(0, 1)
          .search(classifier, images, labels);
    }
  }

  // end::attack[]

  /**
   * Attacks 20 random images with the labels that the classifier itself gives them.
   *
   * @param arguments a classifier's ONNX file
   */
  public static void main(String[] arguments) {
    Path file = Path.of(arguments[0]);
    float[][] images;
    int[] labels;
    try (Classifier classifier = Classifier.open(file)) {
      images = RandomImages.uniform(20, classifier.imageSize());
      labels = classifier.labels(images);
    }
    AttackReport report = attack(file, images, labels);
    // tag::report[]
    for (int i = 0; i < images.length; i++) {
      System.out.println(i + ": " + report.results().get(i));
    }
    report.suspicions().forEach(suspicion -> System.out.println(suspicion.sentence()));
    System.out.println("Robust accuracy at 0.5: " + report.robustAccuracy(0.5));
    // end::report[]
  }
}
