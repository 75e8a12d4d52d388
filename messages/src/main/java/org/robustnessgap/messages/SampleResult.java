package org.robustnessgap.messages;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was measured at one latent vector z for one classifier.
 *
 * @param ordinal the sample's number in its campaign, from 0
 * @param label f(g(z)), the classifier's own label, from 0; −1 if it has none because its logits
 *     are not finite
 * @param latentNorm ‖z‖₂; ‖x‖₂ if samples are images x of one's own
 * @param imageNorm ‖g(z)‖₂
 * @param spaces the outcome in each space of the attack plan
 * @param diagnostics what the diagnostics of the campaign found about perturbations of a space, by
 *     their names; what is unknown is left out; absent if there is nothing
 * @param name of the image, if samples are images of one's own; absent for a latent vector
 * @param reconstruction what the generator makes of the image, at which the spaces but the
 *     unconstrained one are searched; absent if it was not brought back to a latent vector
 */
public record SampleResult(
    long ordinal,
    int label,
    double latentNorm,
    double imageNorm,
    Map<Space, Outcome> spaces,
    @OmitEmpty Map<Space, Map<String, Double>> diagnostics,
    @OmitEmpty @Nullable String name,
    @OmitEmpty @Nullable Reconstruction reconstruction) {
  /** The name of what outcomes say themselves of how near to a local minimum they are. */
  public static final String KKT_RESIDUAL = "kkt_residual";

  /** Of a latent vector, without diagnostics. */
  public SampleResult(
      long ordinal, int label, double latentNorm, double imageNorm, Map<Space, Outcome> spaces) {
    this(ordinal, label, latentNorm, imageNorm, spaces, Map.of());
  }

  /** Of a latent vector. */
  public SampleResult(
      long ordinal,
      int label,
      double latentNorm,
      double imageNorm,
      Map<Space, Outcome> spaces,
      Map<Space, Map<String, Double>> diagnostics) {
    this(ordinal, label, latentNorm, imageNorm, spaces, diagnostics, null);
  }

  /** Of a latent vector, or of an image that was not brought back to one. */
  public SampleResult(
      long ordinal,
      int label,
      double latentNorm,
      double imageNorm,
      Map<Space, Outcome> spaces,
      Map<Space, Map<String, Double>> diagnostics,
      @Nullable String name) {
    this(ordinal, label, latentNorm, imageNorm, spaces, diagnostics, name, null);
  }

  public SampleResult {
    Checks.atLeast(ordinal, 0, "ordinal");
    Checks.atLeast(label, -1, "label");
    Checks.notNegative(latentNorm, "latent norm");
    Checks.notNegative(imageNorm, "image norm");
    spaces = Checks.bySpace(spaces, "outcomes of sample " + ordinal);
    Checks.check(!spaces.isEmpty(), "sample %d has no outcome", ordinal);
    diagnostics = copy(diagnostics == null ? Map.of() : diagnostics, ordinal);
  }

  private static Map<Space, Map<String, Double>> copy(
      Map<Space, Map<String, Double>> diagnostics, long ordinal) {
    Map<Space, Map<String, Double>> copy = new EnumMap<>(Space.class);
    Checks.bySpace(diagnostics, "diagnostics of sample " + ordinal)
        .forEach(
            (space, values) -> {
              values.forEach(
                  (name, value) -> {
                    Checks.name(name, "name of a diagnostic");
                    Checks.finite(Checks.present(value, name), name);
                  });
              copy.put(space, Collections.unmodifiableSortedMap(new TreeMap<>(values)));
            });
    return Collections.unmodifiableMap(copy);
  }

  /** The same with what diagnostics found. */
  public SampleResult with(Map<Space, Map<String, Double>> found) {
    return new SampleResult(
        ordinal, label, latentNorm, imageNorm, spaces, found, name, reconstruction);
  }

  /** The same of an image that was brought back to a latent vector, with all that was found. */
  public SampleResult reconstructed(Map<Space, Outcome> all, Reconstruction found) {
    return new SampleResult(ordinal, label, latentNorm, imageNorm, all, diagnostics, name, found);
  }

  /** What a diagnostic found about perturbations of a space; empty if unknown. */
  public OptionalDouble diagnostic(Space space, String name) {
    Double value = diagnostics.getOrDefault(space, Map.of()).get(name);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** The KKT residuals of what was found, where they are known. */
  public Map<Space, Double> kktResiduals() {
    Map<Space, Double> residuals = new EnumMap<>(Space.class);
    spaces.forEach(
        (space, outcome) ->
            outcome.residualIfKnown().ifPresent(residual -> residuals.put(space, residual)));
    return residuals;
  }

  /** What diagnostics found, and the KKT residuals even if no diagnostic asks for them. */
  public Map<Space, Map<String, Double>> allDiagnostics() {
    Map<Space, Map<String, Double>> all = new EnumMap<>(Space.class);
    diagnostics.forEach((space, values) -> all.put(space, new TreeMap<>(values)));
    kktResiduals()
        .forEach(
            (space, value) ->
                all.computeIfAbsent(space, any -> new TreeMap<>()).put(KKT_RESIDUAL, value));
    return all;
  }
}
