package org.robustnessgap.attack.query.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.apache.commons.math3.special.Erf;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.metric.Metric;

/**
 * Learns from labels how large the coefficients of normals are in each band. From a point a little
 * beyond the boundary a random step within a band leads back the more often, the larger they are;
 * how far beyond, is found by random steps in the whole space, whose share of the normal is known
 * to be about 1 / √d. What is known of each is a distribution over a grid of sizes.
 */
final class Sounding {
  /** How many standard deviations of a step lie between the point and the boundary. */
  private static final double THRESHOLD = 1.2;

  private static final int ROUND = 8;
  private static final int WHITE_ROUNDS = 2;

  private final Questions questions;
  private final Metric metric;
  private final ProbeBasis basis;
  private final BandPower power;
  private final double reach;
  private final Size[] bands;

  /** A positive number that is known by its logarithm, up to a factor that is given. */
  private static final class Size {
    private static final int STEPS = 41;
    private static final double WIDEST = 3.5;
    private final double[] weights = new double[STEPS];

    Size(double centre, double deviation) {
      for (int k = 0; k < STEPS; k++) {
        double off = (logarithm(k) - centre) / deviation;
        weights[k] = Math.exp(-off * off / 2);
      }
    }

    private static double logarithm(int k) {
      return WIDEST * (2.0 * k / (STEPS - 1) - 1);
    }

    /** The mean of the p-th power, to the power of 1/p. */
    double mean(int p) {
      double sum = 0;
      double all = 0;
      for (int k = 0; k < STEPS; k++) {
        sum += weights[k] * Math.exp(p * logarithm(k));
        all += weights[k];
      }
      return Math.pow(sum / all, 1.0 / p);
    }

    double median() {
      double sum = 0;
      double all = 0;
      for (int k = 0; k < STEPS; k++) {
        sum += weights[k] * logarithm(k);
        all += weights[k];
      }
      return Math.exp(sum / all);
    }

    double deviation() {
      double m = Math.log(median());
      double sum = 0;
      double all = 0;
      for (int k = 0; k < STEPS; k++) {
        sum += weights[k] * (logarithm(k) - m) * (logarithm(k) - m);
        all += weights[k];
      }
      return Math.sqrt(sum / all);
    }

    /**
     * Whether a normally distributed number exceeded a threshold.
     *
     * @param ratio threshold over deviation is this times, or by, the size
     */
    void learn(double ratio, boolean by, boolean exceeded) {
      double largest = 0;
      for (int k = 0; k < STEPS; k++) {
        double at = by ? ratio / Math.exp(logarithm(k)) : ratio * Math.exp(logarithm(k));
        double p = 0.5 * Erf.erfc(at / Math.sqrt(2));
        weights[k] *= 0.02 + 0.96 * (exceeded ? p : 1 - p);
        largest = Math.max(largest, weights[k]);
      }
      for (int k = 0; k < STEPS; k++) {
        weights[k] /= largest;
      }
    }
  }

  Sounding(Questions questions, ProbeBasis basis, BandPower power, double reach) {
    this.questions = questions;
    this.metric = questions.problem().metric();
    this.basis = basis;
    this.power = power;
    this.reach = reach;
    this.bands = new Size[basis.bands()];
    double d = basis.size();
    for (int i = 0; i < basis.size(); i++) {
      int band = basis.band(i);
      if (bands[band] == null) {
        double usual = (0.5 / d + 0.5 * power.of(i)) * d;
        bands[band] = new Size(0.5 * Math.log(usual), 1);
      }
    }
  }

  void run(List<LabelState> states, int count) {
    // How much of the normal lies along the best, in units of 1 / √d.
    Map<LabelState, Size> along = new LinkedHashMap<>();
    states.forEach(state -> along.put(state, new Size(1.5, 1.5)));
    int rounds = count / ROUND;
    for (int round = 0; round < rounds; round++) {
      List<float[]> points = new ArrayList<>();
      List<LabelState> asked = new ArrayList<>();
      List<Integer> sounded = new ArrayList<>();
      List<Double> shifts = new ArrayList<>();
      double[] chances = chances();
      for (LabelState state : states) {
        for (int i = 0; i < Math.min(ROUND, questions.left(state.sample)); i++) {
          int band = round < WHITE_ROUNDS ? -1 : drawn(chances, state.random);
          double size = band < 0 ? 1 : bands[band].median();
          double shift =
              THRESHOLD * reach * size / Objects.requireNonNull(along.get(state)).median();
          shift = Math.min(shift, 0.5);
          float[] step = basis.combined(step(band, state.random));
          double norm = Vectors.norm(state.best);
          points.add(
              metric.allowed(
                  state.sample,
                  Vectors.sum(
                      Vectors.scaled(state.best, 1 + shift),
                      step,
                      reach * norm / Vectors.norm(step))));
          asked.add(state);
          sounded.add(band);
          shifts.add(shift);
        }
      }
      boolean[] changed =
          questions.changed(points, asked.stream().mapToInt(state -> state.sample).toArray());
      for (int i = 0; i < changed.length; i++) {
        Size own = Objects.requireNonNull(along.get(asked.get(i)));
        int band = sounded.get(i);
        double size = band < 0 ? 1 : bands[band].median();
        double before = own.median();
        own.learn(shifts.get(i) / reach / size, false, !changed[i]);
        if (band >= 0) {
          bands[band].learn(shifts.get(i) / reach * before, true, !changed[i]);
        }
      }
    }
    power.relearn(
        (squares, told) -> {
          for (int band = 0; band < bands.length; band++) {
            squares[band] = 1e6 * Math.pow(bands[band].mean(2), 2);
            told[band] = 1e6;
          }
        });
  }

  /** Each band by its share of the normal and by how little is known of it. */
  private double[] chances() {
    double[] chances = new double[bands.length];
    for (int i = 0; i < basis.size(); i++) {
      chances[basis.band(i)]++;
    }
    for (int band = 0; band < bands.length; band++) {
      chances[band] *= Math.pow(bands[band].mean(2) * bands[band].deviation(), 2);
    }
    double all = Arrays.stream(chances).sum();
    return Arrays.stream(chances).map(chance -> 0.9 * chance / all + 0.1 / bands.length).toArray();
  }

  private static int drawn(double[] chances, SplittableRandom random) {
    double at = random.nextDouble();
    int band = 0;
    while (band < chances.length - 1 && at > chances[band]) {
      at -= chances[band++];
    }
    return band;
  }

  private double[] step(int band, SplittableRandom random) {
    double[] step = new double[basis.size()];
    for (int i = 0; i < step.length; i++) {
      if (band < 0 || basis.band(i) == band) {
        step[i] = random.nextBoolean() ? 1 : -1;
      }
    }
    return step;
  }
}
