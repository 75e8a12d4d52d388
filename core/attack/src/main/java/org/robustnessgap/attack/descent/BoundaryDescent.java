package org.robustnessgap.attack.descent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.robustnessgap.attack.map.Neighbours;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.metric.Metric;
import org.robustnessgap.attack.search.Saturation;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Outcome;

/**
 * Searches minimal perturbations by {@link Descents} on the decision boundaries to the rival
 * classes, which race; then, if the schedule says so, from where {@link Walk}s around the sample
 * end.
 */
public final class BoundaryDescent {
  /** Walks head for the shortest class and for runners-up that are longer by no more than this. */
  private static final double RUNNER_UP = 1.1;

  private final SearchProblem problem;
  private final SearchBudget budget;
  private final long seed;
  private final Rows start;
  private final Metric metric;

  /** All that were started, by sample. */
  private final Map<Integer, List<Descent>> started = new TreeMap<>();

  private BoundaryDescent(SearchProblem problem, SearchBudget budget, long seed) {
    this.problem = problem;
    this.budget = budget;
    this.seed = seed;
    this.start = problem.samples();
    this.metric = problem.metric();
  }

  /**
   * @param schedules followed one after the other
   * @return one result for each sample, in order
   */
  public static List<SearchResult> search(SearchProblem problem, List<Schedule> schedules) {
    return search(List.of(problem), schedules, SearchBudget.UNLIMITED, 0).get(0);
  }

  /**
   * Searches by several metrics; the gradients at the samples serve all and are charged to the
   * first.
   *
   * @param problems the same but for their metrics
   * @param schedules followed one after the other
   * @param budget of each sample in each problem
   * @param seed of random points
   * @return for each problem, one result for each sample, in order
   */
  public static List<List<SearchResult>> search(
      List<SearchProblem> problems, List<Schedule> schedules, SearchBudget budget, long seed) {
    SearchProblem first = problems.get(0);
    List<Metric> metrics = problems.stream().map(SearchProblem::metric).toList();
    int rivals = schedules.stream().mapToInt(Schedule::rivals).max().orElseThrow();
    Linearisation linearisation = Linearisation.of(first, metrics, budget.rivals(rivals));
    List<List<SearchResult>> searches = new ArrayList<>();
    for (int m = 0; m < problems.size(); m++) {
      BoundaryDescent search = new BoundaryDescent(problems.get(m), budget, seed);
      search.follow(schedule(schedules.get(0), m), linearisation.samples(), m);
      search.followNeighbours(schedules.get(0), linearisation);
      for (Schedule further : schedules.subList(1, schedules.size())) {
        search.follow(schedule(further, m), linearisation.samples(), m);
      }
      searches.add(search.results(linearisation));
    }
    return searches;
  }

  private static Schedule schedule(Schedule given, int metricIndex) {
    return metricIndex == 0 ? given : given.narrowed();
  }

  private void follow(
      Schedule schedule, List<Linearisation.LinearisedSample> samples, int metricIndex) {
    Descents descents = new Descents(problem, schedule, budget);
    run(descents, towardsRivals(samples, metricIndex, schedule.spread()));
    for (int walk = 0; walk < schedule.walks(); walk++) {
      List<Descent> ends = budget.affordable(problem, ranked(walk), Walk.STEPS);
      run(descents, new Walk(problem).from(ends));
    }
    for (int round = 0; round < schedule.scatters(); round++) {
      List<Descent> shortest = budget.affordable(problem, ranked(0), Scatter.POINTS);
      run(descents, new Scatter(problem, seed).around(shortest, round));
    }
  }

