package org.robustnessgap.deploy.measure;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.robustnessgap.messages.Suspicion;

/** What looked wrong while a measurement went on, each kind said once of each classifier. */
final class Suspicions {
  private final Set<String> said = new HashSet<>();

  /** Says what was not said of the classifier before, now: not after an hour. */
  void say(String classifier, List<Suspicion> suspicions) {
    for (Suspicion suspicion : suspicions) {
      if (said.add(classifier + " " + suspicion.kind().label())) {
        System.err.println("Suspicious: " + suspicion.sentence());
      }
    }
  }
}
