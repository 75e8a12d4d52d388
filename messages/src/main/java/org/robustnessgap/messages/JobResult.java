package org.robustnessgap.messages;

import java.util.stream.Stream;

/** The answer to a job of any kind, the value of its kind's topic. */
public interface JobResult {
  JobId jobId();

  /** Which worker answered. */
  String worker();

  /** What ran the models. */
  String engine();

  /** Wall time from taking the job to the answer. */
  double seconds();

  /** How many samples were answered. */
  int sampleCount();

  /** Every search for a perturbation that was made, in the order of the samples. */
  Stream<Outcome> searches();

  /** The key of its record: what was answered about. */
  default String key() {
    return jobId().campaign() + "/" + jobId().subject();
  }
}
