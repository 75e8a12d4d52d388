package org.robustnessgap.campaign.run;

import java.util.List;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.certificate.LipschitzGraph;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.SmoothnessResult.Lipschitz;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Estimates how far the generator moves its images. */
final class SmoothnessRun implements JobRun<Job.Smoothness> {
  @Override
  public JobKind kind() {
    return JobKind.SMOOTHNESS;
  }

  @Override
  public Class<Job.Smoothness> jobs() {
    return Job.Smoothness.class;
  }

  @Override
  public SmoothnessResult run(Job.Smoothness job, JobContext context) {
    GeneratorModel generator = context.models().generator(job.generator());
    List<SmoothnessResult.Sample> samples = generator.displacements(job.latents(), job.plan());
    // The same for all jobs of a campaign, and slow.
    Lipschitz lipschitz =
        job.id().firstOrdinal() == 0
            ? lipschitz(generator.model(), context.models().engine())
            : null;
    return new SmoothnessResult(
        job.id(),
        job.plan().radii(),
        context.worker(),
        context.engine(),
        context.seconds(),
        samples,
        lipschitz,
        job.plan());
  }

  private static Lipschitz lipschitz(OnnxModel generator, Engine engine) {
    try {
      double constant = LipschitzGraph.of(generator, engine).constant();
      return Double.isFinite(constant)
          ? new Lipschitz(constant, null)
          : new Lipschitz(null, "the product of operator norms is not finite");
    } catch (InvalidInputException e) {
      return new Lipschitz(null, e.getMessage());
    }
  }
}
