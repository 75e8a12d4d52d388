package org.robustnessgap.fit.autoencoder;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.fit.flow.Flow;
import org.robustnessgap.fit.network.DenseLayer;
import org.robustnessgap.fit.training.StoredImages;
import org.robustnessgap.fit.training.TrainingState;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Tensors;

/**
 * The decoder of a trained autoencoder as a generator of N(0, I_d). The latent vectors that the
 * encoder draws of all images are not N(0, I): their mean and covariance are made part of the
 * decoder's first layer, and undone in the encoder's last; what is not normal about them then, a
 * {@link Flow} makes. Images of a decoder vary less than those it was fitted to; as a last step
 * they are therefore given {@link Moments} of these. Immutable.
 */
public final class DecoderGenerator {
  private static final String LATENT = "latent";

  private final Autoencoder autoencoder;

  /** By name, those of both networks that are changed already. */
  private final Map<String, TensorProto> weights;

  /** Null where latent vectors are taken for normal. */
  private final @Nullable Flow flow;

  private final Moments moments;
  private final double noise;
  private final Trained trained;
  private final int images;

  private DecoderGenerator(
      Trained trained,
      Map<String, TensorProto> weights,
      @Nullable Flow flow,
      Moments moments,
      StoredImages images) {
    this.trained = trained;
    this.autoencoder = trained.autoencoder();
    this.weights = weights;
    this.flow = flow;
    this.moments = moments;
    this.noise = Autoencoder.noise(images);
    this.images = images.count();
  }

  /**
   * Takes what was found.
   *
   * @param codes of the images
   * @param flow from N(0, I) to draws of the codes; null to take these for normal
   * @param images it was trained with
   * @param directions k orthonormal vectors of m values, along which images get the covariance of
   *     these; k may be 0
   * @param seed of the latent vectors whose images tell how far those are from it
   * @param engine runs the decoder
   */
  public static DecoderGenerator of(
      Trained trained,
      Codes codes,
      @Nullable Flow flow,
      StoredImages images,
      double[][] directions,
      long seed,
      Engine engine) {
    Autoencoder autoencoder = trained.autoencoder();
    Map<String, TensorProto> folded = new LinkedHashMap<>(trained.weights());
    DenseLayer first = autoencoder.decoder().first();
    put(folded, first, codes.aggregate().before(layer(folded, first)));
    DenseLayer last = autoencoder.encoder().last();
    put(folded, last, codes.aggregate().after(layer(folded, last)));
    GraphBuilder graph = new GraphBuilder("plain/");
    String values = values(graph, autoencoder, flow);
    OnnxModel plain =
        model(
            "decoder",
            latents(autoencoder),
            graph,
            new OnnxModel.Value(
                values,
                TensorProto.DataType.FLOAT_VALUE,
                rows(List.of((long) autoencoder.values()))),
            folded);
    Moments moments = Moments.of(plain, images, directions, seed, engine);
    return new DecoderGenerator(trained, folded, flow, moments, images);
  }

  /** Adds the nodes from latent vectors to pixels before they are spread. */
  private static String values(GraphBuilder graph, Autoencoder autoencoder, @Nullable Flow flow) {
    return autoencoder.decoded(graph, flow == null ? LATENT : flow.there(graph, LATENT));
  }

  private static Aggregate.Layer layer(Map<String, TensorProto> weights, DenseLayer layer) {
    return Aggregate.Layer.of(values(weights, layer.matrix()), values(weights, layer.bias()));
  }

  private static float[] values(Map<String, TensorProto> weights, String name) {
    return Tensors.values(Objects.requireNonNull(weights.get(name), name));
  }

  private static void put(
      Map<String, TensorProto> weights, DenseLayer layer, Aggregate.Layer changed) {
    String matrix = layer.matrix();
    String bias = layer.bias();
    weights.put(
        matrix, Tensors.floats(matrix, changed.matrixValues(), layer.in(), changed.bias().length));
    weights.put(bias, Tensors.floats(bias, changed.biasValues(), changed.bias().length));
  }

  /** d. */
  public int latentDimension() {
    return autoencoder.latent();
  }

  /**
   * How far images are moved away from their mean on the whole, so that their total variance is
   * that of the fitted ones. Beyond 1 they may leave the range of pixels.
   */
  public double spread() {
    return moments.spread();
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
    String values = values(graph, autoencoder, flow);
    reshape(graph, moments.apply(graph, values), rows(shape), "images");
    return model(
        name,
        latents(autoencoder),
        graph,
        new OnnxModel.Value("images", TensorProto.DataType.FLOAT_VALUE, rows(shape)),
        weights);
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
    String code = autoencoder.encoder().apply(graph, flat);
    OnnxModel.Value latents = latents(autoencoder);
    reshape(graph, flow == null ? code : flow.back(graph, code), latents.statedShape(), LATENT);
    return model(
        name,
        new OnnxModel.Value("images", TensorProto.DataType.FLOAT_VALUE, rows(shape)),
        graph,
        latents,
        weights);
  }

  private static OnnxModel.Value latents(Autoencoder autoencoder) {
    return new OnnxModel.Value(
        LATENT, TensorProto.DataType.FLOAT_VALUE, rows(List.of((long) autoencoder.latent())));
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

  private static OnnxModel model(
      String name,
      OnnxModel.Value input,
      GraphBuilder graph,
      OnnxModel.Value output,
      Map<String, TensorProto> weights) {
    Map<String, TensorProto> constants = new LinkedHashMap<>(weights);
    constants.putAll(graph.constants());
    return new OnnxModel(
            name, OnnxModel.OPSET, List.of(input), List.of(output), graph.nodes(), constants)
        .pruned();
  }

  /** What the files may say of their making, for people. */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    String behind = flow == null ? "" : " behind a flow";
    metadata.put("kind", "decoder of a variational autoencoder" + behind);
    metadata.put("images", Integer.toString(images));
    metadata.put("epochs", Integer.toString(trained.epochs().size()));
    TrainingState.Epoch last = trained.last();
    metadata.put("loss", number(last.fitted()));
    if (!Double.isNaN(last.heldOut())) {
      metadata.put("loss_held_out", number(last.heldOut()));
    }
    metadata.put("noise", number(noise));
    metadata.put("spread", number(moments.spread()));
    String flows = flow == null ? "" : " " + flow.field();
    metadata.put("networks", autoencoder.encoder() + " " + autoencoder.decoder() + flows);
    return metadata;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.9g", value);
  }
}
