package org.robustnessgap.attack.generator;

import java.util.List;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Climbs to D_t(z) = max over ‖r‖ ≤ t of ‖g(z+r) − g(z)‖, many latent vectors at once. As ‖w‖ is
 * the largest ⟨v, w⟩ over unit vectors v, the ascent alternates: r ← t u/‖u‖ with u = J_g(z+r)ᵀ v,
 * the normalised gradient ascent on the sphere of Fawzi, Fawzi, Fawzi 2018 (supplement), and v ←
 * g(z+r) − g(z). One vector–Jacobian product both turns r and tells how far the r before had moved
 * the image.
 *
 * <p>A path begins at the smallest radius, where g is almost linear, and is followed from radius to
 * radius: the best direction turns slowly.
 */
final class DisplacementAscent {
  /** Products, as multiples of the steps at a radius, that turn any direction to a good one. */
  private static final int SETTLING = 12;

  private final String name;
  private final DifferentiableMap generator;
  private final Rows z;
  private final Rows images;
  private final List<Double> radii;
  private final int steps;

  /** D found so far, [latent vector][radius]. */
  private final double[][] best;

  /**
   * @param name of the generator, for messages
   * @param z [n, d]
   * @param images g(z), [n, m]
   * @param radii ascending
   * @param steps products at each radius of a path
   */
  DisplacementAscent(
      String name,
      DifferentiableMap generator,
      Rows z,
      Rows images,
      List<Double> radii,
      int steps) {
    this.name = name;
    this.generator = generator;
    this.z = z;
    this.images = images;
    this.radii = radii;
    this.steps = steps;
    this.best = new double[z.count()][radii.size()];
  }

  /**
   * @param directions r/‖r‖
   * @param displacements v; their lengths do not matter
   */
  private record AscentPoint(Rows directions, Rows displacements) {
    AscentPoint opposite() {
      return new AscentPoint(negative(directions), negative(displacements));
    }

    private static Rows negative(Rows rows) {
      float[] values = rows.values().clone();
      for (int i = 0; i < values.length; i++) {
        values[i] = -values[i];
      }
      return new Rows(values, rows.width());
    }
  }

  /**
   * Follows two paths from these directions: r and −r move the image almost alike at a small radius
   * and not at all alike at a large one.
   *
   * @param directions unit vectors, [n, d]
   * @param both whether to follow the second
   */
  void from(Rows directions, boolean both) {
    Rows moved = generator.apply(moved(directions, radii.get(0)));
    AscentPoint start = new AscentPoint(directions, displacements(moved));
    for (int step = 0; step < SETTLING * steps; step++) {
      start = climb(start, 0);
    }
    follow(start);
    if (both) {
      follow(start.opposite());
    }
  }

  private void follow(AscentPoint start) {
    AscentPoint place = start;
    for (int radius = 0; radius < radii.size(); radius++) {
      for (int step = 0; step < steps; step++) {
        place = climb(place, radius);
      }
    }
  }

  private AscentPoint climb(AscentPoint from, int radius) {
    DifferentiableMap.Product product =
        generator.vjp(moved(from.directions, radii.get(radius)), from.displacements);
    Rows displacements = displacements(product.values());
    float[] directions = from.directions.values().clone();
    int d = z.width();
    for (int row = 0; row < z.count(); row++) {
      double displacement = displacements.norm(row);
      if (!Double.isFinite(displacement)) {
        throw new InvalidInputException(
            "Generator "
                + name
                + " makes images that are not finite near a latent vector; check its weights.");
      }
      best[row][radius] = Math.max(best[row][radius], displacement);
      double norm = product.gradients().norm(row);
      // Where the generator is flat the direction stays.
      for (int i = row * d; norm > 0 && i < (row + 1) * d; i++) {
        directions[i] = (float) (product.gradients().values()[i] / norm);
      }
    }
    return new AscentPoint(new Rows(directions, d), displacements);
  }

  /** z + t · direction. */
  private Rows moved(Rows directions, double t) {
    float[] points = new float[directions.values().length];
    for (int i = 0; i < points.length; i++) {
      points[i] = (float) (z.values()[i] + t * directions.values()[i]);
    }
    return new Rows(points, z.width());
  }

  private Rows displacements(Rows moved) {
    float[] difference = moved.values().clone();
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= images.values()[i];
    }
    return new Rows(difference, moved.width());
  }

  /**
   * D of one latent vector at each radius: what a smaller radius reaches, a larger one does too.
   */
  double[] reached(int row) {
    double[] reached = best[row].clone();
    for (int i = 1; i < reached.length; i++) {
      reached[i] = Math.max(reached[i], reached[i - 1]);
    }
    return reached;
  }
}
