package org.robustnessgap.messages;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * The answer to a {@link LabelsJob}. The value of topic {@code labels-results}.
 *
 * @param labels of each latent vector, in order, from 0; −1 where scores are not finite
 */
public record LabelsResult(
    JobId jobId, String worker, String engine, double seconds, List<Integer> labels)
    implements JobResult {
  public LabelsResult {
    Checks.answer(jobId, JobKind.LABELS, worker, engine, seconds);
    labels = Checks.notEmpty(labels, "labels of job " + jobId);
    labels.forEach(label -> Checks.atLeast(label, -1, "label"));
  }

  @Override
  public int sampleCount() {
    return labels.size();
  }

  @Override
  public Stream<Outcome> searches() {
    return Stream.empty();
  }

  @Override
  public Stream<Finding> findings() {
    return Stream.empty();
  }

  /** The labels, from 1. */
  @Override
  public DoubleStream compared() {
    return labels.stream().mapToDouble(label -> label + 2);
  }
}
