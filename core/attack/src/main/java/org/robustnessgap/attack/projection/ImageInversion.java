package org.robustnessgap.attack.projection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * Brings images x back to latent vectors of a generator: argmin ‖g(z) − x‖ over all z that are no
 * {@link #longest(int) longer} than vectors drawn from N(0, I). There g(z) is an image that the
 * generator does make, and all but one of a thousand of those come back to where they are from.
 * Without that bound the nearest image of data is often that of a z many times as long, which no
 * drawn vector is near; a prior within the ball would need a scale of errors to be weighed against,
 * and would move images that the generator makes exactly. Of the local minima that damped
 * Gauss–Newton steps reach, the nearest counts: from where an encoder says, or else from 0, and
 * from those of drawn vectors whose images are nearest. Used by one thread at a time.
 */
public final class ImageInversion implements AutoCloseable {
  /** The starts are the same whatever the campaign: a job has no seed. */
  private static final long SEED = 0;

  private static final int DRAWN = 4;
  private static final int DRAWN_BESIDE_ENCODER = 1;
  private static final int STEPS = 60;

  /** Of the squared residual; so exact that what a linear generator leaves open is rounding. */
  private static final double PRECISION = 1e-9;

  /** Images of the generator itself on which an encoder must prove itself. */
  private static final int PROVED = 64;

  /** Share of N(0, I) that is longer than what counts as drawn from it. */
  private static final double LONGER = 1e-3;

  /** Leaves room for rounding. */
  private static final double INSIDE = 1 - 1e-6;

  /** Batches whose vectors are kept: classifiers are judged on the same ones in turn. */
  private static final int KEPT = 2;

  private final GeneratorModel generator;
  private final StartPool pool;
  private final @Nullable LatentEncoder encoder;
  private final double longest;

  private final Map<LatentBatch, List<InvertedImage>> known =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<LatentBatch, List<InvertedImage>> eldest) {
          return size() > KEPT;
        }
      };

  private ImageInversion(
      GeneratorModel generator, StartPool pool, @Nullable LatentEncoder encoder) {
    this.generator = generator;
    this.pool = pool;
    this.encoder = encoder;
    this.longest = longest(generator.latentDimension());
  }

  /**
   * @param generator stays its owner's to close
   * @param encoder from its images to latent vectors, about; null for none
   * @throws InvalidInputException if encoder and generator do not belong together: by their shapes,
   *     or because generated images come back farther than their mean is
   */
  public static ImageInversion open(
      GeneratorModel generator, @Nullable OnnxModel encoder, Engine engine) {
    StartPool pool = new StartPool(generator.map(), SEED);
    if (encoder == null) {
      return new ImageInversion(generator, pool, null);
    }
    LatentEncoder opened = LatentEncoder.open(encoder, generator, engine);
    try {
      requireOf(generator, pool, opened);
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
    return new ImageInversion(generator, pool, opened);
  }

  private static void requireOf(GeneratorModel generator, StartPool pool, LatentEncoder encoder) {
    Rows images = pool.images(PROVED);
    Rows again = generator.map().apply(encoder.latents(images));
    double[] shares = new double[images.count()];
    Arrays.setAll(shares, i -> pool.share(images.row(i), again.distance(i, images, i), Double.NaN));
    long better = Arrays.stream(shares).filter(share -> share < 1).count();
    if (2 * better <= shares.length) {
      throw new InvalidInputException(
          String.format(
              "Encoder %s brings %d of %d images that generator %s made back to latent vectors whose images are farther from them than their mean is, so it is of another generator, damaged, or trained too little; name the encoder that was fitted with it, fit with more --epochs, or leave the encoder out (--encoder none).",
              encoder.name(), shares.length - better, shares.length, generator.model().name()));
    }
  }

  /** Whose latent vectors they are. */
  public GeneratorModel generator() {
    return generator;
  }

  /** The length that one of a thousand vectors drawn from N(0, I_d) exceeds. */
  public static double longest(int d) {
    return latentNorm(d, 1 - LONGER);
  }

  /** The quantile p of ‖z‖ for z ~ N(0, I_d). */
  public static double latentNorm(int d, double p) {
    return Math.sqrt(new ChiSquaredDistribution(d).inverseCumulativeProbability(p));
  }

  /**
   * The latent vector of each image.
   *
   * @param images of the generator's shape, as samples
   * @throws InvalidInputException if they have another number of values
   */
  public List<InvertedImage> of(LatentBatch images) {
    if (images.dimension() != generator.map().outputSize()) {
      throw new InvalidInputException(
          String.format(
              "The images have %d values, but those of generator %s have shape %s; name a generator of such images.",
              images.dimension(), generator.model().name(), generator.image()));
    }
    return known.computeIfAbsent(
        images, batch -> searched(new Rows(batch.values(), batch.dimension())));
  }

  private List<InvertedImage> searched(Rows images) {
    Rows encoded = encoder == null ? null : encoder.latents(images);
    List<List<NearestImage>> searches = new ArrayList<>();
    for (int i = 0; i < images.count(); i++) {
      float[] target = images.row(i);
      searches.add(
          starts(target, encoded == null ? null : encoded.row(i)).stream()
              .map(
                  start ->
                      new NearestImage(
                          target, new Start(start, null), new Cost(), PRECISION, longest))
              .toList());
    }
    NearestImage.run(
        generator.map(), searches.stream().flatMap(List::stream).toList(), STEPS, STEPS);
    List<InvertedImage> inverted = new ArrayList<>();
    for (int i = 0; i < images.count(); i++) {
      inverted.add(nearest(images.row(i), searches.get(i)));
    }
    return inverted;
  }

  private List<float[]> starts(float[] image, float @Nullable [] encoded) {
    List<float[]> starts = new ArrayList<>();
    if (encoded != null) {
      starts.add(within(encoded));
    } else {
      starts.add(new float[generator.latentDimension()]);
    }
    pool.nearest(image, encoded == null ? DRAWN : DRAWN_BESIDE_ENCODER)
        .forEach(drawn -> starts.add(within(drawn)));
    return starts;
  }

  private float[] within(float[] z) {
    double length = Vectors.norm(z);
    return length > longest ? Vectors.scaled(z, INSIDE * longest / length) : z;
  }

  private InvertedImage nearest(float[] image, List<NearestImage> searches) {
    NearestImage nearest =
        searches.stream().min(Comparator.comparingDouble(NearestImage::residual)).orElseThrow();
    if (!nearest.hasImage()) {
      throw new InvalidInputException(
          "Generator "
              + generator.model().name()
              + " makes no image whose pixels are finite numbers near any of the latent vectors tried; check its weights.");
    }
    double error = Vectors.norm(Vectors.sum(nearest.image(), image, -1));
    return new InvertedImage(nearest.z(), nearest.image(), error, pool.share(image, error, 1));
  }

  @Override
  public void close() {
    if (encoder != null) {
      encoder.close();
    }
  }
}
