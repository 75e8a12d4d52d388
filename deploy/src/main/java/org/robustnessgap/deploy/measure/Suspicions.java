package org.robustnessgap.deploy.measure;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.robustnessgap.messages.Suspicion;

/** What looked wrong while a measurement went on, each kind said once of each classifier. */
final class Suspicions {
  private final Set<String> said = new HashSet<>();

  /**
   * Takes what looked wrong about one batch.
   *
   * @return what was not said of the classifier before
   */
  List<Suspicion> fresh(String classifier, List<Suspicion> suspicions) {
    List<Suspicion> fresh = new ArrayList<>();
    for (Suspicion suspicion : suspicions) {
      if (said.add(classifier + " " + suspicion.kind().label())) {
        fresh.add(suspicion);
      }
    }
    return fresh;
  }
}
