package org.robustnessgap.messages;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link Job.Attack}: one sample result for each latent vector, in order. The value
 * of topic {@code attack-results}, keyed by campaign/classifier.
 *
 * @param classes K, the number of classes the classifier distinguishes, at least 2
 * @param latentDimension d; 0 if the samples are images, which no latent vectors stand behind
 * @param worker which worker answered
 * @param engine what ran the models, for instance {@code onnxruntime-cpu}
 * @param seconds wall time from taking the job to the answer
 * @param suspicions why figures may be false although nothing failed; absent if nothing looks wrong
 * @param pixels what the classifier's input contract says pixels are, which distances are of; null
 *     without one: those of the classifier's own input
 * @param provenance what the perturbations were searched on and how; absent from older workers
 * @param withoutDiagnostics why the models have none of the numbers of a diagnostic, by its name;
 *     absent if all that were asked for were measured
 * @param queries images that a served classifier was asked about, all counted; absent for a file
 */
public record AttackResult(
    JobId jobId,
    Window window,
    int classes,
    int latentDimension,
    String worker,
    String engine,
    double seconds,
    List<SampleResult> samples,
    @OmitEmpty List<Suspicion> suspicions,
    @OmitEmpty @Nullable PixelSpace pixels,
    @OmitEmpty @Nullable Provenance provenance,
    @OmitEmpty Map<String, String> withoutDiagnostics,
    @OmitEmpty @Nullable Long queries)
    implements JobResult {
  /**
   * An answer about which nothing looks wrong, without an input contract and of unknown provenance.
   */
  public AttackResult(
      JobId jobId,
      Window window,
      int classes,
      int latentDimension,
      String worker,
      String engine,
      double seconds,
      List<SampleResult> samples) {
    this(
        jobId,
        window,
        classes,
        latentDimension,
        worker,
        engine,
        seconds,
        samples,
        List.of(),
        null,
        null);
  }

  /** An answer whose diagnostics, if it has any, were all measured. */
  public AttackResult(
      JobId jobId,
      Window window,
      int classes,
      int latentDimension,
      String worker,
      String engine,
      double seconds,
      List<SampleResult> samples,
      List<Suspicion> suspicions,
      @Nullable PixelSpace pixels,
      @Nullable Provenance provenance) {
    this(
        jobId,
        window,
        classes,
        latentDimension,
        worker,
        engine,
        seconds,
        samples,
        suspicions,
        pixels,
        provenance,
        Map.of());
  }

  /** An answer about a file. */
  public AttackResult(
      JobId jobId,
      Window window,
      int classes,
      int latentDimension,
      String worker,
      String engine,
      double seconds,
      List<SampleResult> samples,
      List<Suspicion> suspicions,
      @Nullable PixelSpace pixels,
      @Nullable Provenance provenance,
      Map<String, String> withoutDiagnostics) {
    this(
        jobId,
        window,
        classes,
        latentDimension,
        worker,
        engine,
        seconds,
        samples,
        suspicions,
        pixels,
        provenance,
        withoutDiagnostics,
        null);
  }

  public AttackResult {
    Checks.answer(jobId, JobKind.ATTACK, worker, engine, seconds);
    Checks.present(window, "window of job " + jobId);
    Checks.atLeast(classes, 2, "number of classes");
    Checks.atLeast(latentDimension, 0, "latent dimension");
    samples = Checks.notEmpty(samples, "samples of job " + jobId);
    suspicions =
        suspicions == null ? List.of() : Checks.list(suspicions, "suspicions of job " + jobId);
    withoutDiagnostics = Checks.reasons(withoutDiagnostics);
    if (queries != null) {
      Checks.atLeast(queries, 0, "queries");
    }
    for (int i = 0; i < samples.size(); i++) {
      SampleResult sample = samples.get(i);
      Checks.check(
          sample.ordinal() == jobId.firstOrdinal() + i,
          "sample %d of job %s has ordinal %d",
          i,
          jobId,
          sample.ordinal());
      Checks.check(
          sample.label() < classes,
          "sample %d has label %d of %d classes",
          sample.ordinal(),
          sample.label(),
          classes);
    }
  }

  @Override
  public long queriesSpent() {
    return queries == null ? 0 : queries;
  }

  @Override
  public int sampleCount() {
    return samples.size();
  }

  @Override
  public Stream<Outcome> searches() {
    return samples.stream().flatMap(sample -> sample.spaces().values().stream());
  }

  @Override
  public Stream<Finding> findings() {
    return samples.stream()
        .flatMap(
            sample ->
                sample.spaces().entrySet().stream()
                    .map(found -> new Finding(sample.ordinal(), found.getKey(), found.getValue())));
  }

  /** campaign/classifier, the key of everything said about one classifier. */
  public StreamId stream() {
    return new StreamId(jobId.campaign(), jobId.subject());
  }
}
