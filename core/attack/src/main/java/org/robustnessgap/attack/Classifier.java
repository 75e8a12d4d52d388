package org.robustnessgap.attack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.OnnxMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.plausibility.PixelPlausibility;
import org.robustnessgap.attack.plausibility.Plausibility;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.StableApi;
import org.robustnessgap.messages.Suspicion;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.input.ImpliedRange;

/**
 * A classifier, differentiated and ready to be attacked. Images are rows of float32, as the
 * classifier takes them, or as its input contract says pixels are; the largest of K answers wins.
 * Used by one thread at a time.
 */
@StableApi
public final class Classifier implements AutoCloseable {
  private final String name;
  private final DifferentiableMap map;
  private final List<Long> imageShape;

  /** Null where the classifier has no bounds of its own. */
  private final @Nullable PixelRange visiblePixels;

  private final List<ImpliedRange> ranges;

  /** Closed with the classifier, in this order. */
  private final List<AutoCloseable> resources;

  private Classifier(
      String name,
      DifferentiableMap map,
      List<Long> imageShape,
      @Nullable PixelRange visiblePixels,
      List<ImpliedRange> ranges,
      List<AutoCloseable> resources) {
    if (map.outputSize() < 2) {
      throw new InvalidInputException(
          "Classifier "
              + name
              + " has a single output; export it with one logit for each of at least two classes.");
    }
    this.name = name;
    this.map = map;
    this.imageShape = imageShape;
    this.visiblePixels = visiblePixels;
    this.ranges = ranges;
    this.resources = resources;
  }

  /**
   * Reads an ONNX file and opens it on ONNX Runtime on the CPU. {@link ClassifierFile} has all
   * options.
   *
   * @throws InvalidInputException if the file cannot be read, differentiated or attacked, with the
   *     remedy
   */
  public static Classifier open(Path file) {
    return ClassifierFile.of(file).open();
  }

  /**
   * Differentiates a model.
   *
   * @param engine stays its owner's to close
   * @throws InvalidInputException if it cannot be differentiated, does not answer with one row of
   *     scores for an image, or has fewer than two classes
   */
  public static Classifier open(ClassifierModel model, Engine engine) {
    OnnxMap map = OnnxMap.open(model, engine);
    try {
      if (!map.yieldsVectors()) {
        throw new InvalidInputException(
            "Classifier "
                + model.name()
                + " answers with "
                + map.rowShape()
                + " for an image and not with one row of scores; name those with --output and --output-slice, or export it with output [n, K].");
      }
      return new Classifier(
          model.name(),
          map,
          model.image(),
          model.visiblePixels().orElse(null),
          model.ranges(),
          List.of(map));
    } catch (RuntimeException e) {
      map.close();
      throw e;
    }
  }

  /**
   * A classifier that is no ONNX file.
   *
   * @param name what messages call it
   * @param map from images to scores, the largest of which wins
   * @throws InvalidInputException if it has fewer than two classes
   */
  public static Classifier of(String name, DifferentiableMap map) {
    return of(name, map, List.of((long) map.inputSize()));
  }

  /** The same of images whose axes are known. */
  static Classifier of(String name, DifferentiableMap map, List<Long> imageShape) {
    return new Classifier(name, map, imageShape, null, List.of(), List.of());
  }

  /** The same with a further resource that is closed after it. */
  Classifier owning(AutoCloseable resource) {
    List<AutoCloseable> all = new ArrayList<>(resources);
    all.add(resource);
    return new Classifier(name, map, imageShape, visiblePixels, ranges, all);
  }

  /** What messages call it. */
  public String name() {
    return name;
  }

  /** K, the number of classes. */
  public int classes() {
    return map.outputSize();
  }

  /** The shape of one image, for instance [3, 32, 32]. */
  public List<Long> imageShape() {
    return imageShape;
  }

  /** How many values one image has. */
  public int imageSize() {
    return map.inputSize();
  }

  /** From images to scores, with vector–Jacobian products. */
  public DifferentiableMap map() {
    return map;
  }

  /**
   * Its own labels, from 0.
   *
   * @param images [n, values of one image]
   * @return the class of each; −1 where its scores are not finite
   * @throws InvalidInputException if an image has another size
   */
  public int[] labels(float[][] images) {
    return new Logits(map.answer(rows(images))).labels();
  }

  /** The pixels that it tells apart, if it bounds them itself. */
  Optional<PixelRange> visiblePixels() {
    return Optional.ofNullable(visiblePixels);
  }

  List<ImpliedRange> ranges() {
    return ranges;
  }

  Rows rows(float[][] images) {
    for (int i = 0; i < images.length; i++) {
      if (images[i].length != map.inputSize()) {
        throw new InvalidInputException(
            String.format(
                "Classifier %s takes images of %d values %s but image %d has %d; do they belong together?",
                name, map.inputSize(), imageShape, i, images[i].length));
      }
      for (float value : images[i]) {
        if (!Float.isFinite(value)) {
          throw new InvalidInputException(
              String.format(
                  "Image %d holds %s, which is no pixel; leave the image out, or mend it.",
                  i, value));
        }
      }
    }
    return Rows.of(List.of(images), map.inputSize());
  }

  /**
   * What looks wrong before anything is searched.
   *
   * @param answers to the images
   */
  List<Suspicion> suspicions(Rows images, Logits answers) {
    List<Suspicion> suspicions = new ArrayList<>();
    PixelPlausibility.of(name, images, ranges).ifPresent(suspicions::add);
    if (!map.access().tellsScores()) {
      return suspicions;
    }
    // An answer that is certain of its label is the same for many images.
    Rows scores = map.answersOtherwise() ? map.apply(images) : answers.rows();
    new Plausibility(name, answers.labels()).ofScores(scores, images).ifPresent(suspicions::add);
    return suspicions;
  }

  @Override
  public void close() {
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException("Could not close " + name, e);
      }
    }
  }
}
