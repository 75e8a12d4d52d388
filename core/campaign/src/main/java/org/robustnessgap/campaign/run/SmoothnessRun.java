package org.robustnessgap.campaign.run;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.WeakHashMap;
import java.util.stream.IntStream;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.certificate.LipschitzGraph;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.SmoothnessResult.Lipschitz;
import org.robustnessgap.onnx.graph.OnnxModel;

/** How far the generator moves its images: exactly if it is affine, else by ascent. */
final class SmoothnessRun implements JobRun<Job.Smoothness> {
  /** Of generators in use: the same for all jobs of a campaign, and slow. */
  private final Map<GeneratorModel, OptionalDouble> slopes =
      Collections.synchronizedMap(new WeakHashMap<>());

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
    OptionalDouble slope = slopes.computeIfAbsent(generator, AffineModulus::slope);
    return new SmoothnessResult(
        job.id(),
        job.plan().radii(),
        context.worker(),
        context.engine(),
        context.seconds(),
        slope.isPresent()
            ? affine(generator, job, slope.getAsDouble())
            : generator.displacements(job.latents(), job.plan()),
        slope.isPresent()
            ? Lipschitz.exactly(slope.getAsDouble())
            // Slow, too.
            : job.id().firstOrdinal() == 0
                ? lipschitz(generator.model(), context.models().engine())
                : null,
        job.plan());
  }

  /** D_t(z) = σ₁ t. */
  private static List<SmoothnessResult.Sample> affine(
      GeneratorModel generator, Job.Smoothness job, double slope) {
    Rows images = generator.map().apply(generator.rows(job.latents()));
    List<Double> displacements = job.plan().radii().stream().map(t -> slope * t).toList();
    return IntStream.range(0, images.count())
        .mapToObj(
            i ->
                new SmoothnessResult.Sample(
                    job.id().firstOrdinal() + i, images.norm(i), displacements))
        .toList();
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
