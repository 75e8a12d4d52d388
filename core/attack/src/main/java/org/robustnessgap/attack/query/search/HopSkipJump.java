package org.robustnessgap.attack.query.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;

/**
 * HopSkipJump by the ℓ2 norm (Chen, Jordan, Wainwright 2020), as published but for where it starts:
 * bisection to the boundary, the normal there from the labels around it, a step along it that is
 * halved until the label stays changed, and so on. Every sample goes its way until its queries are
 * spent.
 */
public final class HopSkipJump {
  /** Directions of the first estimate; of the t-th √t times as many. */
  private static final int DIRECTIONS = 100;

  private static final int MOST_HALVINGS = 30;

  private final Questions questions;
  private final SearchProblem problem;
  private final int width;
  private final double tolerance;

  private HopSkipJump(SearchProblem problem, int queries) {
    this.questions = new Questions(problem, queries);
    this.problem = problem;
    this.width = problem.samples().width();
    this.tolerance = Math.pow(width, -1.5);
  }

  /**
   * @param queries most for each sample, the check of the result included
   * @return one result for each sample, in order
   */
  public static List<SearchResult> search(SearchProblem problem, int queries) {
    return new HopSkipJump(problem, queries).results();
  }

  private List<SearchResult> results() {
    Map<Integer, SearchResult> results = new TreeMap<>();
    List<Integer> samples = new ArrayList<>();
    for (int sample : questions.ordered()) {
      Optional<SearchResult> settled = problem.settled(sample);
      settled.ifPresent(result -> results.put(sample, result));
      if (settled.isEmpty()) {
        samples.add(sample);
      }
    }
    ProbeBasis basis = new CoordinateBasis(width);
    List<Jumper> jumpers = new ArrayList<>();
    new LabelStart(questions, basis, new BandPower(basis))
        .ways(samples)
        .forEach((sample, way) -> jumpers.add(new Jumper(sample, way, questions.random(sample))));
    bisect(jumpers, jumpers.stream().map(jumper -> jumper.start).toList());
    jumpers.removeIf(jumper -> !jumper.found);
    for (int round = 1; step(jumpers, round); round++) {}
    for (Jumper jumper : jumpers) {
      results.put(jumper.sample, questions.verified(jumper.sample, jumper.best));
    }
    for (int sample : samples) {
      results.computeIfAbsent(sample, questions::nothingFound);
    }
    return List.copyOf(results.values());
  }

  /** One sample. */
  private static final class Jumper {
    final int sample;
    final float[] start;
    final SplittableRandom random;

    /** On the boundary, the label changed. */
    float[] best;

    boolean found;

    Jumper(int sample, float[] start, SplittableRandom random) {
      this.sample = sample;
      this.start = start;
      this.best = start;
      this.random = random;
    }
  }

  /** From perturbations towards the samples until the boundary is known well enough. */
  private void bisect(List<Jumper> jumpers, List<float[]> from) {
    double[] low = new double[jumpers.size()];
    double[] high = new double[jumpers.size()];
    boolean[] crossed = new boolean[jumpers.size()];
    Arrays.fill(high, 1);
    while (true) {
      List<float[]> points = new ArrayList<>();
      List<Integer> open = new ArrayList<>();
      for (int i = 0; i < low.length; i++) {
        boolean goesOn = crossed[i] ? high[i] - low[i] > tolerance : low[i] == 0;
        if (goesOn && questions.left(jumpers.get(i).sample) > 0) {
          double at = crossed[i] ? (low[i] + high[i]) / 2 : 1;
          points.add(Vectors.scaled(from.get(i), at));
          open.add(i);
        }
      }
      if (open.isEmpty()) {
        return;
      }
      boolean[] changed =
          questions.changed(points, samples(open.stream().map(jumpers::get).toList()));
      for (int j = 0; j < changed.length; j++) {
        int i = open.get(j);
        Jumper jumper = jumpers.get(i);
        double at = crossed[i] ? (low[i] + high[i]) / 2 : 1;
        if (changed[j]) {
          crossed[i] = true;
          high[i] = at;
          if (!jumper.found || Vectors.norm(points.get(j)) < Vectors.norm(jumper.best)) {
            jumper.best = points.get(j);
          }
          jumper.found = true;
        } else {
          low[i] = at;
        }
      }
    }
  }

  private static int[] samples(List<Jumper> jumpers) {
    return jumpers.stream().mapToInt(jumper -> jumper.sample).toArray();
  }

  /** Whether any sample had queries left. */
  private boolean step(List<Jumper> jumpers, int round) {
    List<Jumper> asking = new ArrayList<>();
    List<float[]> normals = new ArrayList<>();
    for (Jumper jumper : jumpers) {
      int count = Math.min((int) (DIRECTIONS * Math.sqrt(round)), questions.left(jumper.sample));
      if (count > 0) {
        asking.add(jumper);
        normals.add(normal(jumper, count, round));
      }
    }
    List<Jumper> open = new ArrayList<>(asking);
    List<float[]> landed = new ArrayList<>();
    List<Jumper> landing = new ArrayList<>();
    for (int halving = 0; halving < MOST_HALVINGS; halving++) {
      open.removeIf(jumper -> questions.left(jumper.sample) <= 0 || landing.contains(jumper));
      List<float[]> points = new ArrayList<>();
      for (Jumper jumper : open) {
        double step = Vectors.norm(jumper.best) / Math.sqrt(round) * Math.pow(0.5, halving);
        points.add(Vectors.sum(jumper.best, normals.get(asking.indexOf(jumper)), step));
      }
      boolean[] changed = questions.changed(points, samples(open));
      for (int i = 0; i < changed.length; i++) {
        if (changed[i]) {
          landing.add(open.get(i));
          landed.add(points.get(i));
        }
      }
    }
    bisect(landing, landed);
    return !asking.isEmpty();
  }

  /** The direction in which the label stays changed, of length 1. */
  private float[] normal(Jumper jumper, int count, int round) {
    double length = Vectors.norm(jumper.best);
    double reach = round == 1 ? 0.1 * length : Math.sqrt(width) * tolerance * length;
    List<float[]> directions = new ArrayList<>();
    List<float[]> points = new ArrayList<>();
    int[] perturbed = new int[count];
    for (int i = 0; i < count; i++) {
      float[] direction = new float[width];
      for (int k = 0; k < width; k++) {
        direction[k] = (float) Probe.gaussian(jumper.random);
      }
      directions.add(Vectors.scaled(direction, 1 / Vectors.norm(direction)));
      points.add(Vectors.sum(jumper.best, directions.get(i), reach));
      perturbed[i] = jumper.sample;
    }
    boolean[] changed = questions.changed(points, perturbed);
    double mean = 0;
    for (boolean one : changed) {
      mean += (one ? 1.0 : -1.0) / count;
    }
    float[] sum = new float[width];
    for (int i = 0; i < count; i++) {
      double weight = Math.abs(mean) == 1 ? mean : (changed[i] ? 1 : -1) - mean;
      sum = Vectors.sum(sum, directions.get(i), weight);
    }
    double norm = Vectors.norm(sum);
    return norm > 0 ? Vectors.scaled(sum, 1 / norm) : sum;
  }
}
