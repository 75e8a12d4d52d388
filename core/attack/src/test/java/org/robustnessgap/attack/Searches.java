package org.robustnessgap.attack;

import java.util.List;

/** Boundary descent by the ℓ2 norm. */
final class Searches {
  private Searches() {}

  static List<SearchResult> of(DifferentiableMap map, Rows start, Schedule schedule) {
    return of(map, start, List.of(schedule));
  }

  static List<SearchResult> of(DifferentiableMap map, Rows start, List<Schedule> schedules) {
    return BoundaryDescent.search(SearchProblem.euclidean(map, start), schedules);
  }
}
