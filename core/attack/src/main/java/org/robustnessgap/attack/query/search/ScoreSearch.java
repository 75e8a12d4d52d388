package org.robustnessgap.attack.query.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.metric.Metric;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Outcome;

/**
 * Searches by scores. Slopes come from differences along the vectors of a {@link ProbeBasis}, those
 * first that are expected to be largest; a query tells the slopes of all classes. From time to time
 * every sample goes to the nearest point of the nearest tangent plane, as far as slopes are known,
 * and to the boundary on that ray; slopes that were learned elsewhere are doubted and measured
 * again in their turn.
 */
public final class ScoreSearch {
  /** Shares of the queries after which the search goes on to a nearer point. */
  private static final double[] MOVES = {0.15, 0.35, 0.6, 0.8, 2};

  /** A nearer point is looked for before that only when so much of the slope is known. */
  private static final double LATE = 0.8;

  private static final double KNOWN = 0.7;

  /** A boundary that is farther than so many times what was expected is approached in parts. */
  private static final double CURVED = 1.4;

  /** Share of queries between two looks at what is to be asked next. */
  private static final double CHUNK = 0.05;

  /** How often a step that led nowhere is made shorter before new slopes are asked for. */
  private static final int SHORTENED = 4;

  /** How often before slopes are asked for on this side of a boundary that is too curved. */
  private static final int BEFORE_ELSEWHERE = 2;

  /** How many rivals, nearest in ℓ2, are compared in the metric. */
  private static final int RIVALS = 4;

  /** Evaluations on a ray. */
  private static final int ON_RAY = 5;

  /** Share of the vectors of a chunk that are chosen to learn of their bands. */
  private static final double EXPLORED = 0.1;

  /** How far probes reach, relative to the distance, and to the sample before that is known. */
  static final double REACH = 0.02;

  private static final double FIRST_REACH = 1e-3;

  /** How much farther probes reach where none changed any score. */
  private static final double COARSER = 8;

  /** Of rounding, within a probe, so that its slope means something. */
  private static final double STEPS = 4;

  private final Questions questions;
  private final SearchProblem problem;
  private final Metric metric;
  private final ProbeBasis basis;
  private final BandPower power;

  private ScoreSearch(SearchProblem problem, int queries) {
    this.questions = new Questions(problem, queries);
    this.problem = problem;
    this.metric = problem.metric();
    this.basis = ProbeBasis.of(problem.shape());
    this.power = new BandPower(basis);
  }

  /**
   * @param queries most for each sample, the check of the result included
   * @return one result for each sample, in order
   */
  public static List<SearchResult> search(SearchProblem problem, int queries) {
    return new ScoreSearch(problem, queries).results();
  }

  private List<SearchResult> results() {
    Map<Integer, SearchResult> results = new TreeMap<>();
    List<ScoreState> states = new ArrayList<>();
    for (int sample : questions.ordered()) {
      Optional<SearchResult> settled = problem.settled(sample);
      settled.ifPresent(result -> results.put(sample, result));
      if (settled.isEmpty()) {
        states.add(begin(sample));
      }
    }
    boolean goesOn = true;
    while (goesOn) {
      boolean probed = probe(states);
      List<ScoreState> due = states.stream().filter(this::isDue).toList();
      move(due);
      goesOn = probed || !due.isEmpty();
    }
    move(states.stream().filter(state -> state.probedSinceMove > 0).toList());
    for (ScoreState state : states) {
      results.put(state.sample, result(state));
    }
    return List.copyOf(results.values());
  }

  private ScoreState begin(int sample) {
    Logits scores = problem.origins().scores();
    int label = problem.label(sample);
    double norm = problem.samples().norm(sample);
    return new ScoreState(
        sample,
        label,
        scores.rows().row(sample),
        scores.margin(sample, label),
        basis.size(),
        FIRST_REACH * (norm > 0 ? norm : Math.sqrt(basis.size())),
        questions.random(sample));
  }

  /** Whether enough is known for a step, or for a shorter one after one that led nowhere. */
  private boolean isDue(ScoreState state) {
    if (state.knowsAll(basis)) {
      return state.probedSinceMove > 0
          || (state.rejected > 0
              && state.rejected <= SHORTENED
              && questions.left(state.sample) > ON_RAY);
    }
    double share = (double) problem.forwards(state.sample) / questions.queries();
    return state.probedSinceMove > 0
        && share >= MOVES[Math.min(state.moves, MOVES.length - 1)]
        && (known(state) >= KNOWN || share >= LATE);
  }

