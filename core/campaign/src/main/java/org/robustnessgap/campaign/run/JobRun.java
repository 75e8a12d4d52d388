package org.robustnessgap.campaign.run;

import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.JobResult;

/**
 * How jobs of one kind are answered.
 *
 * @param <J> the jobs of this kind
 */
interface JobRun<J extends Job> {
  JobKind kind();

  Class<J> jobs();

  /**
   * @throws InvalidInputException if the job cannot be done by any worker, with the reason
   * @throws JobPutOffException if it cannot be done now
   */
  JobResult run(J job, JobContext context);

  /** The same for a job of which only its id says that it is of this kind. */
  default JobResult answer(Job job, JobContext context) {
    return run(jobs().cast(job), context);
  }
}
