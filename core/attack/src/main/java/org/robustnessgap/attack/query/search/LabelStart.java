package org.robustnessgap.attack.query.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.robustnessgap.attack.map.Neighbours;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.search.SearchProblem;

/**
 * Where a search by labels starts: at the nearest sample of the batch that has another label, or,
 * where there is none, at random perturbations that change the label.
 */
final class LabelStart {
  private static final int ROUNDS = 6;
  private static final int TRIES = 4;

  /** Length of the first random perturbations, relative to the sample; doubled in each round. */
  private static final double FIRST = 0.25;

  private final Questions questions;
  private final SearchProblem problem;
  private final ProbeBasis basis;
  private final BandPower power;

  LabelStart(Questions questions, ProbeBasis basis, BandPower power) {
    this.questions = questions;
    this.problem = questions.problem();
    this.basis = basis;
    this.power = power;
  }

  /**
   * @param samples whose labels are known
   * @return of those for which something was found a perturbation, in the same order
   */
  Map<Integer, float[]> ways(List<Integer> samples) {
    Rows all = problem.samples();
    int[] labels = new int[all.count()];
    Arrays.fill(labels, -1);
    samples.forEach(sample -> labels[sample] = problem.label(sample));
    Neighbours neighbours = new Neighbours(all, labels);
    Map<Integer, float[]> near = new LinkedHashMap<>();
    List<Integer> lonely = new ArrayList<>();
    for (int sample : samples) {
      OptionalInt other = neighbours.nearestOtherwiseLabelled(sample);
      if (other.isPresent()) {
        float[] way = Vectors.sum(all.row(other.getAsInt()), all.row(sample), -1);
        near.put(sample, problem.metric().allowed(sample, way));
      } else {
        lonely.add(sample);
      }
    }
    near.putAll(atRandom(lonely));
    Map<Integer, float[]> ways = new LinkedHashMap<>();
    for (int sample : samples) {
      float[] way = near.get(sample);
      if (way != null) {
        ways.put(sample, way);
      }
    }
    return ways;
  }

  private Map<Integer, float[]> atRandom(List<Integer> samples) {
    Map<Integer, SplittableRandom> randoms = new LinkedHashMap<>();
    samples.forEach(sample -> randoms.put(sample, questions.random(sample).split()));
    Map<Integer, float[]> found = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      List<float[]> points = new ArrayList<>();
      List<Integer> asked = new ArrayList<>();
      for (int sample : samples) {
        int tries = found.containsKey(sample) ? 0 : Math.min(TRIES, questions.left(sample) / TRIES);
        double norm = problem.samples().norm(sample);
        norm = FIRST * Math.pow(2, round) * (norm > 0 ? norm : 1);
        for (int i = 0; i < tries; i++) {
          float[] way = random(Objects.requireNonNull(randoms.get(sample)));
          way = Vectors.scaled(way, norm / Vectors.norm(way));
          points.add(problem.metric().allowed(sample, way));
          asked.add(sample);
        }
      }
      boolean[] changed =
          questions.changed(points, asked.stream().mapToInt(Integer::intValue).toArray());
      for (int i = 0; i < changed.length; i++) {
        if (changed[i]) {
          found.putIfAbsent(asked.get(i), points.get(i));
        }
      }
    }
    return found;
  }

  private float[] random(SplittableRandom random) {
    double[] coefficients = new double[basis.size()];
    for (int i = 0; i < coefficients.length; i++) {
      coefficients[i] = Probe.gaussian(random) * Math.sqrt(power.of(i));
    }
    return basis.combined(coefficients);
  }
}
