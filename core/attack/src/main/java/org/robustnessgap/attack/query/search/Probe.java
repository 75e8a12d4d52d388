package org.robustnessgap.attack.query.search;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.robustnessgap.attack.map.Vectors;

/**
 * A question about which side of the boundary a point is on: the best of a sample, moved by a
 * combination of vectors of the basis and, so that either answer is about as likely, along the
 * normal.
 *
 * @param indices of the vectors
 * @param combination of them, relative to the length of the best
 * @param along the normal, likewise
 * @param point the perturbation
 */
record Probe(LabelState state, int[] indices, double[] combination, double along, float[] point) {
  /** Along one vector. */
  static Probe along(LabelState state, ProbeBasis basis, int index, double reach) {
    double signed = state.random.nextBoolean() ? reach : -reach;
    double norm = Vectors.norm(state.best);
    double along =
        state.known > 0
            ? -(signed * state.mean[index] + state.offset) / Math.max(state.known, 1e-3)
            : 0;
    float[] point = Vectors.sum(state.best, state.normal, along * norm);
    basis.add(point, index, signed * norm);
    return new Probe(state, new int[] {index}, new double[] {signed}, along, point);
  }

  /** Along a random direction, half of it by the power of the bands, half white. */
  static Probe random(LabelState state, BandPower power, ProbeBasis basis, double reach) {
    int d = basis.size();
    double[] combination = new double[d];
    double squared = 0;
    double expected = state.offset;
    for (int i = 0; i < d; i++) {
      double spread = Math.sqrt(0.5 / d + 0.5 * power.of(i));
      combination[i] = state.random.nextBoolean() ? spread : -spread;
      squared += combination[i] * combination[i];
    }
    double scale = reach / Math.sqrt(squared);
    for (int i = 0; i < d; i++) {
      combination[i] *= scale;
      expected += combination[i] * state.mean[i];
    }
    double along = state.known > 0.05 ? -expected / state.known : 0;
    double norm = Vectors.norm(state.best);
    float[] point = Vectors.sum(state.best, basis.combined(combination), norm);
    point = Vectors.sum(point, state.normal, along * norm);
    return new Probe(state, IntStream.range(0, d).toArray(), combination, along, point);
  }

  static double gaussian(SplittableRandom random) {
    double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
    return radius * Math.cos(2 * Math.PI * random.nextDouble());
  }
}
