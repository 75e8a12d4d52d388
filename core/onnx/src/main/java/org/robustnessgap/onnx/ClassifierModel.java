package org.robustnessgap.onnx;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.StableApi;
import org.robustnessgap.onnx.graph.Composition;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.ValueShapes;
import org.robustnessgap.onnx.input.FrontBounds;
import org.robustnessgap.onnx.input.ImpliedRange;

/**
 * A classifier as it is attacked. Its answer is its label's only judge; but exporters put functions
 * behind the scores that flatten where a classifier is certain, so a search goes by the scores.
 *
 * @param scores from images to scores, the largest wins; differentiable where the answer is flat
 * @param answer from images to what the file answers, with as many numbers, the largest wins; the
 *     same as the scores where nothing stands behind them
 * @param ranges between which values its pixels must lie, as far as it tells, and as far as an
 *     input contract does
 */
@StableApi
public record ClassifierModel(OnnxModel scores, OnnxModel answer, List<ImpliedRange> ranges) {
  /** One that tells nothing of its pixels. */
  public ClassifierModel(OnnxModel scores, OnnxModel answer) {
    this(scores, answer, List.of());
  }

  public ClassifierModel {
    ranges = List.copyOf(ranges);
    Objects.requireNonNull(scores, "scores is null");
    Objects.requireNonNull(answer, "answer is null");
  }

  /**
   * Reads a file.
   *
   * @param options what its user says of it
   * @param contract what is done to images before the file gets them; null for nothing
   * @param image shape of the images before that; empty if unknown
   * @param probe runs models, to learn of them
   * @throws org.robustnessgap.messages.InvalidInputException if it cannot be attacked
   */
  public static ClassifierModel read(
      Path file,
      ModelOptions options,
      @Nullable InputContract contract,
      List<Long> image,
      ValueShapes.Probe probe) {
    OnnxModel stated = ModelImport.stated(file, options);
    OnnxModel model = ModelImport.of(stated, options, contract, image, probe);
    ClassifierModel classifier = of(model, options, probe);
    return new ClassifierModel(
        classifier.scores,
        classifier.answer,
        ImpliedRange.of(stated, contract, options.imageSize(), image));
  }

  /**
   * Finds the scores of a model.
   *
   * @param model as {@link ModelImport} leaves it, from images to what it answers
   * @param options what its numbers are, and which of them are scores
   * @param probe runs models, to learn shapes
   * @throws org.robustnessgap.messages.InvalidInputException if an option does not fit the model
   */
  public static ClassifierModel of(OnnxModel model, ModelOptions options, ValueShapes.Probe probe) {
    return ScoreSearch.of(model, options, probe);
  }

  /** Of a model whose answers are scores. */
  public static ClassifierModel ofScores(OnnxModel model) {
    return new ClassifierModel(model, model);
  }

  /** What messages to the user call it. */
  public String name() {
    return answer.name();
  }

  /** Whether something stands between scores and answer. */
  public boolean answersOtherwise() {
    return scores != answer;
  }

  /**
   * The classifier on a generator's images.
   *
   * @throws org.robustnessgap.messages.InvalidInputException if it takes others
   */
  public ClassifierModel on(OnnxModel generator) {
    OnnxModel joined = Composition.of(generator, scores);
    return answersOtherwise()
        ? new ClassifierModel(joined, Composition.of(generator, answer))
        : ofScores(joined);
  }

  /** The pixels that the classifier tells apart, if it bounds them itself; it sees none beyond. */
  public Optional<PixelRange> visiblePixels() {
    return FrontBounds.of(scores);
  }

  /** The shape of one image, as far as it is stated. */
  public List<Long> image() {
    List<Long> shape = scores.input().shape();
    return shape == null ? List.of() : shape.subList(1, shape.size());
  }
}
