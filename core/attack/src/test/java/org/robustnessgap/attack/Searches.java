package org.robustnessgap.attack;

import java.util.List;

/** Boundary descent by the ℓ2 norm. */
final class Searches {
  private Searches() {}

  static List<Search> of(DifferentiableMap map, Rows start, Schedule schedule) {
    return of(map, start, List.of(schedule));
  }

  static List<Search> of(DifferentiableMap map, Rows start, List<Schedule> schedules) {
    return BoundaryDescent.search(
            SearchedClassifier.of(map), start, schedules, List.of(NormMetric.euclidean(start)))
        .get(0);
  }
}
