package org.robustnessgap.campaign.run;

import java.util.stream.IntStream;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.Logits;
import org.robustnessgap.attack.Rows;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.LabelsJob;
import org.robustnessgap.messages.LabelsResult;

/** Asks a classifier for its labels. */
final class LabelsRun implements JobRun<LabelsJob> {
  @Override
  public JobKind kind() {
    return JobKind.LABELS;
  }

  @Override
  public Class<LabelsJob> jobs() {
    return LabelsJob.class;
  }

  @Override
  public LabelsResult run(LabelsJob job, JobContext context) {
    AttackTarget target = context.models().target(job.generator(), job.classifier());
    Rows z = new Rows(job.latents().values(), job.latents().dimension());
    Logits answers = new Logits(target.map().answer(z));
    return new LabelsResult(
        job.id(),
        context.worker(),
        context.engine(),
        context.seconds(),
        IntStream.of(answers.labels()).boxed().toList());
  }
}
