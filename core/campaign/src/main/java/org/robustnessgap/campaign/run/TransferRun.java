package org.robustnessgap.campaign.run;

import java.util.List;
import org.robustnessgap.attack.TransferTarget;
import org.robustnessgap.attack.query.ModelChangedException;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.TransferResult;

/** Finds what fools two classifiers, and each of them. */
final class TransferRun implements JobRun<Job.Transfer> {
  @Override
  public JobKind kind() {
    return JobKind.TRANSFER;
  }

  @Override
  public Class<Job.Transfer> jobs() {
    return Job.Transfer.class;
  }

  @Override
  public TransferResult run(Job.Transfer job, JobContext context) {
    try {
      return result(job, context);
    } catch (ServerUnavailableException e) {
      throw JobPutOffException.of(e, 0);
    } catch (ModelChangedException e) {
      throw JobPutOffException.of(e, 0);
    }
  }

  private static TransferResult result(Job.Transfer job, JobContext context) {
    BegunModel first = BegunModel.of(context.models(), job.generator(), job.first());
    BegunModel second = BegunModel.of(context.models(), job.generator(), job.second());
    TransferTarget target = new TransferTarget(first.target(), second.target());
    List<TransferResult.Sample> samples = target.measure(job.latents(), job.plan());
    first.requireSame();
    second.requireSame();
    target.requireUsable(samples);
    return new TransferResult(
        job.id(),
        target.classes(),
        job.generator().statedDimension(),
        context.worker(),
        context.engine(),
        context.seconds(),
        samples,
        new Provenance(
            job.generator().name(),
            job.plan().attack(),
            first.identity(),
            first.target().access().atMost(second.target().access()),
            second.identity()));
  }
}
