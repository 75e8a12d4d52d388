package org.robustnessgap.messages;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.TheoreticalLimits.Kind;

/**
 * The gap between limit and measurement, for programs: the value of topic {@code robustness-gaps},
 * keyed by campaign/classifier/window. Later messages of a key replace earlier ones.
 *
 * @param generated samples sent to the workers; = measured + failed + in flight
 * @param measured samples answered
 * @param failed samples given up
 * @param attackSeconds wall time the workers spent
 * @param gradients vector–Jacobian products spent
 * @param forwards evaluations without a gradient spent
 * @param limitSamples labels that the limits rest on; null while no limit is known
 * @param smoothnessSamples latent vectors that estimated limits rest on; null while there are none
 * @param suspicions why these figures may be false although nothing failed; absent if nothing looks
 *     wrong
 * @param pixels what the classifier's input contract says pixels are, which distances are of; null
 *     without one: those of the classifier's own input
 * @param provenance what the perturbations were searched on and how; absent if no result says
 * @param engines what ran the models, by name
 * @param ofOtherProvenance samples answered by other plans, on another generator's images or by
 *     another version of the classifier: counted above, but in none of the figures; absent if there
 *     are none
 * @param diagnostics what diagnostics found of the samples in the figures; absent if nothing
 * @param withoutDiagnostics why the models have none of the numbers of a diagnostic, by its name;
 *     absent if all that were asked for were measured
 * @param labels how many of the samples in the figures the classifier gives which label, in their
 *     order: the mix of classes; absent before the first result, and from older aggregators
 * @param versions of the classifier that samples of this window were measured of, in the order of
 *     their last samples; the figures are of the last one; absent if there is only one
 * @param former the version before the one that the figures are of, as the newest complete window
 *     of it showed it, else as this window does; absent if none is known
 */
