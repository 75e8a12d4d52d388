package org.robustnessgap.attack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.OutputSlice;
import org.robustnessgap.messages.Scores;
import org.robustnessgap.messages.StableApi;
import org.robustnessgap.onnx.ClassifierModel;

/**
 * An ONNX file of a classifier and what its user says of it. Immutable: every method returns the
 * file with another option.
 */
@StableApi
public final class ClassifierFile {
  private final Path path;
  private final ModelOptions options;

  /** Null for nothing. */
  private final @Nullable InputContract contract;

  private final List<Long> imageShape;
  private final EngineSettings engine;

  private ClassifierFile(
      Path path,
      ModelOptions options,
      @Nullable InputContract contract,
      List<Long> imageShape,
      EngineSettings engine) {
    this.path = Objects.requireNonNull(path, "path is null");
    this.options = options;
    this.contract = contract;
    this.imageShape = imageShape;
    this.engine = engine;
  }

  /** A file of which nothing more is said, on ONNX Runtime on the CPU. */
  public static ClassifierFile of(Path path) {
    return new ClassifierFile(path, ModelOptions.NONE, null, List.of(), EngineSettings.standard());
  }

  /** Everything that its file leaves open, at once. */
  public ClassifierFile options(ModelOptions other) {
    return new ClassifierFile(
        path, Objects.requireNonNull(other, "options are null"), contract, imageShape, engine);
  }

  /**
   * The output that holds the scores, where there are several.
   *
   * @throws InvalidInputException if the name is empty
   */
  public ClassifierFile output(String name) {
    return options(
        new ModelOptions(
            name, options.outputSlice(), options.scores(), options.fix(), options.imageSize()));
  }

  /**
   * The part of the output that holds the scores.
   *
   * @param from first index, from 0
   * @param to index after the last
   * @throws InvalidInputException if it is empty
   */
  public ClassifierFile outputSlice(int from, int to) {
    return options(
        new ModelOptions(
            options.output(),
            new OutputSlice(from, to),
            options.scores(),
            options.fix(),
            options.imageSize()));
  }

  /** What the numbers are that it answers with; told from its last operators if not called. */
  public ClassifierFile scores(Scores scores) {
    return options(
        new ModelOptions(
            options.output(), options.outputSlice(), scores, options.fix(), options.imageSize()));
  }

  /**
   * The value of a further input; may be called for several.
   *
   * @param values one number for all its elements, or one each
   * @throws InvalidInputException if there is none, or one is not finite
   */
  public ClassifierFile fix(String input, double... values) {
    Map<String, List<Double>> fixed = new LinkedHashMap<>(options.fix());
    fixed.put(input, Arrays.stream(values).boxed().toList());
    return options(
        new ModelOptions(
            options.output(), options.outputSlice(), options.scores(), fixed, options.imageSize()));
  }

  /**
   * The size of an image where the file leaves it open: height and width, a whole shape, or the
   * length of a signal.
   *
   * @throws InvalidInputException if it is no such size
   */
  public ClassifierFile imageSize(int... size) {
    return options(
        new ModelOptions(
            options.output(),
            options.outputSlice(),
            options.scores(),
            options.fix(),
            Arrays.stream(size).boxed().toList()));
  }

  /** What is done to images before the file gets them; distances are then those of the pixels. */
  public ClassifierFile inputContract(InputContract other) {
    return new ClassifierFile(path, options, other, imageShape, engine);
  }

  /** The shape of one image before the input contract, where that is not the file's own. */
  public ClassifierFile imageShape(long... shape) {
    List<Long> axes = new ArrayList<>();
    Arrays.stream(shape).forEach(axes::add);
    return new ClassifierFile(path, options, contract, List.copyOf(axes), engine);
  }

  /** What runs it; ONNX Runtime on the CPU if it is not called. */
  public ClassifierFile engine(EngineSettings other) {
    return new ClassifierFile(
        path, options, contract, imageShape, Objects.requireNonNull(other, "engine is null"));
  }

  /**
   * Reads, differentiates and loads it, on an engine of its own that is closed with the classifier.
   *
   * @throws InvalidInputException if the file cannot be read, differentiated or attacked, an option
   *     does not fit it, or the engine is not there; with the remedy
   */
  public Classifier open() {
    Engine own = engine.open();
    try {
      return open(own).owning(own);
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  /**
   * The same on an engine that others use too.
   *
   * @param shared stays its owner's to close
   * @throws InvalidInputException likewise
   */
  public Classifier open(Engine shared) {
    return Classifier.open(
        ClassifierModel.read(path, options, contract, imageShape, shared), shared);
  }
}
