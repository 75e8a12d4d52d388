package org.robustnessgap.campaign.run;

import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedBatch;
import org.robustnessgap.attack.query.ModelChangedException;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.campaign.diagnostic.Diagnostics;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.InvalidInputException;
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
    BegunModel.Opened model = opened(job, context.models());
    AttackTarget target = model.target();
    try {
      return run(job, context, diagnostics, model.begin());
    } catch (ServerUnavailableException e) {
      throw JobPutOffException.of(e, target.newQueries());
    } catch (ModelChangedException e) {
      throw JobPutOffException.of(e, target.newQueries());
    } catch (InvalidInputException e) {
      // A job that is given up counts as all that it might have asked.
      target.newQueries();
      throw e;
    }
  }

  /** Which a served model may not be now. */
  private static BegunModel.Opened opened(Job.Attack job, Models models) {
    try {
      return BegunModel.Opened.of(models, job.generator(), job.classifier());
    } catch (ServerUnavailableException e) {
      throw JobPutOffException.of(e, e.queries());
    }
  }

  private static AttackResult run(
      Job.Attack job, JobContext context, Diagnostics diagnostics, BegunModel model) {
    AttackTarget target = model.target();
    AttackedBatch attacked = searched(job, target, context.models());
    Diagnostics.Measured measured =
        diagnostics.measure(target, context.models().engine(), job.latents(), attacked);
    model.requireSame();
    Provenance provenance =
        new Provenance(
            job.generator().name(),
            job.plan(),
            model.identity(),
            job.plan().algorithm().uses(target.access()));
    context.observer().found(job, provenance, target, measured.attacked());
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
        provenance,
        measured.unavailable(),
        target.queried().isPresent() ? target.newQueries() : null);
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
