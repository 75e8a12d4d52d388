package org.robustnessgap.campaign.run;

import java.util.List;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedBatch;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.SampleResult;

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
    AttackTarget target = context.models().target(job.generator(), job.classifier());
    AttackedBatch attacked = target.search(job.latents(), job.plan());
    context.observer().found(job, target, attacked);
    List<SampleResult> samples = attacked.results();
    target.requireUsable(samples);
    return new AttackResult(
        job.id(),
        job.window(),
        target.classes(),
        job.generator().latentDimension(),
        context.worker(),
        context.engine(),
        context.seconds(),
        samples,
        attacked.suspicions(),
        job.classifier().pixels(),
        new Provenance(job.generator().name(), job.plan()));
  }
}
