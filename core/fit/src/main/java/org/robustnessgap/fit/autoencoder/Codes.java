package org.robustnessgap.fit.autoencoder;

import java.util.SplittableRandom;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.fit.flow.Vectors;
import org.robustnessgap.fit.training.StoredImages;

/**
 * What a trained encoder says of images: a normal distribution of latent vectors for each. Draws of
 * them are brought to mean 0 and covariance I over all fitted images. Immutable.
 */
public final class Codes implements Vectors {
  /** Images that are encoded at once. */
  private static final int BATCH = 256;

  private final int latent;

  /** μ, [count, d]. */
  private final float[] means;

  /** exp(v/2), [count, d]. */
  private final float[] deviations;

  private final Aggregate aggregate;

  /** L⁻¹, row-major. */
  private final double[] inverse;

  private Codes(int latent, float[] means, float[] deviations, Aggregate aggregate) {
    this.latent = latent;
    this.means = means;
    this.deviations = deviations;
    this.aggregate = aggregate;
    this.inverse = new double[latent * latent];
    double[][] rows = aggregate.inverse().getData();
    for (int i = 0; i < latent; i++) {
      System.arraycopy(rows[i], 0, inverse, i * latent, latent);
    }
  }

  /**
   * Of the images that the encoder was trained with; goes over all.
   *
   * @param engine runs the encoder
   */
  public static Codes of(Trained trained, StoredImages images, Engine engine) {
    float[][] found = encoded(trained, images, engine);
    int latent = trained.autoencoder().latent();
    return new Codes(latent, found[0], found[1], Aggregate.of(found[0], found[1], latent));
  }

  /** Of other images, by the mean and covariance of these. */
  public Codes ofOthers(Trained trained, StoredImages images, Engine engine) {
    float[][] found = encoded(trained, images, engine);
    return new Codes(latent, found[0], found[1], aggregate);
  }

  private static float[][] encoded(Trained trained, StoredImages images, Engine engine) {
    int d = trained.autoencoder().latent();
    float[] means = new float[Math.multiplyExact(images.count(), d)];
    float[] deviations = new float[means.length];
    try (Executable codes = engine.load(trained.autoencoder().codes(trained.weights()))) {
      for (int from = 0; from < images.count(); from += BATCH) {
        int count = Math.min(BATCH, images.count() - from);
        Tensor rows = new Tensor(images.rows(from, count), new long[] {count, images.size()});
        float[] found = codes.run(rows).get(0).values();
        for (int n = 0; n < count; n++) {
          System.arraycopy(found, 2 * n * d, means, (from + n) * d, d);
          for (int k = 0; k < d; k++) {
            double logVariance = Autoencoder.cut(found[(2 * n + 1) * d + k]);
            deviations[(from + n) * d + k] = (float) StrictMath.exp(logVariance / 2);
          }
        }
      }
    }
    return new float[][] {means, deviations};
  }

  Aggregate aggregate() {
    return aggregate;
  }

  @Override
  public int count() {
    return means.length / latent;
  }

  @Override
  public int dimension() {
    return latent;
  }

  @Override
  public void draw(int index, SplittableRandom random, float[] into) {
    double[] centred = new double[latent];
    for (int k = 0; k < latent; k++) {
      int at = index * latent + k;
      centred[k] = means[at] + deviations[at] * random.nextGaussian() - aggregate.mean()[k];
    }
    for (int i = 0; i < latent; i++) {
      double sum = 0;
      for (int j = 0; j <= i; j++) {
        sum += inverse[i * latent + j] * centred[j];
      }
      into[i] = (float) sum;
    }
  }
}