  /**
   * From the nearest sample of the batch that has another label, where nothing was found or nothing
   * as near: a gradient that vanishes or misleads shows no other way.
   */
  private void followNeighbours(Schedule schedule, Linearisation linearisation) {
    Neighbours neighbours = linearisation.neighbours(start);
    List<Linearisation.LinearisedSample> samples = new ArrayList<>();
    List<float[]> ways = new ArrayList<>();
    List<Integer> targets = new ArrayList<>();
    for (Linearisation.LinearisedSample sample : linearisation.samples()) {
      neighbours
          .nearestOtherwiseLabelled(sample.index())
          .ifPresent(
              other -> {
                float[] way = Vectors.sum(start.row(other), start.row(sample.index()), -1);
                samples.add(sample);
                ways.add(metric.allowed(sample.index(), way));
                targets.add(linearisation.origins().label(other));
              });
    }
    int[] indices = samples.stream().mapToInt(Linearisation.LinearisedSample::index).toArray();
    double[] lengths = metric.lengths(indices, Rows.of(ways, start.width()));
    List<Descent> descents = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      List<Descent> crossed = crossed(started.getOrDefault(indices[i], List.of()));
      if (crossed.isEmpty() || lengths[i] < crossed.get(0).reached().length()) {
        descents.add(new Descent(samples.get(i), ways.get(i), lengths[i], targets.get(i)));
      }
    }
    if (!descents.isEmpty()) {
      run(new Descents(problem, schedule, budget), descents);
      // Where the gradient vanishes on the boundary too, what was found may be far from minimal.
      started
          .values()
          .forEach(
              own ->
                  own.removeIf(
                      descent ->
                          descents.contains(descent) && !Double.isFinite(descent.estimate())));
    }
  }

  /** Towards the classes whose linearised boundaries are not far beyond the nearest. */
  private List<Descent> towardsRivals(
      List<Linearisation.LinearisedSample> samples, int metricIndex, double spread) {
    List<Descent> towards = new ArrayList<>();
    for (Linearisation.LinearisedSample sample : samples) {
      List<Linearisation.Boundary> nearest = sample.nearest().get(metricIndex);
      for (Linearisation.Boundary boundary : nearest) {
        if (boundary.distance() <= spread * nearest.get(0).distance()) {
          float[] beyond = Vectors.scaled(boundary.step(), 1 + Descents.OVERSHOOT);
          towards.add(
              Descent.from(
                  boundary.origin(),
                  sample,
                  metric.allowed(sample.index(), beyond),
                  boundary.distance(),
                  boundary.label()));
        }
      }
    }
    return towards;
  }

  /** Of each sample the shortest to the class of this rank, if it is not far behind the first. */
  private List<Descent> ranked(int rank) {
    List<Descent> ranked = new ArrayList<>();
    for (List<Descent> own : started.values()) {
      Map<Integer, Descent> byClass = new LinkedHashMap<>();
      crossed(own).forEach(descent -> byClass.putIfAbsent(descent.target(), descent));
      List<Descent> shortest = List.copyOf(byClass.values());
      if (rank < shortest.size()
          && shortest.get(rank).reached().length()
              <= RUNNER_UP * shortest.get(0).reached().length()) {
        ranked.add(shortest.get(rank));
      }
    }
    return ranked;
  }

  /** Those that reached the boundary, the shortest first. */
  private static List<Descent> crossed(Collection<Descent> descents) {
    return descents.stream()
        .filter(Descent::hasCrossed)
        .sorted(Comparator.comparingDouble(descent -> descent.reached().length()))
        .toList();
  }

  private void run(Descents descents, List<Descent> next) {
    descents.run(next);
    for (Descent descent : next) {
      started.computeIfAbsent(descent.index(), index -> new ArrayList<>()).add(descent);
    }
  }

  private List<SearchResult> results(Linearisation linearisation) {
    SearchResult[] results = new SearchResult[start.count()];
    for (Linearisation.LinearisedSample sample : linearisation.samples()) {
      results[sample.index()] = result(sample);
    }
    for (int i = 0; i < results.length; i++) {
      if (results[i] == null) {
        int index = i;
        results[i] =
            linearisation
                .origins()
                .obstacle(i)
                .map(reason -> problem.failed(index, reason))
                .orElseGet(() -> problem.tie(index));
      }
    }
    return Arrays.asList(results);
  }

  private SearchResult result(Linearisation.LinearisedSample sample) {
    int index = sample.index();
    List<Descent> own = started.getOrDefault(index, List.of());
    List<Descent> crossed = crossed(own);
    if (!crossed.isEmpty()) {
      float[] shortest = crossed.get(0).perturbation();
      return problem.verified(index, sample.label(), shortest);
    }
    if (own.stream().anyMatch(Descent::unusable)) {
      return problem.failed(index, "the logits of a perturbed sample are not finite");
    }
    boolean flat = own.stream().allMatch(Descent::flat);
    if (flat && Saturation.isCertain(sample.logits())) {
      return problem.failed(index, Saturation.FLAT);
    }
    return problem.notFound(
        index, flat ? Outcome.NotFound.Reason.ZERO_GRADIENT : Outcome.NotFound.Reason.BUDGET);
  }
}
