package org.robustnessgap.attack.search;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.metric.Metric;
import org.robustnessgap.messages.Access;

/** Measures how far found perturbations are from being locally minimal: one gradient for each. */
public final class KktResiduals {
  private KktResiduals() {}

  /**
   * @param problem that they solve
   * @param searches one for each sample
   * @param labels of the samples
   * @return the same searches, those that found something with their residual and its cost; as they
   *     are where the classifier answers without gradients
   */
  public static List<SearchResult> added(
      SearchProblem problem, List<SearchResult> searches, int[] labels) {
    if (problem.access() != Access.GRADIENTS) {
      return searches;
    }
    Rows start = problem.samples();
    Metric metric = problem.metric();
    int[] found =
        IntStream.range(0, searches.size())
            .filter(i -> searches.get(i).found().isPresent())
            .toArray();
    List<float[]> points = new ArrayList<>();
    List<float[]> perturbations = new ArrayList<>();
    int[] targets = new int[found.length];
    for (int i = 0; i < found.length; i++) {
      SearchResult.Found search = searches.get(found[i]).found().orElseThrow();
      points.add(search.point());
      perturbations.add(Vectors.sum(search.point(), start.row(found[i]), -1));
      targets[i] = search.label();
    }
    Rows gradients =
        problem
            .marginGradients(
                Rows.of(points, start.width()),
                targets,
                IntStream.of(found).map(i -> labels[i]).toArray(),
                found)
            .gradients();
    Rows slopes = metric.slopes(found, Rows.of(perturbations, start.width()));
    List<SearchResult> measured = new ArrayList<>(searches);
    for (int i = 0; i < found.length; i++) {
      SearchResult.Found search = (SearchResult.Found) searches.get(found[i]);
      Metric.Place place =
          new Metric.Place(
              found[i], perturbations.get(i), search.distance(), slopes.row(i), gradients.row(i));
      measured.set(found[i], search.optimal(metric.kktResidual(place)));
    }
    return measured;
  }
}
