package org.robustnessgap.campaign.plan;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.SamplingPlan;

/**
 * What of a campaign may not change, because the same job would get another content.
 *
 * @param campaign as it is
 * @param classifiers all that it ever had, by name
 */
record SameJobs(Campaign campaign, Map<String, ModelReference> classifiers) {
  /**
   * @throws InvalidInputException if a job would be another
   */
  void require(Campaign changed) {
    String id = campaign.id();
    same(campaign.source(), changed.source(), id, "generator or data");
    same(campaign.data(), changed.data(), id, "data");
    for (JobKind kind : JobKind.ALL) {
      campaign
          .plan(kind)
          .ifPresent(plan -> same(plan, changed.plan(kind).orElse(null), id, kind + " plan"));
    }
    for (ModelReference classifier : changed.classifiers()) {
      ModelReference before = classifiers.getOrDefault(classifier.name(), classifier);
      same(
          before.withoutLimits(),
          classifier.withoutLimits(),
          id,
          "model of classifier " + classifier.name());
    }
    SamplingPlan sampling = campaign.sampling();
    SamplingPlan newSampling = changed.sampling();
    same(sampling.seed(), newSampling.seed(), id, "seed");
    same(sampling.batchSize(), newSampling.batchSize(), id, "batch size");
    same(sampling.windowSamples(), newSampling.windowSamples(), id, "window");
    if (!Objects.equals(sampling.samples(), newSampling.samples())) {
      long earlierEnd =
          Math.min(sampling.end().orElse(Long.MAX_VALUE), newSampling.end().orElse(Long.MAX_VALUE));
      if (earlierEnd % sampling.windowSamples() != 0) {
        throw refusal(id, "number of samples in the middle of a window");
      }
    }
  }

  private static void same(
      @Nullable Object old, @Nullable Object changed, String campaign, String what) {
    if (!Objects.equals(old, changed)) {
      throw refusal(campaign, what);
    }
  }

  private static InvalidInputException refusal(String campaign, String what) {
    return new InvalidInputException(
        String.format(
            "Campaign %s cannot change its %s, because its jobs would no longer be the same; give the"
                + " campaign a new id.",
            campaign, what));
  }
}
