package org.robustnessgap.deploy.campaign;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.TransferGap.SpaceTransfer;

/**
 * How far a bounded campaign of one window is, folded from what the services publish about it.
 * Messages about other campaigns change nothing, nor does one that arrives twice.
 */
public final class CampaignProgress {
  private final Campaign campaign;
  private final long samples;
  private final long smoothnessSamples;
  private final long transferSamples;
  private final Map<StreamId, RobustnessGap> gaps = new HashMap<>();
  private final Map<PairId, TransferGap> transfers = new HashMap<>();
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
    this.smoothnessSamples = campaign.smoothness() == null ? 0 : campaign.smoothness().samples();
    this.transferSamples = campaign.transfer() == null ? 0 : campaign.transfer().samples();
  }

  public void apply(RobustnessGap gap) {
    if (gap.stream().campaign().equals(campaign.id())) {
      gaps.put(gap.stream(), gap);
    }
  }

  public void apply(TransferGap gap) {
    if (gap.pair().campaign().equals(campaign.id())) {
      transfers.put(gap.pair(), gap);
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
        && id.kind() == JobKind.SMOOTHNESS
        && settledSmoothness.add(id);
  }

  /** Samples to attack and to examine for smoothness and transfer, over all classifiers. */
  public long total() {
    return samples * campaign.classifiers().size()
        + smoothnessSamples
        + transferSamples * pairs().size();
  }

  /** Those answered or given up. */
  public long settled() {
    return gaps.values().stream().mapToLong(gap -> gap.measured() + gap.failed()).sum()
        + transfers.values().stream().mapToLong(gap -> gap.measured() + gap.failed()).sum()
        + smoothnessAnswered
        + smoothnessGivenUp;
  }

  /**
   * Whether every sample is settled and every figure rests on all of them: on limits of all labels
   * and of every answer about smoothness. What was given up is not waited for.
   */
  public boolean complete() {
    return settled() == total()
        && streams().stream().allMatch(this::isFinal)
        && pairs().stream().allMatch(this::isFinal);
  }

  private boolean isFinal(PairId pair) {
    TransferGap gap = transfers.get(pair);
    if (transferSamples == 0) {
      return true;
    }
    long labelled =
        gap == null ? 0 : found(gap.spaces().values().stream().map(SpaceTransfer::both));
    return gap != null
        && (labelled == 0
            || (gap.disagreement() != null
                && gap.disagreement().samples() >= labelled
                && reaches(gap.smoothnessSamples(), smoothnessAnswered)));
  }

  private boolean isFinal(StreamId stream) {
    RobustnessGap gap = gaps.get(stream);
    return gap != null
        && (labelled(gap) == 0
            || (reaches(gap.limitSamples(), labelled(gap))
                && reaches(gap.smoothnessSamples(), smoothnessAnswered)));
  }

  private static boolean reaches(Long known, long wanted) {
    return (known == null ? 0 : known) >= wanted;
  }

  /** How many samples certainly have a label: a sample without one fails in every space. */
  private static long labelled(RobustnessGap gap) {
    return found(gap.spaces().values().stream());
  }

  private static long found(Stream<SpaceGap> spaces) {
    return spaces.mapToLong(space -> space.found() + space.notFound()).max().orElse(0);
  }

  /** What is known of each pair of classifiers, in the campaign's order. */
  public List<TransferGap> transfers() {
    return pairs().stream().map(transfers::get).filter(Objects::nonNull).toList();
  }

  /** What is known of each classifier, in the campaign's order. */
  public List<RobustnessGap> gaps() {
    return streams().stream().map(gaps::get).filter(Objects::nonNull).toList();
  }

  /** Whether any classifier has any figure. */
  public boolean measuredAnything() {
    return gaps.values().stream().anyMatch(gap -> labelled(gap) > 0);
  }

  /**
   * One sentence for each classifier or pair, and for the generator, some of whose samples failed.
   */
  public List<String> failures() {
    List<String> sentences = new ArrayList<>();
    for (RobustnessGap gap : gaps()) {
      if (gap.failed() > 0) {
        sentences.add(
            sentence(gap.stream().classifier(), gap.failed(), samples, gap.stream().classifier()));
      }
    }
    for (TransferGap gap : transfers()) {
      if (gap.failed() > 0) {
        String pair = gap.pair().subject();
        sentences.add(sentence(pair, gap.failed(), transferSamples, pair));
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

  private List<PairId> pairs() {
    return campaign.transfer() == null ? List.of() : PairId.allOf(campaign);
  }

  private List<StreamId> streams() {
    return campaign.classifiers().stream()
        .map(classifier -> new StreamId(campaign.id(), classifier.name()))
        .toList();
  }
}
