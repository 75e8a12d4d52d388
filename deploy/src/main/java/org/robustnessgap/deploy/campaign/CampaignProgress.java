package org.robustnessgap.deploy.campaign;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.TheoreticalLimits.QuantileLimit;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;

/**
 * How far a bounded campaign of one window is, folded from what the services publish about it.
 * Messages about other campaigns change nothing, nor does one that arrives twice.
 */
public final class CampaignProgress {
  private static final double ROUNDING = 1e-9;

  private final Campaign campaign;
  private final long samples;
  private final long smoothnessSamples;
  private final Map<StreamId, RobustnessGap> gaps = new HashMap<>();
  private final Map<StreamId, TheoreticalLimits> limits = new HashMap<>();
  private final Map<String, String> reasons = new HashMap<>();
  private final Set<JobId> settledSmoothness = new HashSet<>();
  private long smoothnessAnswered;
  private long smoothnessGivenUp;

  /**
   * @throws InvalidInputException if the campaign never ends
   */
  public CampaignProgress(Campaign campaign) {
    this.campaign = campaign;
    this.samples =
        campaign
            .sampling()
            .end()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "Campaign " + campaign.id() + " never ends; give it a number of samples."));
    this.smoothnessSamples =
        campaign.smoothness() == null ? 0 : Math.min(campaign.smoothness().samples(), samples);
  }

  public void apply(RobustnessGap gap) {
    if (gap.stream().campaign().equals(campaign.id())) {
      gaps.put(gap.stream(), gap);
    }
  }

  public void apply(TheoreticalLimits update) {
    if (update.stream().campaign().equals(campaign.id())) {
      limits.put(update.stream(), update);
    }
  }

  public void apply(SmoothnessResult result) {
    if (isNewSmoothness(result.jobId())) {
      smoothnessAnswered += result.samples().size();
    }
  }

  public void apply(JobFailure failure) {
    if (failure instanceof JobFailure.GivenUp givenUp
        && givenUp.jobId().campaign().equals(campaign.id())) {
      reasons.put(givenUp.jobId().subject(), givenUp.reason());
      if (isNewSmoothness(givenUp.jobId())) {
        smoothnessGivenUp += givenUp.samples();
      }
    }
  }

  private boolean isNewSmoothness(JobId id) {
    return id.campaign().equals(campaign.id())
        && id.kind() == JobId.Kind.SMOOTHNESS
        && settledSmoothness.add(id);
  }

  /** Samples to attack and to examine for smoothness, over all classifiers. */
  public long total() {
    return samples * campaign.classifiers().size() + smoothnessSamples;
  }

  /** Those answered or given up. */
  public long settled() {
    return gaps.values().stream().mapToLong(gap -> gap.measured() + gap.failed()).sum()
        + smoothnessAnswered
        + smoothnessGivenUp;
  }

  /**
   * Whether every sample is settled and every figure rests on all of them: limits on all labels,
   * gaps on those limits.
   */
  public boolean complete() {
    return settled() == total() && streams().stream().allMatch(this::isFinal);
  }

  private boolean isFinal(StreamId stream) {
    RobustnessGap gap = gaps.get(stream);
    if (gap == null) {
      return false;
    }
    if (labelled(gap) == 0) {
      return true;
    }
    TheoreticalLimits known = limits.get(stream);
    return known != null
        && known.samples() >= labelled(gap)
        && (smoothnessAnswered == 0 || known.spaces().containsKey(Space.IN_DISTRIBUTION))
        && gap.spaces().entrySet().stream()
            .allMatch(entry -> restsOn(entry.getValue(), known.spaces().get(entry.getKey())));
  }

  /** How many samples certainly have a label: a sample without one fails in every space. */
  private static long labelled(RobustnessGap gap) {
    return gap.spaces().values().stream()
        .mapToLong(space -> space.found() + space.notFound())
        .max()
        .orElse(0);
  }

  private static boolean restsOn(SpaceGap gap, SpaceLimit limit) {
    if (limit == null) {
      return gap.kind() == null;
    }
    return gap.kind() == limit.kind()
        && gap.normaliser() == limit.normaliser()
        && limit.quantiles().stream()
            .allMatch(
                quantile ->
                    gap.quantiles().stream()
                        .anyMatch(figure -> restsOn(figure, quantile, limit.normaliser())));
  }

  private static boolean restsOn(QuantileGap figure, QuantileLimit limit, double normaliser) {
    if (figure.quantile() != limit.quantile()) {
      return false;
    }
    return limit.distance() == null || figure.limit() == null
        ? limit.distance() == null && figure.limit() == null
        : Math.abs(figure.limit() * normaliser - limit.distance()) <= ROUNDING * limit.distance();
  }

  /** What is known of each classifier, in the campaign's order. */
  public List<RobustnessGap> gaps() {
    return streams().stream().map(gaps::get).filter(Objects::nonNull).toList();
  }

  /** Whether any classifier has any figure. */
  public boolean measuredAnything() {
    return gaps.values().stream().anyMatch(gap -> labelled(gap) > 0);
  }

  /** One sentence for each classifier, and for the generator, some of whose samples failed. */
  public List<String> failures() {
    List<String> sentences = new ArrayList<>();
    for (RobustnessGap gap : gaps()) {
      if (gap.failed() > 0) {
        sentences.add(
            sentence(gap.stream().classifier(), gap.failed(), samples, gap.stream().classifier()));
      }
    }
    if (smoothnessGivenUp > 0) {
      sentences.add(
          sentence(
              "smoothness of " + campaign.generator().name(),
              smoothnessGivenUp,
              smoothnessSamples,
              campaign.generator().name()));
    }
    return sentences;
  }

  private String sentence(String what, long failed, long all, String subject) {
    return String.format(
        "%s: %s failed. %s",
        what,
        failed == all ? "all " + all + " samples" : failed + " of " + all + " samples",
        reasons.getOrDefault(subject, "No reason arrived."));
  }

  private List<StreamId> streams() {
    return campaign.classifiers().stream()
        .map(classifier -> new StreamId(campaign.id(), classifier.name()))
        .toList();
  }
}
