package org.robustnessgap.campaign.run;

import java.util.List;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedBatch;
import org.robustnessgap.attack.GeneratorModel;
import org.robustnessgap.attack.TransferTarget;
import org.robustnessgap.certificate.LipschitzGraph;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.TransferResult;
import org.robustnessgap.onnx.OnnxModel;

/** Answers jobs, one at a time. */
public final class JobRunner implements AutoCloseable {
  private final String worker;
  private final Engine engine;
  private final ModelCache models;

  public JobRunner(String worker, Engine engine, ModelCache models) {
    this.worker = worker;
    this.engine = engine;
    this.models = models;
  }

  public String worker() {
    return worker;
  }

  /**
   * @throws InvalidInputException if the job cannot be done by any worker, with the reason
   */
  public AttackResult attack(Job.Attack job) {
    long started = System.nanoTime();
    AttackTarget target = models.target(job.generator(), job.classifier());
    AttackedBatch attacked = target.search(job.latents(), job.plan());
    List<SampleResult> samples = attacked.results();
    target.requireUsable(samples);
    return new AttackResult(
        job.id(),
        job.window(),
        target.classes(),
        job.generator().latentDimension(),
        worker,
        engine.name(),
        secondsSince(started),
        samples,
        attacked.suspicions(),
        job.classifier().pixels(),
        new Provenance(job.generator().name(), job.plan()));
  }

  /**
   * @throws InvalidInputException if the job cannot be done by any worker, with the reason
   */
  public SmoothnessResult smoothness(Job.Smoothness job) {
    long started = System.nanoTime();
    GeneratorModel generator = models.generator(job.generator());
    List<SmoothnessResult.Sample> samples = generator.displacements(job.latents(), job.plan());
    // The same for all jobs of a campaign, and slow.
    SmoothnessResult.Lipschitz lipschitz =
        job.id().firstOrdinal() == 0 ? lipschitz(generator.model()) : null;
    return new SmoothnessResult(
        job.id(),
        job.plan().radii(),
        worker,
        engine.name(),
        secondsSince(started),
        samples,
        lipschitz,
        job.plan());
  }

  private SmoothnessResult.Lipschitz lipschitz(OnnxModel generator) {
    try {
      double constant = LipschitzGraph.of(generator, engine).constant();
      return Double.isFinite(constant)
          ? new SmoothnessResult.Lipschitz(constant, null)
          : new SmoothnessResult.Lipschitz(null, "the product of operator norms is not finite");
    } catch (InvalidInputException e) {
      return new SmoothnessResult.Lipschitz(null, e.getMessage());
    }
  }

  /**
   * @throws InvalidInputException if the job cannot be done by any worker, with the reason
   */
  public TransferResult transfer(Job.Transfer job) {
    long started = System.nanoTime();
    TransferTarget target =
        new TransferTarget(
            models.target(job.generator(), job.first()),
            models.target(job.generator(), job.second()));
    List<TransferResult.Sample> samples = target.measure(job.latents(), job.plan());
    target.requireUsable(samples);
    return new TransferResult(
        job.id(),
        target.classes(),
        job.generator().latentDimension(),
        worker,
        engine.name(),
        secondsSince(started),
        samples,
        new Provenance(job.generator().name(), job.plan().attack()));
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  @Override
  public void close() {
    models.close();
    engine.close();
  }
}
