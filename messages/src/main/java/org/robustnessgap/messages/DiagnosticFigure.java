package org.robustnessgap.messages;

/**
 * The quartiles of a number that a diagnostic found of many samples, in its own unit.
 *
 * @param space whose perturbations it is about
 * @param name of the number
 * @param samples of which it is known
 * @param lowerQuartile a quarter of them have at most this
 * @param upperQuartile a quarter of them have at least this
 */
public record DiagnosticFigure(
    Space space,
    String name,
    long samples,
    double lowerQuartile,
    double median,
    double upperQuartile) {
  public DiagnosticFigure {
    Checks.present(space, "space of a diagnostic");
    Checks.name(name, "name of a diagnostic");
    Checks.atLeast(samples, 1, "samples of " + name);
    Checks.finite(lowerQuartile, "lower quartile of " + name);
    Checks.finite(median, "median of " + name);
    Checks.finite(upperQuartile, "upper quartile of " + name);
  }
}