  /** Share of the expected squared slope that lies along the vectors already asked about. */
  private double known(ScoreState state) {
    double all = 0;
    double asked = 0;
    for (int i = 0; i < basis.size(); i++) {
      all += power.of(i);
      asked += state.slopes.containsKey(i) ? power.of(i) : 0;
    }
    return asked / all;
  }

  /** Whether anything was asked. */
  private boolean probe(List<ScoreState> states) {
    List<float[]> points = new ArrayList<>();
    List<ScoreState> asked = new ArrayList<>();
    List<Integer> vectors = new ArrayList<>();
    for (ScoreState state : states) {
      for (int index : chosen(state)) {
        float[] point = state.perturbation.clone();
        basis.add(point, index, state.reach);
        points.add(point);
        asked.add(state);
        vectors.add(index);
      }
    }
    if (points.isEmpty()) {
      return false;
    }
    Logits scores =
        questions.scores(points, asked.stream().mapToInt(state -> state.sample).toArray());
    for (int i = 0; i < points.size(); i++) {
      ScoreState state = asked.get(i);
      float[] slopes = new float[problem.classes()];
      if (scores.isFinite(i)) {
        for (int k = 0; k < slopes.length; k++) {
          double change = (double) scores.rows().values()[i * slopes.length + k] - state.scores[k];
          state.moved |= change != 0;
          slopes[k] = (float) (change / state.reach);
        }
      }
      state.slopes.put(vectors.get(i), new ScoreState.Slope(slopes, 0));
      state.probedSinceMove++;
    }
    Set.copyOf(asked).forEach(ScoreSearch::reachFarther);
    learn(asked, vectors);
    return true;
  }

  /** Rounded pixels or scores hide what is nearer than a step: what was asked tells nothing. */
  private static void reachFarther(ScoreState state) {
    if (!state.moved && state.reach < state.farthestReach) {
      state.reach *= COARSER;
      state.leastReach = STEPS * state.reach;
      state.slopes.clear();
    } else if (state.moved && state.reach < state.leastReach) {
      // The first step that shows is of one pixel, or one digit.
      state.reach = state.leastReach;
      state.slopes.clear();
    }
  }

  /** What the slopes of a chunk say of the bands. */
  private void learn(List<ScoreState> asked, List<Integer> vectors) {
    List<double[]> squares = new ArrayList<>();
    ScoreState last = null;
    int rival = -1;
    double scale = 0;
    for (int i = 0; i < asked.size(); i++) {
      ScoreState state = asked.get(i);
      if (state != last) {
        rival = state.nearestRival();
        scale = rival < 0 ? 0 : scale(state, rival);
        last = state;
        if (rival >= 0 && state.best == null) {
          double known = state.squaredSlope(rival);
          double reach = REACH * -state.margin(rival) / Math.sqrt(known);
          state.reach = Math.max(state.leastReach, Math.min(state.reach, reach));
        }
      }
      ScoreState.Slope found = state.slopes.get(vectors.get(i));
      if (rival >= 0 && scale > 0 && found != null) {
        double slope = state.slope(found, rival);
        squares.add(new double[] {vectors.get(i), slope * slope / scale});
      }
    }
    squares.forEach(square -> power.learn((int) square[0], square[1]));
  }

  /** How large the squared slopes of a sample are, in units of the bands' power. */
  private double scale(ScoreState state, int rival) {
    double expected = 0;
    for (int index : state.slopes.keySet()) {
      expected += power.of(index);
    }
    return expected > 0 ? state.squaredSlope(rival) / expected : 0;
  }

