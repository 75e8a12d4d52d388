package org.robustnessgap.attack.query.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.metric.Metric;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;

/**
 * Searches by labels alone. At a point of the boundary each answer is one bit about the normal:
 * random directions first, which also tell how large the coefficients of each band of a {@link
 * ProbeBasis} are; then along one vector of the basis after the other within the plane that is
 * expected, which tells whether the plane leans more or less that way than expected (the quantiser
 * of Lloyd and Max, one bit at a time), those first that are least certain. From time to time every
 * sample goes to the nearest point of its plane, and to the boundary on that ray.
 */
public final class LabelSearch {
  /** By how much a normal is doubted where the sample was as far as the perturbation is long. */
  private static final double DRIFT = 0.1;

  /** Probes between two moves, relative to all that were asked, and at least. */
  private static final double BETWEEN = 0.3;

  private static final int LEAST_BETWEEN = 40;

  /** Share of the queries for random directions, and rounds in which they are asked. */
  private static final double RANDOM = 0.12;

  private static final int MOST_RANDOM = 250;
  private static final int ROUNDS = 6;

  /** Share of the queries that sound the bands, after the first round. */
  private static final double SOUNDED = 0.08;

  private static final int LEAST_SOUNDED = 24;
  private static final int MOST_SOUNDED = 320;

  /** Share of the queries between two looks at what is to be asked next. */
  private static final double CHUNK = 0.025;

  /** How far probes reach, relative to the perturbation. */
  private static final double RANDOM_REACH = 0.1;

  private static final double REACH = 0.05;

  /** How well the boundary is to be known on a ray, relative to the perturbation. */
  private static final double TOLERANCE = 5e-4;

  private static final double LAST_TOLERANCE = 1e-4;

  /** Evaluations on a ray, and on a half circle. */
  private static final int ON_RAY = 8;

  private static final int TURNS = 6;
  private static final int ON_MOVE = ON_RAY + TURNS;

  private final Questions questions;
  private final SearchProblem problem;
  private final Metric metric;
  private final ProbeBasis basis;
  private final BandPower power;

  private LabelSearch(SearchProblem problem, int queries) {
    this.questions = new Questions(problem, queries);
    this.problem = problem;
    this.metric = problem.metric();
    this.basis = ProbeBasis.of(problem.shape());
    this.power = new BandPower(basis);
    power.normalise();
  }

  /**
   * @param queries most for each sample, the check of the result included
   * @return one result for each sample, in order
   */
  public static List<SearchResult> search(SearchProblem problem, int queries) {
    return new LabelSearch(problem, queries).results();
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
    List<LabelState> states = new ArrayList<>();
    new LabelStart(questions, basis, power)
        .ways(samples)
        .forEach(
            (sample, way) ->
                states.add(
                    new LabelState(
                        sample,
                        problem.label(sample),
                        basis.size(),
                        way,
                        length(sample, way),
                        questions.random(sample))));
    approach(states);
    probeAtRandom(states);
    while (probe(states)) {
      move(states.stream().filter(this::isDue).toList());
    }
    move(states.stream().filter(state -> state.probed > 0).toList());
    polish(states);
    for (LabelState state : states) {
      results.put(state.sample, questions.verified(state.sample, state.best));
    }
    for (int sample : samples) {
      results.computeIfAbsent(sample, questions::nothingFound);
    }
    return List.copyOf(results.values());
  }

  /** To the boundary on the way to where each starts. */
  private void approach(List<LabelState> states) {
    List<Bracket> brackets =
        states.stream()
            .map(state -> new Bracket(state, state.best, 1, 0.5, 2 * TOLERANCE))
            .toList();
    follow(brackets, 2 * ON_RAY);
    for (Bracket bracket : brackets) {
      LabelState state = bracket.state;
      if (bracket.crossed()) {
        state.best = metric.allowed(state.sample, bracket.reached());
        state.length = length(state.sample, state.best);
      } else {
        states.remove(state);
      }
    }
  }

  private boolean isDue(LabelState state) {
    return problem.forwards(state.sample) >= state.due;
  }

  /**
   * The first looks at the normal, by random directions, which tell how large its coefficients are
   * in each band, and the first steps, which need no more.
   */
  private void probeAtRandom(List<LabelState> states) {
    int all = (int) Math.min(MOST_RANDOM, RANDOM * questions.queries());
    int rounds = Math.max(1, Math.min(ROUNDS, all / 16));
    for (int round = 0; round < rounds; round++) {
      int sounded = (int) Math.min(MOST_SOUNDED, SOUNDED * questions.queries());
      if (round == 1 && basis.bands() > 1 && sounded >= LEAST_SOUNDED) {
        new Sounding(questions, basis, power, REACH).run(states, sounded);
      }
      List<Probe> probes = new ArrayList<>();
      for (LabelState state : states) {
        state.expect(power, basis);
        state.recentre(0.5 * RANDOM_REACH * Math.sqrt(1.0 / basis.size()));
        for (int i = 0; i < Math.min(all / rounds, questions.left(state.sample) - ON_MOVE); i++) {
          probes.add(Probe.random(state, power, basis, RANDOM_REACH));
        }
      }
      ask(probes);
      learnBands(states);
      states.forEach(state -> state.expect(power, basis));
      move(states);
    }
  }

