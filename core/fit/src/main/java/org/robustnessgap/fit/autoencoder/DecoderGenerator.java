package org.robustnessgap.fit.autoencoder;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.fit.training.StoredImages;
import org.robustnessgap.fit.training.Trainable;
import org.robustnessgap.fit.training.TrainingState;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Tensors;

/**
 * The decoder of a trained autoencoder as a generator of N(0, I_d). The latent vectors that the
 * encoder draws of all images are seldom quite N(0, I); their mean and covariance are therefore
 * made part of the decoder's first layer, and undone in the encoder's last. Its images vary less
 * than those it was fitted to; as a last step they are therefore {@link #spread}. Immutable.
 */
public final class DecoderGenerator {
  /** Images that are encoded at once. */
  private static final int BATCH = 256;

  private final Autoencoder autoencoder;

  /** By name, those of both networks that are changed already. */
  private final Map<String, TensorProto> weights;

  private final Spread spread;
  private final double noise;
  private final TrainingState.Epoch last;
  private final int epochs;
  private final int images;

  private DecoderGenerator(
      Autoencoder autoencoder,
      Map<String, TensorProto> weights,
      Spread spread,
      double noise,
      List<TrainingState.Epoch> epochs,
      int images) {
    this.autoencoder = autoencoder;
    this.weights = weights;
    this.spread = spread;
    this.noise = noise;
    this.last = epochs.get(epochs.size() - 1);
    this.epochs = epochs.size();
    this.images = images;
  }

  /**
   * Takes the weights that were found, and goes over all images.
   *
   * @param trainable of the autoencoder
   * @param state of a training that has ended
   * @param images it was trained with
   * @param seed of the latent vectors whose images tell how far to spread
   * @param engine runs both networks
   */
  public static DecoderGenerator of(
      Autoencoder autoencoder,
      Trainable trainable,
      TrainingState state,
      StoredImages images,
      long seed,
      Engine engine) {
    Map<String, TensorProto> weights = trainable.named(state.weights());
    Map<String, TensorProto> folded = new LinkedHashMap<>(weights);
    Aggregate aggregate = aggregate(autoencoder, weights, images, engine);
    DenseNetwork decoder = autoencoder.decoder();
    put(folded, decoder, 0, aggregate.before(layer(weights, decoder, 0)));
    DenseNetwork encoder = autoencoder.encoder();
    int last = encoder.layers() - 1;
    put(folded, encoder, last, aggregate.after(layer(weights, encoder, last)));
    Spread spread = Spread.of(autoencoder.plain(folded), images, seed, engine);
    return new DecoderGenerator(
        autoencoder, folded, spread, Autoencoder.noise(images), state.epochs(), images.count());
  }

  private static Aggregate aggregate(
      Autoencoder autoencoder,
      Map<String, TensorProto> weights,
      StoredImages images,
      Engine engine) {
    Aggregate.Sum sum = new Aggregate.Sum(autoencoder.latent());
    try (Executable codes = engine.load(autoencoder.codes(weights))) {
      for (int from = 0; from < images.count(); from += BATCH) {
        int count = Math.min(BATCH, images.count() - from);
        Tensor rows = new Tensor(images.rows(from, count), new long[] {count, images.size()});
        float[] found = codes.run(rows).get(0).values();
        for (int n = 0; n < count; n++) {
          sum.add(found, n);
        }
      }
    }
    return sum.aggregate();
  }

  private static Aggregate.Layer layer(
      Map<String, TensorProto> weights, DenseNetwork network, int layer) {
    return Aggregate.Layer.of(
        values(weights, network.matrix(layer)), values(weights, network.bias(layer)));
  }

  private static float[] values(Map<String, TensorProto> weights, String name) {
    return Tensors.values(Objects.requireNonNull(weights.get(name), name));
  }

  private static void put(
      Map<String, TensorProto> weights, DenseNetwork network, int layer, Aggregate.Layer changed) {
    String matrix = network.matrix(layer);
    String bias = network.bias(layer);
    int in = changed.matrix().getRowDimension();
    int out = changed.bias().length;
    weights.put(matrix, Tensors.floats(matrix, changed.matrixValues(), in, out));
    weights.put(bias, Tensors.floats(bias, changed.biasValues(), out));
  }

