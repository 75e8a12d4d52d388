package org.robustnessgap.attack.generator;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.attack.map.AttackCancelledException;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.OnnxMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.metric.ImageMetric;
import org.robustnessgap.attack.metric.Metric;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Tensors;

/** A generator, ready to make images and to be examined. Used by one thread at a time. */
public final class GeneratorModel implements AutoCloseable {
  private static final int METRICS = 2;

  private final OnnxModel model;
  private final OnnxMap map;

  /** The classifiers of a campaign are attacked on the same latent vectors one after the other. */
  private final Map<LatentBatch, Metric> metrics =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<LatentBatch, Metric> eldest) {
          return size() > METRICS;
        }
      };

  private GeneratorModel(OnnxModel model, OnnxMap map) {
    this.model = model;
    this.map = map;
  }

  /**
   * @throws InvalidInputException if the model does not take latent vectors [n, d] or cannot be
   *     differentiated
   */
  public static GeneratorModel open(OnnxModel model, Engine engine) {
    return new GeneratorModel(model, OnnxMap.open(model, engine));
  }

  /**
   * The identity: what takes images as latent vectors, row by row, and gives them as they are.
   *
   * @param name what messages call it
   * @param shape of one image
   */
  public static GeneratorModel ofImages(String name, List<Integer> shape, Engine engine) {
    int values = shape.stream().reduce(1, (a, b) -> a * b);
    List<Long> image = new ArrayList<>(List.of(-1L));
    shape.forEach(axis -> image.add(axis.longValue()));
    long[] target = image.stream().mapToLong(axis -> axis).toArray();
    TensorProto wanted = Tensors.longs("shape", target);
    NodeProto reshape =
        NodeProto.newBuilder()
            .setOpType("Reshape")
            .setName("images")
            .addInput("values")
            .addInput(wanted.getName())
            .addOutput("image")
            .build();
    int floats = TensorProto.DataType.FLOAT_VALUE;
    return open(
        new OnnxModel(
            name,
            OnnxModel.OPSET,
            List.of(new OnnxModel.Value("values", floats, List.of(-1L, (long) values))),
            List.of(new OnnxModel.Value("image", floats, image)),
            List.of(reshape),
            Map.of(wanted.getName(), wanted)),
        engine);
  }

  /** What it was opened from. */
  public OnnxModel model() {
    return model;
  }

  /** g, latent vectors to images. */
  public DifferentiableMap map() {
    return map;
  }

  /** Image distance as a metric of latent space; that of the last batches is kept. */
  public Metric metric(LatentBatch latents, Rows z, Rows images) {
    return metrics.computeIfAbsent(latents, batch -> ImageMetric.of(map, z, images));
  }

  /** The shape of one image. */
  public List<Long> image() {
    return map.rowShape();
  }

  /** d, the length of a latent vector. */
  public int latentDimension() {
    return map.inputSize();
  }

  /**
   * @throws InvalidInputException if the generator takes latent vectors of another length
   */
  public void requireLatentDimension(int dimension) {
    if (dimension != latentDimension()) {
      throw new InvalidInputException(
          String.format(
              "Generator %s takes latent vectors of length %d but was given %d; correct the campaign's latent dimension.",
              model.name(), latentDimension(), dimension));
    }
  }

  public Rows rows(LatentBatch latents) {
    requireLatentDimension(latents.dimension());
    return new Rows(latents.values(), latents.dimension());
  }

  /**
   * D_t(z) = max over ‖r‖ ≤ t of ‖g(z+r) − g(z)‖ for each latent vector and radius, by gradient
   * ascent. The paths of the ascent start from directions uniform on the sphere that depend on the
   * ordinal only; each second one starts opposite of the one before. Finds local maxima: a lower
   * estimate.
   *
   * @throws InvalidInputException if the latent vectors have another length than the generator
   *     takes, or an image is not finite
   * @throws AttackCancelledException if the thread is interrupted
   */
  public List<SmoothnessResult.Sample> displacements(LatentBatch latents, SmoothnessPlan plan) {
    Rows z = rows(latents);
    Rows images = map.apply(z);
    DisplacementAscent ascent =
        new DisplacementAscent(model.name(), map, z, images, plan.radii(), plan.steps());
    for (int path = 0; path < plan.restarts(); path += 2) {
      Rows directions = directions(latents.firstOrdinal(), z.count(), path);
      ascent.from(directions, path + 1 < plan.restarts());
    }
    List<SmoothnessResult.Sample> samples = new ArrayList<>();
    for (int i = 0; i < z.count(); i++) {
      samples.add(
          new SmoothnessResult.Sample(
              latents.firstOrdinal() + i,
              images.norm(i),
              Arrays.stream(ascent.reached(i)).boxed().toList()));
    }
    return samples;
  }

  /** Uniform directions, determined by ordinal and stream alone. */
  private Rows directions(long firstOrdinal, int count, int stream) {
    int d = latentDimension();
    float[] values = new float[count * d];
    for (int row = 0; row < count; row++) {
      SplittableRandom random =
          new SplittableRandom((firstOrdinal + row) * 0x9E3779B97F4A7C15L + stream);
      double[] gaussian = new double[d];
      double sum = 0;
      for (int i = 0; i < d; i++) {
        gaussian[i] = random.nextGaussian();
        sum += gaussian[i] * gaussian[i];
      }
      for (int i = 0; i < d; i++) {
        values[row * d + i] = (float) (gaussian[i] / Math.sqrt(sum));
      }
    }
    return new Rows(values, d);
  }

  @Override
  public void close() {
    map.close();
  }
}
