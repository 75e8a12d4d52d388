package org.robustnessgap.campaign.run;

/**
 * Who answers a job, with what, and since when.
 *
 * @param worker its name
 * @param models what the job names, opened
 * @param observer sees what attacks find
 * @param started {@link System#nanoTime} when the job was taken
 */
record JobContext(String worker, Models models, AttackObserver observer, long started) {
  /** What runs the models. */
  String engine() {
    return models.engine().name();
  }

  /** Wall time since the job was taken. */
  double seconds() {
    return (System.nanoTime() - started) / 1e9;
  }
}