  /** d. */
  public int latentDimension() {
    return autoencoder.latent();
  }

  /**
   * c: images are moved away from their mean by this factor, so that their total variance is that
   * of the fitted ones. Beyond 1 they may leave the range of pixels.
   */
  public double spread() {
    return spread.factor();
  }

  /**
   * The generator, from [n, d] to [n, shape].
   *
   * @param name what messages call it
   * @param shape of one image, for instance [3, 32, 32]
   * @throws InvalidInputException if the shape has another number of values than the images
   */
  public OnnxModel decoder(String name, List<Long> shape) {
    requireShape(shape);
    GraphBuilder graph = new GraphBuilder("decoder/");
    String values = autoencoder.decoded(graph, "latent");
    String wide = Autoencoder.affine(graph, values, (float) spread.factor(), spread.offset());
    reshape(graph, wide, rows(shape), "images");
    return model(
        name,
        new OnnxModel.Value("latent", TensorProto.DataType.FLOAT_VALUE, rows(latentShape())),
        graph,
        new OnnxModel.Value("images", TensorProto.DataType.FLOAT_VALUE, rows(shape)));
  }

  /**
   * What brings an image near its latent vector in the generator's coordinates, from [n, shape] to
   * [n, d].
   *
   * @throws InvalidInputException as by {@link #decoder}
   */
  public OnnxModel encoder(String name, List<Long> shape) {
    requireShape(shape);
    GraphBuilder graph = new GraphBuilder("encoder-model/");
    String flat = graph.emit("Reshape", List.of("images", graph.longs(-1, autoencoder.values())));
    reshape(graph, autoencoder.encoder().apply(graph, flat), rows(latentShape()), "latent");
    return model(
        name,
        new OnnxModel.Value("images", TensorProto.DataType.FLOAT_VALUE, rows(shape)),
        graph,
        new OnnxModel.Value("latent", TensorProto.DataType.FLOAT_VALUE, rows(latentShape())));
  }

  private List<Long> latentShape() {
    return List.of((long) latentDimension());
  }

  private void requireShape(List<Long> shape) {
    if (shape.stream().reduce(1L, (a, b) -> a * b) != autoencoder.values()) {
      throw new InvalidInputException(
          String.format(
              "Images of %d values do not have the shape %s.", autoencoder.values(), shape));
    }
  }

  private static List<Long> rows(List<Long> shape) {
    List<Long> rows = new ArrayList<>(shape);
    rows.add(0, -1L);
    return rows;
  }

  private static void reshape(GraphBuilder graph, String value, List<Long> shape, String output) {
    graph
        .nodes()
        .add(
            NodeProto.newBuilder()
                .setOpType("Reshape")
                .addInput(value)
                .addInput(graph.longs(shape.stream().mapToLong(Long::longValue).toArray()))
                .addOutput(output)
                .build());
  }

  private OnnxModel model(
      String name, OnnxModel.Value input, GraphBuilder graph, OnnxModel.Value output) {
    Map<String, TensorProto> constants = new LinkedHashMap<>(weights);
    constants.putAll(graph.constants());
    return new OnnxModel(
            name, OnnxModel.OPSET, List.of(input), List.of(output), graph.nodes(), constants)
        .pruned();
  }

  /** What the files may say of their making, for people. */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("kind", "decoder of a variational autoencoder");
    metadata.put("images", Integer.toString(images));
    metadata.put("epochs", Integer.toString(epochs));
    metadata.put("loss", number(last.fitted()));
    if (!Double.isNaN(last.heldOut())) {
      metadata.put("loss_held_out", number(last.heldOut()));
    }
    metadata.put("noise", number(noise));
    metadata.put("spread", number(spread.factor()));
    metadata.put("networks", autoencoder.encoder() + " " + autoencoder.decoder());
    return metadata;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.9g", value);
  }
}
