package org.robustnessgap.campaign.fold;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.Provenance;

/** Label values that the metrics of several kinds have. */
final class MetricLabels {
  /** More would exceed the 250 series that one model may have. */
  static final int MOST_QUANTILES = 7;

  private MetricLabels() {}

  /** Label values of an info metric, after those that say whose. */
  static String[] provenance(
      @Nullable Provenance provenance, @Nullable Norm norm, List<String> engines, String... whose) {
    AttackPlan attack = provenance == null ? null : provenance.attack();
    List<String> labels = new ArrayList<>(List.of(whose));
    labels.add(provenance == null ? Provenance.UNKNOWN : provenance.generator());
    labels.add(norm(norm));
    labels.add(Provenance.algorithm(provenance));
    labels.add(
        attack == null
            ? Provenance.UNKNOWN
            : attack.pixelRange() == null ? "none" : attack.pixelRange().describe());
    labels.add(engines.isEmpty() ? Provenance.UNKNOWN : String.join(",", engines));
    return labels.toArray(String[]::new);
  }

  static String norm(@Nullable Norm norm) {
    return norm == null ? Provenance.UNKNOWN : norm.label();
  }

  static String[] with(String[] labels, String last) {
    String[] more = Arrays.copyOf(labels, labels.length + 1);
    more[labels.length] = last;
    return more;
  }
}
