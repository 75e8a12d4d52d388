package org.robustnessgap.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.OutputSlice;
import org.robustnessgap.messages.Scores;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.ConstantFolding;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.ValueShapes;
import org.robustnessgap.onnx.scores.LogProbabilities;
import org.robustnessgap.onnx.scores.ScoreTail;

/**
 * Finds what a search can go by in a classifier: the scores before its last flattening functions,
 * else the logarithms of its probabilities, else what it answers. A single number is made two
 * classes.
 */
final class ScoreSearch {
  private static final float ZERO = 0;
  private static final float HALF = 0.5f;

  /** Smaller probabilities have no logarithm that helps. */
  private static final float LEAST = 1e-30f;

  private final OnnxModel model;
  private final Scores kind;
  private final ValueShapes shapes;

  private ScoreSearch(OnnxModel model, Scores kind, ValueShapes shapes) {
    this.model = model;
    this.kind = kind;
    this.shapes = shapes;
  }

  /**
   * @param given with one input and one output
   * @throws InvalidInputException if an option does not fit the model
   */
  static ClassifierModel of(OnnxModel given, ModelOptions options, ValueShapes.Probe probe) {
    boolean plain =
        options.outputSlice() == null
            && (options.scores() == Scores.LOGITS
                || options.scores() == Scores.AUTO && !ScoreTail.mayFlatten(given))
            && !mayBeSingle(given);
    if (plain) {
      return ClassifierModel.ofScores(given);
    }
    OnnxModel model =
        options.outputSlice() == null ? given : sliced(given, options.outputSlice(), probe);
    ValueShapes shapes = ValueShapes.of(model, probe);
    long[] output = shapes.shape(model.output().name());
    if (output.length == 1 && output[0] == ValueShapes.BATCH) {
      return of(
          withColumn(model), new ModelOptions(null, null, options.scores(), null, null), probe);
    }
    long classes = Arrays.stream(output).skip(1).reduce(1, (a, b) -> a * b);
    boolean isVector =
        output.length > 1 && Arrays.stream(output).skip(1).allMatch(k -> k == 1 || k == classes);
    if (!isVector || output[0] != ValueShapes.BATCH) {
      // What is wrong with it is said where it is opened.
      return ClassifierModel.ofScores(model);
    }
    OnnxModel folded = ConstantFolding.of(model, shapes, probe);
    ScoreSearch search = new ScoreSearch(folded, options.scores(), shapes);
    return classes == 1 ? search.ofOneNumber() : search.ofClasses();
  }

  private static boolean mayBeSingle(OnnxModel model) {
    List<Long> shape = model.output().shape();
    return shape == null || shape.size() < 2 || shape.get(1) < 2;
  }

  private ClassifierModel ofClasses() {
    if (kind == Scores.LOGITS) {
      return ClassifierModel.ofScores(model);
    }
    Optional<String> before = new ScoreTail(model, shapes).scores();
    if (before.isPresent()) {
      return new ClassifierModel(
          with(new GraphBuilder(model.unusedPrefix("scores/")), before.get()), model);
    }
    GraphBuilder builder = new GraphBuilder(model.unusedPrefix("scores/"));
    Optional<String> log = new LogProbabilities(model, shapes, builder).of(model.output().name());
    if (log.isEmpty() && kind == Scores.PROBABILITIES) {
      log = Optional.of(logarithm(builder, model.output().name()));
    }
    return log.map(scores -> new ClassifierModel(with(builder, scores), model))
        .orElse(ClassifierModel.ofScores(model));
  }

