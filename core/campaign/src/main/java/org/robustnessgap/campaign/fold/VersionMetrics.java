package org.robustnessgap.campaign.fold;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.MeasuredQuantile;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.VersionFigure;

/** The metrics of versions of a classifier. */
final class VersionMetrics {
  private static final Metric INFO =
      Metric.gauge(
          "robustness_model_info",
          "Always 1; a series for each version of the model in the window shown.",
          "campaign",
          "model",
          "version",
          "digest",
          "fingerprint",
          "access");
  private static final Metric FORMER_LOWER =
      Metric.gauge(
          "robustness_former_measured_ci_lower",
          "Lower end of the measured quantile's 95 % interval, of the version of the model before.",
          "campaign",
          "model",
          "space",
          "norm",
          "attack",
          "quantile");

  static final List<Metric> ALL = List.of(INFO, FORMER_LOWER);

  /** More versions in one window are a fault, and no reason to fill a database. */
  private static final int MOST_VERSIONS = 4;

  /** More would exceed the 250 series that one model may have. */
  private static final int MOST_QUANTILES = 5;

  private VersionMetrics() {}

  static void report(Series series, StreamId id, RobustnessGap gap) {
    Provenance provenance = gap.provenance();
    if (provenance != null) {
      versions(provenance, gap.versions()).forEach(model -> info(series, id, provenance, model));
    }
    VersionFigure former = gap.former();
    if (former != null) {
      String attack = Provenance.algorithm(provenance);
      gap.spaces().forEach((space, figures) -> former(series, id, attack, space, figures, former));
    }
  }

  /** The latest, as far as they are known. */
  private static List<ModelIdentity> versions(Provenance shown, List<VersionFigure> versions) {
    List<ModelIdentity> known = new ArrayList<>();
    if (versions.isEmpty() && shown.model() != null) {
      known.add(shown.model());
    }
    versions.stream()
        .skip(Math.max(0, versions.size() - MOST_VERSIONS))
        .forEach(
            version -> {
              if (version.model() != null) {
                known.add(version.model());
              }
            });
    return known;
  }

  private static void info(Series series, StreamId id, Provenance provenance, ModelIdentity model) {
    Access access = provenance.access() == null ? Access.GRADIENTS : provenance.access();
    series.add(
        INFO,
        1,
        id.campaign(),
        id.classifier(),
        orEmpty(model.version()),
        orEmpty(model.digest()),
        orEmpty(model.fingerprint()),
        access.label());
  }

  /** For Prometheus an empty label is none. */
  private static String orEmpty(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static void former(
      Series series,
      StreamId id,
      String attack,
      Space space,
      SpaceGap figures,
      VersionFigure former) {
    former.spaces().getOrDefault(space, List.<MeasuredQuantile>of()).stream()
        .limit(MOST_QUANTILES)
        .forEach(
            at ->
                series.addKnown(
                    FORMER_LOWER,
                    at.lower(),
                    id.campaign(),
                    id.classifier(),
                    space.label(),
                    MetricLabels.norm(figures.norm()),
                    attack,
                    Double.toString(at.quantile())));
  }
}
