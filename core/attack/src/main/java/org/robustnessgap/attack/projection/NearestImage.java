package org.robustnessgap.attack.projection;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;

/**
 * One search for argmin_z ‖g(z) − x‖ from one latent vector, in all of latent space or in a ball,
 * by the damped Gauss–Newton steps of Levenberg and Marquardt. Gradients are exact; the curvature
 * is kept for as long as it predicts what steps gain. Never ends farther from x than it starts.
 */
final class NearestImage {
  private static final double FIRST_DAMPING = 1e-3;
  private static final double LEAST_DAMPING = 1e-6;
  private static final double MOST_DAMPING = 1e6;

  private static final double PRECISION = 1e-6;

  /** What float32 does not tell from 0, relative to the norm of the image. */
  private static final double ROUNDING = 1e-6;

  private final float[] target;
  private final Cost cost;
  private final double precision;
  private final double radius;

  private float[] z;
  private float @Nullable [] image;
  private double residual = Double.POSITIVE_INFINITY;
  private float @Nullable [] gradient;
  private @Nullable Curvature curvature;
  private boolean curvatureIsHere;
  private int curvatures;
  private double damping = FIRST_DAMPING;
  private float[] next;
  private double promised;
  private boolean done;

  /**
   * @param target x, [m]
   * @param cost takes what the search spends
   */
  NearestImage(float[] target, Start start, Cost cost) {
    this(target, start, cost, PRECISION, Double.POSITIVE_INFINITY);
  }

  /**
   * @param precision a step that promises a smaller share of the squared residual is not worth its
   *     evaluation
   * @param radius of the ball around 0 that z is searched in, at least its length at the start
   */
  NearestImage(float[] target, Start start, Cost cost, double precision, double radius) {
    this.precision = precision;
    this.radius = radius;
    this.target = target;
    this.z = start.z();
    this.next = start.z();
    this.curvature = start.curvature();
    this.cost = cost;
  }

  /** z*. */
  float[] z() {
    return z;
  }

  /** Whether g is finite where the search begins; false until it is run. */
  boolean hasImage() {
    return image != null;
  }

  /** g(z*), if there is an image. */
  float[] image() {
    return Objects.requireNonNull(image, "there is no image");
  }

  /** ‖g(z*) − x‖; infinite if g is not finite where the search begins. */
  double residual() {
    return residual;
  }

  /** Where a search for a target nearby should begin. */
  Start end() {
    return new Start(z, curvature);
  }

  /** The same end of a search for its own image, than which none is nearer. */
  NearestImage ofItsImage() {
    NearestImage search = new NearestImage(image(), end(), cost, precision, radius);
    search.image = image;
    search.residual = 0;
    search.done = true;
    return search;
  }

  /**
   * Runs many searches together.
   *
   * @param steps of each at most
   * @param curvatures computed for each at most; one that knows none takes one in any case
   */
  static void run(
      DifferentiableMap generator, List<NearestImage> searches, int steps, int curvatures) {
    searches.forEach(search -> search.curvatures = curvatures);
    List<NearestImage> active = evaluated(generator, searches);
    for (int step = 0; step < steps && !active.isEmpty(); step++) {
      active.forEach(search -> search.plan(generator));
      active = evaluated(generator, open(active));
    }
  }

  private static List<NearestImage> open(List<NearestImage> searches) {
    return searches.stream().filter(search -> !search.done).toList();
  }

  /** Tries the next point of each search; returns those that are worth another step. */
  private static List<NearestImage> evaluated(
      DifferentiableMap generator, List<NearestImage> searches) {
    if (searches.isEmpty()) {
      return searches;
    }
    Rows images = generator.apply(rows(searches, search -> search.next));
    List<NearestImage> moved =
        IntStream.range(0, searches.size())
            .filter(i -> searches.get(i).moves(images.row(i)))
            .mapToObj(searches::get)
            .toList();
    if (!moved.isEmpty()) {
      Rows differences = rows(moved, search -> Vectors.sum(search.image(), search.target, -1));
      Rows gradients = generator.vjp(rows(moved, NearestImage::z), differences).gradients();
      for (int i = 0; i < moved.size(); i++) {
        moved.get(i).gradient = gradients.row(i);
        moved.get(i).cost.addGradients(1);
      }
    }
    return open(searches);
  }

  private static Rows rows(List<NearestImage> searches, Function<NearestImage, float[]> vector) {
    List<float[]> vectors = searches.stream().map(vector).toList();
    return Rows.of(vectors, vectors.get(0).length);
  }

  /** Goes to the next point if its image is nearer, and says whether a gradient is needed there. */
  private boolean moves(float[] reached) {
    cost.addForwards(1);
    double distance = Vectors.norm(Vectors.sum(reached, target, -1));
    if (image != null) {
      learn((residual * residual - distance * distance) / 2);
    }
    if (!(distance < residual)) {
      // Where the start has no image there is nowhere to go.
      done |= image == null;
      return false;
    }
    z = next;
    image = reached;
    residual = distance;
    curvatureIsHere = false;
    done |= residual <= ROUNDING * Vectors.norm(target);
    return !done;
  }

  /** By how much of what the last step promised came true. */
  private void learn(double gained) {
    double share = gained / promised;
    if (share > 0.75) {
      damping = Math.max(LEAST_DAMPING, damping / 5);
    } else if (!(share > 0.25)) {
      if (curvatureIsHere || curvatures <= 0) {
        damping *= 10;
      } else {
        curvature = null;
      }
    }
  }

  /** Where to look next. */
  private void plan(DifferentiableMap generator) {
    if (curvature == null) {
      curvature = Curvature.at(generator, z, image());
      curvatureIsHere = true;
      curvatures--;
      cost.addForwards(z.length);
    }
    float[] downhill = Vectors.scaled(Objects.requireNonNull(gradient), -1);
    float[] step = curvature.solveWithin(radius, z, downhill, damping);
    next = Vectors.sum(z, step, 1);
    promised = Vectors.dot(downhill, step) - curvature.along(step) / 2;
    done = !(promised > precision * residual * residual / 2) || damping > MOST_DAMPING;
  }
}