  /** Class 1 wins where the number is above a threshold: ½ for a probability, else 0. */
  private ClassifierModel ofOneNumber() {
    String answer = model.output().name();
    ScoreTail tail = new ScoreTail(model, shapes);
    Optional<String> before = kind == Scores.LOGITS ? Optional.empty() : tail.scores();
    GraphBuilder builder = new GraphBuilder(model.unusedPrefix("scores/"));
    Optional<Float> threshold = before.flatMap(tail::threshold);
    if (threshold.isPresent() && fits(threshold.get())) {
      return new ClassifierModel(
          with(builder, columns(builder, ZERO, before.get())), answered(answer, threshold.get()));
    }
    LogProbabilities logs = new LogProbabilities(model, shapes, builder);
    Optional<String> log = kind == Scores.LOGITS ? Optional.empty() : logs.of(answer);
    if (log.isPresent() && kind == Scores.AUTO || kind == Scores.PROBABILITIES) {
      String ofOne = log.orElseGet(() -> logarithm(builder, answer));
      String ofZero =
          log.isPresent()
              ? logs.ofComplement(answer).orElseThrow()
              : logarithm(builder, builder.emit("Sub", List.of(builder.scalar(1), answer)));
      return new ClassifierModel(
          with(builder, joined(builder, ofZero, ofOne)), answered(answer, HALF));
    }
    if (before.isPresent()) {
      throw new InvalidInputException(
          String.format(
              "%s answers with one number that is none of logits and of a sigmoid, so where one class ends is not known; say --scores logits if that is at 0, --scores probabilities if at ½ (in a campaign: \"options\": {\"scores\": …}).",
              model.name()));
    }
    return ClassifierModel.ofScores(answered(answer, ZERO));
  }

  private boolean fits(float threshold) {
    return kind == Scores.AUTO || threshold == HALF;
  }

  private static String logarithm(GraphBuilder builder, String value) {
    return builder.emit("Log", List.of(builder.emit("Max", List.of(value, builder.scalar(LEAST)))));
  }

  private OnnxModel answered(String answer, float threshold) {
    GraphBuilder builder = new GraphBuilder(model.unusedPrefix("answer/"));
    return with(builder, columns(builder, threshold, answer));
  }

  /** A threshold and a number as the scores of two classes. */
  private static String columns(GraphBuilder builder, float threshold, String number) {
    String flat = builder.emit("Flatten", List.of(number), Attributes.of("axis", 1L));
    String constant =
        builder.emit(
            "Expand",
            List.of(
                builder.floats(new float[] {threshold}, 1, 1),
                builder.emit("Shape", List.of(flat))));
    return builder.emit("Concat", List.of(constant, flat), Attributes.of("axis", 1L));
  }

  private static String joined(GraphBuilder builder, String first, String second) {
    return builder.emit(
        "Concat",
        List.of(
            builder.emit("Flatten", List.of(first), Attributes.of("axis", 1L)),
            builder.emit("Flatten", List.of(second), Attributes.of("axis", 1L))),
        Attributes.of("axis", 1L));
  }

  /** The model with other scores as its one output. */
  private OnnxModel with(GraphBuilder builder, String scores) {
    return extended(model, builder, scores, null).pruned();
  }

  /** One number an image, [n], as [n, 1]. */
  private static OnnxModel withColumn(OnnxModel model) {
    GraphBuilder builder = new GraphBuilder(model.unusedPrefix("column/"));
    String column = builder.emit("Unsqueeze", List.of(model.output().name(), builder.longs(1)));
    return extended(model, builder, column, List.of(-1L, 1L));
  }

  private static OnnxModel sliced(OnnxModel given, OutputSlice slice, ValueShapes.Probe probe) {
    long[] shape = ValueShapes.of(given, probe).shape(given.output().name());
    long width = Arrays.stream(shape).skip(1).reduce(1, (a, b) -> a * b);
    if (shape.length < 2 || slice.to() > width) {
      throw new InvalidInputException(
          String.format(
              "The output %s of %s has %d numbers for an image, so there is no slice %s of it.",
              given.output().name(), given.name(), width, slice));
    }
    GraphBuilder builder = new GraphBuilder(given.unusedPrefix("slice/"));
    String flat =
        builder.emit("Flatten", List.of(given.output().name()), Attributes.of("axis", 1L));
    String part =
        builder.emit(
            "Slice",
            List.of(
                flat, builder.longs(slice.from()), builder.longs(slice.to()), builder.longs(1)));
    return extended(given, builder, part, List.of(-1L, (long) slice.size()));
  }

  /**
   * @param shape of the output; null if nobody needs it stated
   */
  private static OnnxModel extended(
      OnnxModel model, GraphBuilder builder, String output, @Nullable List<Long> shape) {
    List<NodeProto> nodes = new ArrayList<>(model.nodes());
    nodes.addAll(builder.nodes());
    return model
        .withNodes(nodes, builder.constants())
        .withOutputs(List.of(new OnnxModel.Value(output, DataType.FLOAT_VALUE, shape)));
  }
}
