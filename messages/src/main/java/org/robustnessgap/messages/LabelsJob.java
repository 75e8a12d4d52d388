package org.robustnessgap.messages;

/** Say which label a classifier gives each sample; answered on {@code labels-results}. */
public record LabelsJob(
    JobId id, GeneratorReference generator, ModelReference classifier, LatentBatch latents)
    implements Job {
  public LabelsJob {
    Job.validate(id, JobKind.LABELS, generator, latents);
    Checks.present(classifier, "classifier of job " + id);
  }
}
