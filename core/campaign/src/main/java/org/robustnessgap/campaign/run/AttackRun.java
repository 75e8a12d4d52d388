package org.robustnessgap.campaign.run;

import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedBatch;
import org.robustnessgap.campaign.diagnostic.Diagnostics;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Inversion;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Provenance;

/** Finds minimal perturbations of each sample. */
final class AttackRun implements JobRun<Job.Attack> {
  @Override
  public JobKind kind() {
    return JobKind.ATTACK;
  }

  @Override
  public Class<Job.Attack> jobs() {
    return Job.Attack.class;
  }

  @Override
  public AttackResult run(Job.Attack job, JobContext context) {
    Diagnostics diagnostics = Diagnostics.of(job.diagnostics(), job.plan(), job.inversion());
    AttackTarget target = context.models().target(job.generator(), job.classifier());
    AttackedBatch attacked = searched(job, target, context.models());
    Diagnostics.Measured measured =
        diagnostics.measure(target, context.models().engine(), job.latents(), attacked);
    context.observer().found(job, target, measured.attacked());
    target.requireUsable(measured.samples());
    return new AttackResult(
        job.id(),
        job.window(),
        target.classes(),
        job.generator().statedDimension(),
        context.worker(),
        context.engine(),
        context.seconds(),
        measured.samples(),
        attacked.suspicions(),
        job.classifier().pixels(),
        new Provenance(job.generator().name(), job.plan()),
        measured.unavailable());
  }

  private static AttackedBatch searched(Job.Attack job, AttackTarget target, Models models) {
    Inversion inversion = job.inversion();
    if (inversion == null) {
      return target.search(job.latents(), job.plan());
    }
    return models
        .reconstruction(job.generator(), inversion, job.classifier())
        .search(job.latents(), job.plan());
  }
}