  /** The evidence's estimate of each band's power (MacKay 1992). */
  private void learnBands(List<LabelState> states) {
    power.relearn(
        (squares, told) -> {
          for (LabelState state : states) {
            for (int i = 0; i < basis.size(); i++) {
              int band = basis.band(i);
              squares[band] += state.mean[i] * state.mean[i];
              told[band] += 1 - state.variance[i] / power.of(i);
            }
          }
        });
  }

  private boolean[] changed(List<float[]> points, List<LabelState> asked) {
    return questions.changed(points, asked.stream().mapToInt(state -> state.sample).toArray());
  }

  private void ask(List<Probe> probes) {
    List<float[]> points = probes.stream().map(Probe::point).toList();
    boolean[] answers = changed(points, probes.stream().map(Probe::state).toList());
    for (int i = 0; i < answers.length; i++) {
      Probe probe = probes.get(i);
      probe.state().learn(probe.indices(), probe.combination(), probe.along(), answers[i]);
      probe.state().probed++;
    }
  }

  /** Whether anything was asked. */
  private boolean probe(List<LabelState> states) {
    List<Probe> probes = new ArrayList<>();
    for (LabelState state : states) {
      int[] chosen = chosen(state);
      if (chosen.length > 0 && state.probed == 0) {
        double deviation = 0;
        for (int index : chosen) {
          deviation += Math.sqrt(state.variance[index]) / chosen.length;
        }
        state.recentre(REACH * deviation);
      }
      for (int index : chosen) {
        probes.add(Probe.along(state, basis, index, REACH));
      }
    }
    ask(probes);
    learnBands(states);
    states.forEach(state -> state.expect(power, basis));
    return !probes.isEmpty();
  }

  private int[] chosen(LabelState state) {
    int chunk = (int) Math.max(8, CHUNK * questions.queries());
    int count = Math.min(chunk, questions.left(state.sample) - ON_MOVE - ON_RAY);
    if (count <= 0) {
      return new int[0];
    }
    return IntStream.range(0, basis.size())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -state.variance[i]))
        .limit(count)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** To the nearest point of the plane, or part of the way, and on that ray to the boundary. */
  private void move(List<LabelState> states) {
    List<Turn> turns = new ArrayList<>();
    for (LabelState state : states) {
      state.probed = 0;
      int spent = problem.forwards(state.sample);
      state.due = spent + Math.max(LEAST_BETWEEN, (int) (BETWEEN * spent));
      if (state.known > 0) {
        turns.add(new Turn(state, metric));
      }
    }
    for (int step = 0; step < TURNS; step++) {
      List<Turn> open =
          turns.stream()
              .filter(turn -> turn.isOpen() && questions.left(turn.state.sample) > 0)
              .toList();
      boolean[] answers =
          changed(
              open.stream().map(Turn::point).toList(),
              open.stream().map(turn -> turn.state).toList());
      for (int i = 0; i < answers.length; i++) {
        open.get(i).answer(answers[i]);
      }
    }
    List<Bracket> brackets = new ArrayList<>();
    for (Turn turn : turns) {
      if (turn.turned()) {
        brackets.add(new Bracket(turn.state, turn.reached(), 1, turn.precision(), TOLERANCE));
      }
    }
    brackets.forEach(bracket -> bracket.answer(true));
    follow(brackets, ON_RAY);
    for (Bracket bracket : brackets) {
      LabelState state = bracket.state;
      float[] reached = metric.allowed(state.sample, bracket.reached());
      double length = length(state.sample, reached);
      if (length < state.length) {
        state.moved(reached, length, DRIFT, power);
        state.expect(power, basis);
      }
    }
  }

  private void polish(List<LabelState> states) {
    List<Bracket> brackets = new ArrayList<>();
    for (LabelState state : states) {
      brackets.add(new Bracket(state, state.best, 1 - 1e-4, 4e-4, LAST_TOLERANCE));
    }
    follow(brackets, ON_RAY);
    for (Bracket bracket : brackets) {
      if (bracket.crossed()) {
        LabelState state = bracket.state;
        state.best = metric.allowed(state.sample, bracket.reached());
        state.length = length(state.sample, state.best);
      }
    }
  }

  private double length(int sample, float[] perturbation) {
    return metric.lengths(new int[] {sample}, new Rows(perturbation, perturbation.length))[0];
  }

  private void follow(List<Bracket> brackets, int most) {
    for (int step = 0; step < most; step++) {
      List<Bracket> open =
          brackets.stream()
              .filter(bracket -> bracket.isOpen() && questions.left(bracket.state.sample) > 0)
              .toList();
      List<float[]> points = new ArrayList<>();
      open.forEach(bracket -> points.add(metric.allowed(bracket.state.sample, bracket.point())));
      boolean[] answers = changed(points, open.stream().map(bracket -> bracket.state).toList());
      for (int i = 0; i < answers.length; i++) {
        open.get(i).answer(answers[i]);
      }
    }
  }
}
