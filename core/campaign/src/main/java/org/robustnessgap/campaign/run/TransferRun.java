package org.robustnessgap.campaign.run;

import java.util.List;
import org.robustnessgap.attack.TransferTarget;
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
    Models models = context.models();
    TransferTarget target =
        new TransferTarget(
            models.target(job.generator(), job.first()),
            models.target(job.generator(), job.second()));
    List<TransferResult.Sample> samples = target.measure(job.latents(), job.plan());
    target.requireUsable(samples);
    return new TransferResult(
        job.id(),
        target.classes(),
        job.generator().statedDimension(),
        context.worker(),
        context.engine(),
        context.seconds(),
        samples,
        new Provenance(job.generator().name(), job.plan().attack()));
  }
}
