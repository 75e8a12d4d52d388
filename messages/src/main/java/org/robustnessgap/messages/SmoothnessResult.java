package org.robustnessgap.messages;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link Job.Smoothness}; its job id names the generator. The value of topic {@code
 * smoothness-results}, keyed by campaign.
 *
 * @param radii the radii t of the plan
 * @param samples one entry for each latent vector, in order
 * @param lipschitz what is known of the generator as a whole; null if this job did not ask, as only
 *     the first of a campaign does unless the generator is affine
 * @param plan how displacements were searched; absent from older workers
 */
public record SmoothnessResult(
    JobId jobId,
    List<Double> radii,
    String worker,
    String engine,
    double seconds,
    List<Sample> samples,
    @Nullable Lipschitz lipschitz,
    @OmitEmpty @Nullable SmoothnessPlan plan)
    implements JobResult {
  /** An answer to an unknown plan. */
  public SmoothnessResult(
      JobId jobId,
      List<Double> radii,
      String worker,
      String engine,
      double seconds,
      List<Sample> samples,
      @Nullable Lipschitz lipschitz) {
    this(jobId, radii, worker, engine, seconds, samples, lipschitz, null);
  }

  /**
   * A constant Λ with ‖g(z) − g(z′)‖ ≤ Λ‖z − z′‖ for all z and z′.
   *
   * @param constant Λ, at least 0; null if none is known
   * @param unknown why; null if one is known
   * @param exact whether the generator is affine and Λ its largest singular value, to rounding: at
   *     every z, some z′ at each distance attains Λ‖z − z′‖; null for no
   */
  public record Lipschitz(
      @Nullable Double constant, @Nullable String unknown, @OmitEmpty @Nullable Boolean exact) {
    /** A constant that is proven but need not be attained, or none. */
    public Lipschitz(@Nullable Double constant, @Nullable String unknown) {
      this(constant, unknown, null);
    }

    public Lipschitz {
      Checks.check(
          (constant == null) != (unknown == null),
          "a Lipschitz constant is either known or unknown for a reason");
      Checks.notNegativeOrNull(constant, "Lipschitz constant");
      Checks.check(constant != null || exact == null, "an unknown Lipschitz constant is not exact");
    }

    /** Of an affine generator: the modulus of continuity is ω(t) = Λt. */
    public static Lipschitz exactly(double constant) {
      return new Lipschitz(constant, null, true);
    }

    /** Whether the modulus of continuity is ω(t) = Λt, and no smaller. */
    public boolean holdsExactly() {
      return Boolean.TRUE.equals(exact);
    }
  }

  /**
   * How far g moves around one latent vector.
   *
   * @param imageNorm ‖g(z)‖₂
   * @param displacements D_t(z) for each radius: exact if the generator is affine, else a lower
   *     estimate of the true maximum; never descending
   */
  public record Sample(long ordinal, double imageNorm, List<Double> displacements) {
    public Sample {
      Checks.atLeast(ordinal, 0, "ordinal");
      Checks.notNegative(imageNorm, "image norm");
      displacements = Checks.notEmpty(displacements, "displacements of sample " + ordinal);
      double previous = 0;
      for (double displacement : displacements) {
        Checks.finite(displacement, "displacement");
        Checks.check(
            displacement >= previous,
            "displacements of sample %d descend from %s to %s",
            ordinal,
            previous,
            displacement);
        previous = displacement;
      }
    }
  }

  public SmoothnessResult {
    Checks.answer(jobId, JobKind.SMOOTHNESS, worker, engine, seconds);
    radii = SmoothnessPlan.ascending(radii);
    Checks.check(
        plan == null || plan.radii().equals(radii),
        "job %s has the radii %s, which are not those of its plan",
        jobId,
        radii);
    samples = Checks.notEmpty(samples, "samples of job " + jobId);
    for (int i = 0; i < samples.size(); i++) {
      Sample sample = samples.get(i);
      Checks.check(
          sample.ordinal() == jobId.firstOrdinal() + i
              && sample.displacements().size() == radii.size(),
          "sample %d of job %s has ordinal %d and %d displacements",
          i,
          jobId,
          sample.ordinal(),
          sample.displacements().size());
    }
  }

  @Override
  public int sampleCount() {
    return samples.size();
  }

  @Override
  public Stream<Outcome> searches() {
    return Stream.empty();
  }

  @Override
  public Stream<Finding> findings() {
    return Stream.empty();
  }

  /** The campaign: it has one generator. */
  @Override
  public String key() {
    return jobId.campaign();
  }
}
