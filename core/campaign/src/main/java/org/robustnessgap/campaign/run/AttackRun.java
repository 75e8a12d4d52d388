package org.robustnessgap.campaign.run;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedBatch;
import org.robustnessgap.attack.query.ModelChangedException;
import org.robustnessgap.attack.query.QueriedClassifier;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.campaign.diagnostic.Diagnostics;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Inversion;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.ModelIdentity;
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
    AttackTarget target = target(job, context.models());
    long before = target.queries();
    try {
      return run(job, context, diagnostics, target);
    } catch (ServerUnavailableException e) {
      throw JobPutOffException.of(e, target.queries() - before);
    } catch (ModelChangedException e) {
      throw JobPutOffException.of(e, target.queries() - before);
    }
  }

  /** Opened, which a served model may not be now. */
  private static AttackTarget target(Job.Attack job, Models models) {
    try {
      return models.target(job.generator(), job.classifier());
    } catch (ServerUnavailableException e) {
      throw JobPutOffException.of(e, 0);
    }
  }

  private static AttackResult run(
      Job.Attack job, JobContext context, Diagnostics diagnostics, AttackTarget target) {
    long before = target.queries();
    Optional<QueriedClassifier> queried = target.queried();
    ModelIdentity identity = queried.map(QueriedClassifier::identity).orElse(null);
    AttackedBatch attacked = searched(job, target, context.models());
    Diagnostics.Measured measured =
        diagnostics.measure(target, context.models().engine(), job.latents(), attacked);
    context.observer().found(job, target, measured.attacked());
    target.requireUsable(measured.samples());
    queried.ifPresent(asked -> requireSame(asked, identity));
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
        new Provenance(
            job.generator().name(),
            job.plan(),
            identity,
            queried.map(QueriedClassifier::access).orElse(null)),
        measured.unavailable(),
        queried.isPresent() ? target.queries() - before : null);
  }

  /**
   * Weights change under the same label: what was asked at first must be answered alike at last.
   */
  private static void requireSame(QueriedClassifier queried, @Nullable ModelIdentity before) {
    ModelIdentity now = queried.identity();
    if (before != null && !now.equals(before)) {
      throw new ModelChangedException(queried.name(), before, now);
    }
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
