package org.robustnessgap.messages;

import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The answer to a job of any kind, the value of its kind's topic. */
public interface JobResult {
  JobId jobId();

  /** The window of its job; null unless its kind is {@link JobKind#windowed}. */
  default @Nullable Window window() {
    return null;
  }

  /** Which worker answered. */
  String worker();

  /** What ran the models. */
  String engine();

  /** Wall time from taking the job to the answer. */
  double seconds();

  /** Images that served classifiers were asked about, all counted; 0 where none is served. */
  default long queriesSpent() {
    return 0;
  }

  /** How many samples were answered. */
  int sampleCount();

  /** Every search for a perturbation that was made, in the order of the samples. */
  Stream<Outcome> searches();

  /** What the searches came to, in the order of the samples; none where nothing was searched. */
  Stream<Finding> findings();

  /** The positive numbers by which two answers to the same job are compared: all distances. */
  default DoubleStream compared() {
    return searches().map(Outcome::distanceIfKnown).flatMapToDouble(OptionalDouble::stream);
  }

  /** What perturbations were searched on and how; null where that is unknown. */
  default @Nullable Provenance provenance() {
    return null;
  }

  /** The key of its record: what was answered about. */
  default String key() {
    return jobId().campaign() + "/" + jobId().subject();
  }

  /** What was found of one sample in one space. */
  record Finding(long ordinal, Space space, Outcome outcome) {}
}
