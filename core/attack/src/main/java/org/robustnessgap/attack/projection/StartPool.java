package org.robustnessgap.attack.projection;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;

/** Latent vectors drawn from N(0, I) once, and their images: where to look for an unknown z. */
final class StartPool {
  private static final int MOST = 1024;

  /** Values of all images; 64 MiB. */
  private static final int LARGEST = 1 << 24;

  private final Rows latents;
  private final Rows images;

  /** Of the images. */
  private final float[] mean;

  StartPool(DifferentiableMap generator, long seed) {
    int count = Math.max(1, Math.min(MOST, LARGEST / generator.outputSize()));
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * generator.inputSize()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    this.latents = new Rows(values, generator.inputSize());
    this.images = generator.apply(latents);
    this.mean = mean(images);
  }

  private static float[] mean(Rows images) {
    double[] sum = new double[images.width()];
    for (int i = 0; i < images.values().length; i++) {
      sum[i % sum.length] += images.values()[i];
    }
    float[] mean = new float[sum.length];
    for (int k = 0; k < mean.length; k++) {
      mean[k] = (float) (sum[k] / images.count());
    }
    return mean;
  }

  /** The first images, at most so many. */
  Rows images(int most) {
    return images.slice(0, Math.min(most, images.count()));
  }

  /**
   * A distance from an image, divided by that of the mean of all images from it.
   *
   * @param none what it is where the image is the mean and the distance is not 0
   */
  double share(float[] image, double distance, double none) {
    double scale = Vectors.norm(Vectors.sum(mean, image, -1));
    if (distance == 0) {
      return 0;
    }
    return scale == 0 ? none : distance / scale;
  }

  /** Those whose images are nearest, the nearest first. */
  List<float[]> nearest(float[] image, int most) {
    double[] distances = new double[images.count()];
    Arrays.setAll(distances, i -> Vectors.norm(Vectors.sum(images.row(i), image, -1)));
    return IntStream.range(0, distances.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> distances[i]))
        .limit(most)
        .map(latents::row)
        .toList();
  }
}
