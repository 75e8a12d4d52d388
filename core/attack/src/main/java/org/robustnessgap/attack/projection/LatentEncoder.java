package org.robustnessgap.attack.projection;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.OnnxModel;

/** A model that says about where a generator makes an image: [n, image] to [n, d]. */
final class LatentEncoder implements AutoCloseable {
  /** Images that are encoded at once. */
  private static final int BATCH = 64;

  private final OnnxModel model;
  private final GeneratorModel generator;
  private final Executable executable;
  private final long[] image;

  private LatentEncoder(OnnxModel model, GeneratorModel generator, Executable executable) {
    this.model = model;
    this.generator = generator;
    this.executable = executable;
    this.image = model.input().statedShape().stream().mapToLong(Long::longValue).toArray();
  }

  /**
   * @throws InvalidInputException if it takes other images than the generator makes, or does not
   *     answer with one latent vector of the generator for each
   */
  static LatentEncoder open(OnnxModel model, GeneratorModel generator, Engine engine) {
    List<Long> image = model.input().statedShape();
    long values = image.stream().skip(1).reduce(1L, (a, b) -> a * b);
    if (values != generator.map().outputSize()) {
      throw new InvalidInputException(
          String.format(
              "Encoder %s takes images of shape %s, but generator %s makes images of shape %s; name the encoder that was fitted with it, or leave the encoder out (--encoder none).",
              model.name(),
              image.subList(1, image.size()),
              generator.model().name(),
              generator.image()));
    }
    LatentEncoder encoder = new LatentEncoder(model, generator, engine.load(model));
    try {
      encoder.latents(Rows.zeros(1, (int) values));
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
    return encoder;
  }

  /**
   * A latent vector for each image, of which nothing is known but its length.
   *
   * @param images [n, m]
   * @return [n, d]
   */
  Rows latents(Rows images) {
    int d = generator.latentDimension();
    float[] latents = new float[images.count() * d];
    for (int from = 0; from < images.count(); from += BATCH) {
      Rows some = images.slice(from, Math.min(from + BATCH, images.count()));
      long[] shape = image.clone();
      shape[0] = some.count();
      Tensor answer = executable.run(new Tensor(some.values(), shape)).get(0);
      if (answer.values().length != some.count() * d || answer.shape()[0] != some.count()) {
        throw new InvalidInputException(
            String.format(
                "Encoder %s answers %d images with numbers of shape %s, but generator %s takes latent vectors of length %d; name the encoder that was fitted with it, or leave the encoder out (--encoder none).",
                model.name(),
                some.count(),
                Arrays.toString(answer.shape()),
                generator.model().name(),
                d));
      }
      System.arraycopy(answer.values(), 0, latents, from * d, answer.values().length);
    }
    return new Rows(latents, d);
  }

  /** What messages call it. */
  String name() {
    return model.name();
  }

  @Override
  public void close() {
    executable.close();
  }
}
