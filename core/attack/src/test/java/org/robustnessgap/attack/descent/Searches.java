package org.robustnessgap.attack.descent;

import java.util.List;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;

/** Boundary descent by the ℓ2 norm. */
public final class Searches {
  private Searches() {}

  public static List<SearchResult> of(DifferentiableMap map, Rows start, Schedule schedule) {
    return of(map, start, List.of(schedule));
  }

  public static List<SearchResult> of(DifferentiableMap map, Rows start, List<Schedule> schedules) {
    return BoundaryDescent.search(SearchProblem.euclidean(map, start), schedules);
  }
}
