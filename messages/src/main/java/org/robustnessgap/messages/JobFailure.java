package org.robustnessgap.messages;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was refused, given up or put off, and why: the value of topic {@code job-failures}, keyed by
 * {@link #key()}.
 */
@Tagged("kind")
public sealed interface JobFailure {
  /** The job id, or the place of a record that is no job. */
  String key();

  /** What is made of the one or the other. */
  <T> T either(
      Function<GivenUp, T> givenUp, Function<PutOff, T> putOff, Function<Refused, T> refused);

  /** The job that was given up; empty for a record that is none. */
  default Optional<GivenUp> jobGivenUp() {
    return either(Optional::of, putOff -> Optional.empty(), refused -> Optional.empty());
  }

  /** One sentence that names the thing and the remedy. */
  String reason();

  /**
   * A well-formed job that no worker can do.
   *
   * @param window the window of the job's samples; null unless its kind is {@link JobKind#windowed}
   * @param samples how many samples the job held
   * @param deliveries how often it was tried
   */
  @Tag("given-up")
  record GivenUp(
      JobId jobId,
      @Nullable Window window,
      int samples,
      int deliveries,
      String worker,
      String reason)
      implements JobFailure {
    public GivenUp {
      Checks.present(jobId, "job id");
      Checks.check(
          (window != null) == jobId.kind().windowed(),
          "jobs of kind %s %s: %s",
          jobId.kind(),
          jobId.kind().windowed() ? "have a window" : "have no window",
          jobId);
      Checks.atLeast(samples, 1, "samples of job " + jobId);
      Checks.atLeast(deliveries, 1, "deliveries of job " + jobId);
      Checks.present(worker, "worker of job " + jobId);
      Checks.present(reason, "reason");
    }

    @Override
    public String key() {
      return jobId.toString();
    }

    @Override
    public <T> T either(
        Function<GivenUp, T> givenUp, Function<PutOff, T> putOff, Function<Refused, T> refused) {
      return givenUp.apply(this);
    }
  }

  /**
   * A job that could not be done now but may be later, for instance because a server is down: it is
   * neither measured nor failed, and will be sent again.
   *
   * @param seconds how long it should wait, from when this is written; 0 for not at all
   * @param queries images that a served classifier was asked about in vain
   */
  @Tag("put-off")
  record PutOff(JobId jobId, double seconds, long queries, String worker, String reason)
      implements JobFailure {
    public PutOff {
      Checks.present(jobId, "job id");
      Checks.notNegative(seconds, "seconds that a job waits");
      Checks.atLeast(queries, 0, "queries of a job put off");
      Checks.present(worker, "worker of job " + jobId);
      Checks.present(reason, "reason");
    }

    @Override
    public String key() {
      return jobId.toString();
    }

    @Override
    public <T> T either(
        Function<GivenUp, T> givenUp, Function<PutOff, T> putOff, Function<Refused, T> refused) {
      return putOff.apply(this);
    }
  }

  /**
   * A record that could not be read as what its topic holds.
   *
   * @param excerpt the beginning of its value, at most 200 characters
   */
  @Tag("refused")
  record Refused(String topic, int partition, long offset, String reason, String excerpt)
      implements JobFailure {
    private static final int EXCERPT = 200;

    public Refused {
      Checks.present(topic, "topic");
      Checks.atLeast(partition, 0, "partition");
      Checks.atLeast(offset, 0, "offset");
      Checks.present(reason, "reason");
      Checks.present(excerpt, "excerpt");
      excerpt = excerpt.length() <= EXCERPT ? excerpt : excerpt.substring(0, EXCERPT);
    }

    @Override
    public String key() {
      return topic + "/" + partition + "/" + offset;
    }

    @Override
    public <T> T either(
        Function<GivenUp, T> givenUp, Function<PutOff, T> putOff, Function<Refused, T> refused) {
      return refused.apply(this);
    }
  }
}
