package org.robustnessgap.worker.attack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.worker.engine.Engine;
import org.robustnessgap.worker.onnx.OnnxModel;

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

  OnnxModel model() {
    return model;
  }

  DifferentiableMap map() {
    return map;
  }

  /** Image distance as a metric of latent space; that of the last batches is kept. */
  Metric metric(LatentBatch latents, Rows z, Rows images) {
    return metrics.computeIfAbsent(latents, batch -> ImageMetric.of(map, z, images));
  }

  /** d, the length of a latent vector. */
  public int latentDimension() {
    return map.inputSize();
  }

  Rows rows(LatentBatch latents) {
    if (latents.dimension() != latentDimension()) {
      throw new InvalidInputException(
          String.format(
              "Generator %s takes latent vectors of length %d but was given %d; correct the campaign's latent dimension.",
              model.name(), latentDimension(), latents.dimension()));
    }
    return new Rows(latents.values(), latents.dimension());
  }

  /**
   * D_t(z) = max over ‖r‖ ≤ t of ‖g(z+r) − g(z)‖ for each latent vector and radius, by normalised
   * gradient ascent on the sphere: r ← t u/‖u‖, u = J_g(z+r)ᵀ (g(z+r) − g(z)) (supplement of Fawzi,
   * Fawzi, Fawzi 2018). The first start at each radius continues from the best direction of the
   * radius before, the others are uniform on the sphere and depend on the ordinal only. Finds a
   * local maximum: a lower estimate.
   *
   * @throws InvalidInputException if the latent vectors have another length than the generator
   *     takes, or an image is not finite
   * @throws AttackCancelledException if the thread is interrupted
   */
  public List<SmoothnessResult.Sample> displacements(LatentBatch latents, SmoothnessPlan plan) {
    Rows z = rows(latents);
    Rows images = map.apply(z);
    int count = z.count();
    double[][] displacements = new double[count][plan.radii().size()];
    Rows best = directions(latents.firstOrdinal(), count, 0);
    for (int radius = 0; radius < plan.radii().size(); radius++) {
      double t = plan.radii().get(radius);
      double[] reached = new double[count];
      Arrays.fill(reached, -1);
      Rows warm = best;
      for (int restart = 0; restart < plan.restarts(); restart++) {
        // Beside the warm start, restart k of every radius has directions of its own.
        Rows from =
            restart == 0
                ? warm
                : directions(latents.firstOrdinal(), count, 1 + radius * plan.restarts() + restart);
        best = ascend(z, images, t, from, plan.steps(), reached, best);
      }
      for (int i = 0; i < count; i++) {
        double before = radius == 0 ? 0 : displacements[i][radius - 1];
        displacements[i][radius] = Math.max(before, reached[i]);
      }
    }
    List<SmoothnessResult.Sample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      samples.add(
          new SmoothnessResult.Sample(
              latents.firstOrdinal() + i,
              images.norm(i),
              Arrays.stream(displacements[i]).boxed().toList()));
    }
    return samples;
  }

  /** Ascends from unit directions; raises {@code reached} and returns the best directions seen. */
  private Rows ascend(
      Rows z, Rows images, double t, Rows from, int steps, double[] reached, Rows bestSoFar) {
    int d = z.width();
    float[] best = bestSoFar.values().clone();
    float[] direction = from.values().clone();
    for (int step = 0; step <= steps; step++) {
      float[] points = new float[direction.length];
      for (int i = 0; i < points.length; i++) {
        points[i] = (float) (z.values()[i] + t * direction[i]);
      }
      Rows at = new Rows(points, d);
      Rows moved = map.apply(at);
      float[] difference = new float[moved.values().length];
      for (int i = 0; i < difference.length; i++) {
        difference[i] = moved.values()[i] - images.values()[i];
      }
      for (int row = 0; row < z.count(); row++) {
        double displacement = moved.distance(row, images, row);
        if (!Double.isFinite(displacement)) {
          throw new InvalidInputException(
              "Generator "
                  + model.name()
                  + " makes images that are not finite near a latent vector; check its weights.");
        }
        if (displacement > reached[row]) {
          reached[row] = displacement;
          System.arraycopy(direction, row * d, best, row * d, d);
        }
      }
      if (step < steps) {
        Rows gradients = map.vjp(at, new Rows(difference, moved.width())).gradients();
        for (int row = 0; row < z.count(); row++) {
          double norm = gradients.norm(row);
          // Where the generator is flat the direction stays.
          for (int i = row * d; norm > 0 && i < (row + 1) * d; i++) {
            direction[i] = (float) (gradients.values()[i] / norm);
          }
        }
      }
    }
    return new Rows(best, d);
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
