package org.robustnessgap.campaign.run;

import java.util.List;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobResult;

/** Answers jobs, one at a time. */
public final class JobRunner implements AutoCloseable {
  private static final List<JobRun<?>> RUNS =
      List.of(new SmoothnessRun(), new AttackRun(), new TransferRun());

  private final String worker;
  private final Models models;
  private final AttackObserver observer;

  /**
   * @param worker who answers
   * @param models what jobs name; closed with this, and their engine too
   */
  public JobRunner(String worker, Models models) {
    this(worker, models, (job, provenance, target, attacked) -> {});
  }

  /**
   * @param models what jobs name; closed with this, and their engine too
   * @param observer sees what attacks find
   */
  public JobRunner(String worker, Models models, AttackObserver observer) {
    this.worker = worker;
    this.models = models;
    this.observer = observer;
  }

  public String worker() {
    return worker;
  }

  /**
   * @throws InvalidInputException if the job cannot be done by any worker, with the reason
   * @throws JobPutOffException if it cannot be done now, but may be later
   */
  public JobResult run(Job job) {
    JobContext context = new JobContext(worker, models, observer, System.nanoTime());
    return RUNS.stream()
        .filter(run -> run.kind() == job.id().kind())
        .findFirst()
        .orElseThrow()
        .answer(job, context);
  }

  @Override
  public void close() {
    models.close();
    models.engine().close();
  }
}
