package org.robustnessgap.fit.autoencoder;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.fit.network.DenseNetwork;
import org.robustnessgap.fit.training.StoredImages;
import org.robustnessgap.fit.training.Trainable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Tensors;

/**
 * A variational autoencoder (Kingma, Welling 2014). The encoder gives each image x a normal
 * distribution of latent vectors, N(μ(x), diag exp v(x)); the decoder g maps these back to images.
 * The loss of an image bounds −log p(x) from above for p of the model z ~ N(0, I_d), x ~ N(g(z),
 * σ²I):
 *
 * <p>‖x − g(μ + exp(v/2) ε)‖²/(2σ²) + m/2 log(2πσ²) + ½ Σ (μ² + exp v − v − 1), ε ~ N(0, I_d).
 *
 * <p>g is smooth: its last step is a sigmoid onto the range of pixels.
 *
 * @param encoder from m values to 2d
 * @param decoder from d values to m
 * @param range of pixels
 */
public record Autoencoder(DenseNetwork encoder, DenseNetwork decoder, PixelRange range) {
  /** Colour images of 64 × 64. */
  public static final int MOST_VALUES = 3 * 64 * 64;

  private static final int ENCODER_WIDTH = 512;
  private static final int DECODER_WIDTH = 1024;

  /** Where v is cut, so that exp v stays a number in the first steps. */
  private static final float LEAST_LOG_VARIANCE = -12;

  private static final float MOST_LOG_VARIANCE = 6;

  /**
   * σ as a share of the root of the images' mean variance a value: less gives sharper images, and
   * latents less normal.
   */
  private static final double NOISE = 0.3;

  /** Pixels that are black in all images would have a sigmoid's infinity for a mean. */
  private static final double LEAST_SHARE = 0.01;

  /**
   * Of the widths that this project has tried.
   *
   * @param values m, of one image
   * @param latent d
   * @throws InvalidInputException if d is not between 1 and m, or m is too large
   */
  public static Autoencoder of(int values, int latent, PixelRange range) {
    if (values > MOST_VALUES) {
      throw new InvalidInputException(
          String.format(
              "Images of %d values are too large to train a decoder for; scale them down to %d values at most, for instance 64×64 in colour.",
              values, MOST_VALUES));
    }
    if (latent < 1 || latent > values) {
      throw new InvalidInputException(
          String.format(
              "The latent dimension is %d but must be from 1 to %d, the number of values of an image.",
              latent, values));
    }
    return new Autoencoder(
        new DenseNetwork("encoder", List.of(values, ENCODER_WIDTH, ENCODER_WIDTH, 2 * latent)),
        new DenseNetwork("decoder", List.of(latent, DECODER_WIDTH, DECODER_WIDTH, values)),
        range);
  }

  /** m. */
  public int values() {
    return encoder.widths().get(0);
  }

  /** d. */
  public int latent() {
    return decoder.widths().get(0);
  }

  /** How many numbers are to be found. */
  public long parameters() {
    return encoder.parameters() + decoder.parameters();
  }

  /**
   * With its loss, and weights to begin with: the first images are the mean of the given ones. A
   * row is an image and behind it d draws from N(0, 1).
   *
   * @param images what it will be trained with, at least one
   */
  public Trainable trainable(StoredImages images, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, TensorProto> weights = new LinkedHashMap<>(encoder.drawn(random));
    weights.putAll(decoder.drawn(random));
    String last = decoder.last().bias();
    weights.put(last, Tensors.floats(last, unsquashed(images.mean()), values()));
    List<String> names = List.copyOf(weights.keySet());
    return new Trainable(lossModel(weights, noise(images)), names);
  }

  /** σ, what the loss takes for the standard deviation of these images' pixels about g(z). */
  static double noise(StoredImages images) {
    return NOISE * Math.sqrt(images.totalVariance() / images.size());
  }

  private float[] unsquashed(float[] mean) {
    float[] logits = new float[mean.length];
    for (int i = 0; i < logits.length; i++) {
      double share = (mean[i] - range.lower()) / (range.upper() - range.lower());
      double inside = Math.max(LEAST_SHARE, Math.min(1 - LEAST_SHARE, share));
      logits[i] = (float) StrictMath.log(inside / (1 - inside));
    }
    return logits;
  }