public record RobustnessGap(
    StreamId stream,
    Window window,
    long generated,
    long measured,
    long failed,
    double attackSeconds,
    long gradients,
    long forwards,
    @Nullable Long limitSamples,
    @Nullable Long smoothnessSamples,
    Map<Space, SpaceGap> spaces,
    @OmitEmpty List<Suspicion> suspicions,
    @OmitEmpty @Nullable PixelSpace pixels,
    @OmitEmpty @Nullable Provenance provenance,
    @OmitEmpty List<String> engines,
    @OmitEmpty @Nullable Long ofOtherProvenance,
    @OmitEmpty List<DiagnosticFigure> diagnostics,
    @OmitEmpty Map<String, String> withoutDiagnostics,
    @OmitEmpty List<LabelCount> labels,
    @OmitEmpty List<VersionFigure> versions,
    @OmitEmpty @Nullable VersionFigure former)
    implements Gap {
  /**
   * Figures about which nothing looks wrong, without an input contract and of unknown provenance.
   */
  public RobustnessGap(
      StreamId stream,
      Window window,
      long generated,
      long measured,
      long failed,
      double attackSeconds,
      long gradients,
      long forwards,
      @Nullable Long limitSamples,
      @Nullable Long smoothnessSamples,
      Map<Space, SpaceGap> spaces) {
    this(
        stream,
        window,
        generated,
        measured,
        failed,
        attackSeconds,
        gradients,
        forwards,
        limitSamples,
        smoothnessSamples,
        spaces,
        List.of(),
        null,
        null,
        List.of(),
        null,
        List.of(),
        Map.of(),
        List.of(),
        List.of(),
        null);
  }

  /**
   * @param kind kind of the limit; null while none is known, or where none applies
   * @param normaliser what distances were divided by, 1 if they are as measured; null while there
   *     are no figures
   * @param found samples with a distance
   * @param notFound samples whose label no perturbation changed; they rank above every distance
   * @param failed samples without a usable answer; left out of the quantiles
   * @param norm how distances are measured; absent where that is unknown
   * @param notApplicable why no limit applies to these distances; absent if one does or none is
   *     known yet
   */
  public record SpaceGap(
      @Nullable Kind kind,
      @Nullable Double normaliser,
      long found,
      long notFound,
      long failed,
      List<QuantileGap> quantiles,
      @OmitEmpty @Nullable Norm norm,
      @OmitEmpty @Nullable String notApplicable) {
    /** Of ℓ2 distances, to which a limit applies once it is known. */
    public SpaceGap(
        @Nullable Kind kind,
        @Nullable Double normaliser,
        long found,
        long notFound,
        long failed,
        List<QuantileGap> quantiles) {
      this(kind, normaliser, found, notFound, failed, quantiles, Norm.L2, null);
    }

    public SpaceGap {
      Checks.check(
          normaliser != null || (kind == null && notApplicable == null),
          "a limit, or why none applies, comes with the normaliser of the distances");
      Checks.check(
          kind == null || notApplicable == null, "a limit either applies, and has a kind, or not");
      if (normaliser != null) {
        Checks.positive(normaliser, "normaliser");
      }
      Checks.atLeast(found, 0, "found");
      Checks.atLeast(notFound, 0, "not found");
      Checks.atLeast(failed, 0, "failed");
      quantiles = Checks.list(quantiles, "quantiles");
    }

    /** Samples with a usable answer. */
    long usable() {
      return found + notFound;
    }
  }

  /**
   * All distances normalised; each may be null when it is unknown or unbounded.
   *
   * @param limit no classifier can have a larger quantile
   * @param limitLower lower end of its 95 % interval
   * @param limitUpper upper end of it
   * @param measured the quantile of the measured distances
   * @param measuredLower lower end of its 95 % interval, by order statistics
   * @param measuredUpper upper end of it
   * @param gapRatio limit / measured: at least 1 where theory, attack and sample size hold
   * @param gapLower lower end of the ratio's interval
   * @param gapUpper upper end of it
   */
  public record QuantileGap(
      double quantile,
      @Nullable Double limit,
      @Nullable Double limitLower,
      @Nullable Double limitUpper,
      @Nullable Double measured,
      @Nullable Double measuredLower,
      @Nullable Double measuredUpper,
      @Nullable Double gapRatio,
      @Nullable Double gapLower,
      @Nullable Double gapUpper) {
    public QuantileGap {
      Checks.probability(quantile, "quantile");
      Checks.notNegativeOrNull(limit, "limit");
      Checks.notNegativeOrNull(limitLower, "lower end of the limit");
      Checks.notNegativeOrNull(limitUpper, "upper end of the limit");
      Checks.notNegativeOrNull(measured, "measured distance");
      Checks.notNegativeOrNull(measuredLower, "lower end of the measured distance");
      Checks.notNegativeOrNull(measuredUpper, "upper end of the measured distance");
      Checks.notNegativeOrNull(gapRatio, "gap ratio");
      Checks.notNegativeOrNull(gapLower, "lower end of the gap ratio");
      Checks.notNegativeOrNull(gapUpper, "upper end of the gap ratio");
    }
  }

  public RobustnessGap {
    Checks.present(stream, "stream");
    Checks.present(window, "window");
    Checks.atLeast(measured, 0, "measured");
    Checks.atLeast(failed, 0, "failed");
    Checks.check(
        measured <= generated && failed <= generated - measured,
        "%s: %d generated, %d measured, %d failed",
        stream,
        generated,
        measured,
        failed);
    Checks.notNegative(attackSeconds, "attack seconds");
    Checks.atLeast(gradients, 0, "gradients");
    Checks.atLeast(forwards, 0, "forwards");
    Checks.atLeastOneOrNull(limitSamples, "limit samples of " + stream);
    Checks.atLeastOneOrNull(smoothnessSamples, "smoothness samples of " + stream);
    spaces = Checks.bySpace(spaces, "gaps of " + stream);
    engines = engines == null ? List.of() : Checks.list(engines, "engines of " + stream);
    Checks.atLeastOneOrNull(ofOtherProvenance, "samples of other provenance");
    diagnostics =
        diagnostics == null ? List.of() : Checks.list(diagnostics, "diagnostics of " + stream);
    withoutDiagnostics = Checks.reasons(withoutDiagnostics);
    labels = labels == null ? List.of() : Checks.list(labels, "labels of " + stream);
    versions = versions == null ? List.of() : Checks.list(versions, "versions of " + stream);
    suspicions = suspicions == null ? List.of() : Checks.list(suspicions, "suspicions");
  }

  @Override
  public Subject subject() {
    return stream.about();
  }

  /** How many samples certainly have a label: a sample without one fails in every space. */
  private long labelled() {
    return spaces.values().stream().mapToLong(SpaceGap::usable).max().orElse(0);
  }

  @Override
  public boolean measuredAnything() {
    return labelled() > 0;
  }

  @Override
  public boolean restsOn(long smoothness) {
    return labelled() == 0
        || (Checks.reaches(limitSamples, labelled())
            && Checks.reaches(smoothnessSamples, smoothness));
  }

  /**
   * Whether limits are known but those on images are not, for want of any result on the generator's
   * smoothness.
   */
  public boolean lacksSmoothness() {
    return limitSamples != null
        && smoothnessSamples == null
        && spaces.entrySet().stream()
            .anyMatch(
                entry -> entry.getKey() != Space.LATENT && entry.getValue().normaliser() == null);
  }

  /** campaign/classifier/window. */
  @Override
  public String key() {
    return stream + "/" + window.index();
  }
}
