package org.robustnessgap.campaign.run;

import org.robustnessgap.attack.query.ModelChangedException;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;

/** A job that could not be done now, but may be later. */
public final class JobPutOffException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Where the server does not say how long it wants to be left alone. */
  private static final double STANDARD_REST = 10;

  private final double seconds;
  private final long queries;

  /**
   * @param reason one sentence, with the remedy
   * @param seconds how long it should wait; 0 for not at all
   * @param queries images that a served classifier was asked about in vain
   */
  JobPutOffException(String reason, double seconds, long queries, Throwable cause) {
    super(reason, cause);
    this.seconds = seconds;
    this.queries = queries;
  }

  /** Because a server does not answer. */
  static JobPutOffException of(ServerUnavailableException e, long queries) {
    double seconds = e.waitMillis() > 0 ? e.waitMillis() / 1000.0 : STANDARD_REST;
    return new JobPutOffException(String.valueOf(e.getMessage()), seconds, queries, e);
  }

  /** Because what was found so far is of another version. */
  static JobPutOffException of(ModelChangedException e, long queries) {
    return new JobPutOffException(String.valueOf(e.getMessage()), 0, queries, e);
  }

  /** What is said of it on {@code job-failures}. */
  public JobFailure.PutOff failure(Job job, String worker) {
    return new JobFailure.PutOff(job.id(), seconds, queries, worker, String.valueOf(getMessage()));
  }
}
