package org.robustnessgap.messages;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link Job.Transfer}: one entry for each latent vector, in order. The value of
 * topic {@code transfer-results}, keyed by campaign/first~second.
 *
 * @param classes K, the number of classes that both classifiers distinguish, at least 2
 * @param latentDimension d; 0 if the samples are images, which no latent vectors stand behind
 * @param worker which worker answered
 * @param engine what ran the models
 * @param seconds wall time from taking the job to the answer
 * @param provenance what the perturbations were searched on and how; absent from older workers
 */
public record TransferResult(
    JobId jobId,
    int classes,
    int latentDimension,
    String worker,
    String engine,
    double seconds,
    List<Sample> samples,
    @OmitEmpty @Nullable Provenance provenance)
    implements JobResult {
  /** An answer of unknown provenance. */
  public TransferResult(
      JobId jobId,
      int classes,
      int latentDimension,
      String worker,
      String engine,
      double seconds,
      List<Sample> samples) {
    this(jobId, classes, latentDimension, worker, engine, seconds, samples, null);
  }

  /**
   * What the two classifiers share around one latent vector.
   *
   * @param firstLabel label of the first classifier, from 0; −1 if its logits are not finite
   * @param secondLabel label of the second
   * @param imageNorm ‖g(z)‖₂; 0 if the image is not finite
   * @param spaces what was found in latent and in unconstrained space
   * @param name of the image, if samples are images of one's own; absent for a latent vector
   */
  public record Sample(
      long ordinal,
      int firstLabel,
      int secondLabel,
      double imageNorm,
      Map<Space, Perturbations> spaces,
      @OmitEmpty @Nullable String name) {
    /** Of a latent vector. */
    public Sample(
        long ordinal,
        int firstLabel,
        int secondLabel,
        double imageNorm,
        Map<Space, Perturbations> spaces) {
      this(ordinal, firstLabel, secondLabel, imageNorm, spaces, null);
    }

    public Sample {
      Checks.atLeast(ordinal, 0, "ordinal");
      Checks.atLeast(firstLabel, -1, "first label");
      Checks.atLeast(secondLabel, -1, "second label");
      Checks.notNegative(imageNorm, "image norm");
      spaces = Checks.bySpace(spaces, "perturbations of sample " + ordinal);
    }

    /** Whether both classifiers gave a label. */
    public boolean labelled() {
      return firstLabel >= 0 && secondLabel >= 0;
    }
  }

  /**
   * The smallest perturbations of one sample in one space. The one that fools both is at least as
   * long as either own one, and no longer than an own one that fools the other classifier too.
   *
   * @param both the one that changes both labels; its adversarial label is the first classifier's
   * @param first the first classifier's own
   * @param second the second classifier's own
   */
  public record Perturbations(Outcome both, Own first, Own second) {
    public Perturbations {
      Checks.present(both, "perturbation of both classifiers");
      Checks.present(first, "perturbation of the first classifier");
      Checks.present(second, "perturbation of the second classifier");
    }

    private Stream<Outcome> searches() {
      return Stream.of(both, first.outcome(), second.outcome());
    }
  }

  /**
   * The smallest perturbation of one classifier.
   *
   * @param foolsOther whether it changes the other classifier's label as well; null unless it was
   *     found
   */
  public record Own(Outcome outcome, @Nullable Boolean foolsOther) {
    public Own {
      Checks.present(outcome, "outcome of an own perturbation");
      Checks.check(
          (foolsOther != null) == outcome instanceof Outcome.Found,
          "whether a perturbation fools the other classifier is known if it was found, and only then");
    }
  }

  public TransferResult {
    Checks.answer(jobId, JobKind.TRANSFER, worker, engine, seconds);
    Checks.atLeast(classes, 2, "number of classes");
    Checks.atLeast(latentDimension, 0, "latent dimension");
    samples = Checks.notEmpty(samples, "samples of job " + jobId);
    for (int i = 0; i < samples.size(); i++) {
      Sample sample = samples.get(i);
      Checks.check(
          sample.ordinal() == jobId.firstOrdinal() + i
              && Math.max(sample.firstLabel(), sample.secondLabel()) < classes,
          "sample %d of job %s has ordinal %d and labels %d and %d of %d classes",
          i,
          jobId,
          sample.ordinal(),
          sample.firstLabel(),
          sample.secondLabel(),
          classes);
    }
  }

  @Override
  public int sampleCount() {
    return samples.size();
  }

  @Override
  public Stream<Outcome> searches() {
    return samples.stream()
        .flatMap(sample -> sample.spaces().values().stream())
        .flatMap(Perturbations::searches);
  }

  /** Of the perturbations that fool both. */
  @Override
  public Stream<Finding> findings() {
    return samples.stream()
        .flatMap(
            sample ->
                sample.spaces().entrySet().stream()
                    .map(
                        found ->
                            new Finding(
                                sample.ordinal(), found.getKey(), found.getValue().both())));
  }

  /** campaign/first~second. */
  public PairId pair() {
    return jobId.pair();
  }
}