  /** Where it is best to ask next. */
  private Set<Integer> chosen(ScoreState state) {
    int chunk = (int) Math.max(4, CHUNK * questions.queries());
    int count = Math.min(chunk, questions.left(state.sample) - ON_RAY);
    if (count <= 0 || state.unusable) {
      return Set.of();
    }
    Set<Integer> chosen = new HashSet<>();
    double explored = state.slopes.isEmpty() ? 0.5 : EXPLORED;
    for (int i = 0; i < explored * count; i++) {
      int any = power.any(state.random);
      if (!state.slopes.containsKey(any)) {
        chosen.add(any);
      }
    }
    int rival = state.nearestRival();
    double scale = rival < 0 ? 1 : scale(state, rival);
    double[] doubts = new double[basis.size()];
    for (int i = 0; i < doubts.length; i++) {
      doubts[i] = scale * power.of(i);
    }
    state.slopes.forEach(
        (index, slope) -> {
          double known = rival < 0 ? 0 : state.slope(slope, rival);
          doubts[index] = slope.doubt() * (doubts[index] + known * known) / 2;
        });
    IntStream.range(0, doubts.length)
        .filter(i -> doubts[i] > 0)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -doubts[i]))
        .limit(count)
        .filter(i -> chosen.size() < count)
        .forEach(chosen::add);
    return chosen;
  }

  /** To the nearest tangent plane, and on that ray to the boundary. */
  private void move(List<ScoreState> states) {
    List<ScoreState> moving = new ArrayList<>();
    List<Ray> rays = new ArrayList<>();
    for (ScoreState state : states) {
      state.moves++;
      state.probedSinceMove = 0;
      Metric.Nearest nearest = nearest(state);
      if (Double.isFinite(nearest.length()) && Vectors.norm(nearest.perturbation()) > 0) {
        moving.add(state);
        rays.add(new Ray(nearest.perturbation(), state.originMargin));
      }
    }
    for (int step = 0; step < ON_RAY; step++) {
      follow(moving, rays);
    }
    for (int i = 0; i < rays.size(); i++) {
      ScoreState state = moving.get(i);
      Ray ray = rays.get(i);
      if (ray.asked()) {
        float[] expected = metric.allowed(state.sample, ray.way());
        double hoped = length(state.sample, expected);
        boolean asExpected = false;
        double before = state.best == null ? Double.POSITIVE_INFINITY : state.length;
        if (ray.crossed()) {
          float[] reached = metric.allowed(state.sample, ray.reached());
          double length = length(state.sample, reached);
          asExpected = length <= CURVED * hoped;
          if (length < before) {
            state.best = reached;
            state.length = length;
            if (asExpected) {
              state.goTo(basis, reached, ray.scores(), length);
            }
          } else if (asExpected) {
            state.rejected++;
          }
        }
        boolean shortens =
            state.best != null && state.knowsAll(basis) && state.rejected < BEFORE_ELSEWHERE;
        if (!asExpected && hoped < before && !shortens) {
          state.goTo(basis, expected, ray.firstScores(), hoped);
        } else if (!asExpected) {
          state.rejected++;
        }
      }
    }
  }

  private double length(int sample, float[] perturbation) {
    return metric.lengths(new int[] {sample}, new Rows(perturbation, perturbation.length))[0];
  }

  /** To the rival whose plane is nearest in the metric, of those that are nearest in ℓ2. */
  private Metric.Nearest nearest(ScoreState state) {
    float[] normal = null;
    Metric.Plane plane = null;
    double least = Double.POSITIVE_INFINITY;
    for (int rival : state.nearestRivals(RIVALS)) {
      float[] towards = state.normal(basis, rival);
      Metric.Plane tangent = Metric.Plane.tangent(state.perturbation, state.margin(rival), towards);
      double far =
          metric.nearest(Metric.Place.origin(state.sample, towards), List.of(tangent), 1).length();
      if (plane == null || far < least) {
        normal = towards;
        plane = tangent;
        least = far;
      }
    }
    if (normal == null || plane == null) {
      return new Metric.Nearest(state.perturbation, Double.POSITIVE_INFINITY);
    }
    return metric.nearest(
        state.placed(metric, normal), List.of(plane), Math.pow(0.5, state.rejected));
  }

  private void follow(List<ScoreState> moving, List<Ray> rays) {
    int[] open =
        IntStream.range(0, rays.size())
            .filter(i -> rays.get(i).isOpen() && questions.left(moving.get(i).sample) > 0)
            .toArray();
    if (open.length == 0) {
      return;
    }
    List<float[]> points = new ArrayList<>();
    for (int i : open) {
      points.add(metric.allowed(moving.get(i).sample, rays.get(i).point()));
    }
    Logits scores =
        questions.scores(points, IntStream.of(open).map(i -> moving.get(i).sample).toArray());
    for (int j = 0; j < open.length; j++) {
      ScoreState state = moving.get(open[j]);
      if (scores.isFinite(j)) {
        rays.get(open[j]).answer(scores.margin(j, state.label), scores.rows().row(j));
      } else {
        state.unusable = true;
      }
    }
  }

  private SearchResult result(ScoreState state) {
    if (state.best != null) {
      return questions.verified(state.sample, state.best);
    }
    return state.unusable
        ? problem.failed(state.sample, "the scores of a perturbed sample are not finite")
        : problem.notFound(
            state.sample,
            state.nearestRival() < 0
                ? Outcome.NotFound.Reason.ZERO_GRADIENT
                : Outcome.NotFound.Reason.BUDGET);
  }
}