  private OnnxModel lossModel(Map<String, TensorProto> weights, double noise) {
    GraphBuilder graph = new GraphBuilder("loss/");
    List<String> parts = split(graph, "rows", values(), latent());
    List<String> code = split(graph, encoder.apply(graph, parts.get(0)), latent(), latent());
    String mean = code.get(0);
    String logVariance =
        graph.emit(
            "Clip",
            List.of(
                code.get(1), graph.scalar(LEAST_LOG_VARIANCE), graph.scalar(MOST_LOG_VARIANCE)));
    String deviation = graph.emit("Exp", List.of(times(graph, logVariance, 0.5f)));
    String drawn =
        graph.emit("Add", List.of(mean, graph.emit("Mul", List.of(deviation, parts.get(1)))));
    String rest = graph.emit("Sub", List.of(parts.get(0), decoded(graph, drawn)));
    String loss =
        graph.emit(
            "Add",
            List.of(
                misfit(graph, rest, noise),
                times(graph, divergence(graph, mean, logVariance), 0.5f)));
    return model("autoencoder", "rows", values() + latent(), graph, loss, List.of(1L), weights);
  }

  /** ‖rest‖²/(2σ²) + m/2 log(2πσ²). */
  private String misfit(GraphBuilder graph, String rest, double noise) {
    double variance = noise * noise;
    String squares = times(graph, sum(graph, "ReduceSumSquare", rest), (float) (0.5 / variance));
    double size = values() / 2.0 * StrictMath.log(2 * Math.PI * variance);
    return graph.emit("Add", List.of(squares, graph.scalar((float) size)));
  }

  /** Σ (μ² + exp v − v − 1). */
  private String divergence(GraphBuilder graph, String mean, String logVariance) {
    String variance = graph.emit("Exp", List.of(logVariance));
    String difference = graph.emit("Sub", List.of(variance, logVariance));
    String ofVariance =
        graph.emit("Sub", List.of(sum(graph, "ReduceSum", difference), graph.scalar(latent())));
    return graph.emit("Add", List.of(sum(graph, "ReduceSumSquare", mean), ofVariance));
  }

  /** Adds the nodes of g, and returns what it makes of latent vectors, [n, m]. */
  String decoded(GraphBuilder graph, String latents) {
    return affine(
        graph,
        graph.emit("Sigmoid", List.of(decoder.apply(graph, latents))),
        (float) (range.upper() - range.lower()),
        (float) range.lower());
  }

  /** factor · value + offset, as few nodes as it takes. */
  static String affine(GraphBuilder graph, String value, float factor, float... offset) {
    String scaled = factor == 1 ? value : times(graph, value, factor);
    return offset.length == 1 && offset[0] == 0
        ? scaled
        : graph.emit("Add", List.of(scaled, graph.floats(offset, offset.length)));
  }

  private static List<String> split(GraphBuilder graph, String value, long first, long second) {
    return graph.emitAll(
        "Split", 2, List.of(value, graph.longs(first, second)), Attributes.of("axis", 1L));
  }

  private static String times(GraphBuilder graph, String value, float factor) {
    return graph.emit("Mul", List.of(value, graph.scalar(factor)));
  }

  private static String sum(GraphBuilder graph, String operator, String value) {
    return graph.emit(operator, List.of(value, graph.longs(1)), Attributes.of("keepdims", 1L));
  }

  /**
   * The encoder's μ and v of images.
   *
   * @param weights by name, as they were found
   * @return from [n, m] to [n, 2d], v not cut
   */
  OnnxModel codes(Map<String, TensorProto> weights) {
    GraphBuilder graph = new GraphBuilder("codes/");
    String code = encoder.apply(graph, "rows");
    return model("encoder", "rows", values(), graph, code, List.of(2L * latent()), weights);
  }

  static double cut(double logVariance) {
    return Math.max(LEAST_LOG_VARIANCE, Math.min(MOST_LOG_VARIANCE, logVariance));
  }

  private static OnnxModel model(
      String name,
      String input,
      long width,
      GraphBuilder graph,
      String output,
      List<Long> shape,
      Map<String, TensorProto> weights) {
    Map<String, TensorProto> constants = new LinkedHashMap<>(weights);
    constants.putAll(graph.constants());
    List<Long> rows = new ArrayList<>(shape);
    rows.add(0, -1L);
    return new OnnxModel(
            name,
            OnnxModel.OPSET,
            List.of(
                new OnnxModel.Value(input, TensorProto.DataType.FLOAT_VALUE, List.of(-1L, width))),
            List.of(new OnnxModel.Value(output, TensorProto.DataType.FLOAT_VALUE, rows)),
            graph.nodes(),
            constants)
        .pruned();
  }
}
