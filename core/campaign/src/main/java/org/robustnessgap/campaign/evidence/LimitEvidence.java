package org.robustnessgap.campaign.evidence;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.robustnessgap.limit.Disagreement;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.TransferLimits;
import org.robustnessgap.messages.TransferResult;

/**
 * Gathers results of all campaigns and turns them into limits. Each sample counts once, however
 * often its job is answered. Memory: one counter a class and classifier or pair, one number for
 * each sample and radius of a smoothness plan, and one range of ordinals for each gap among the
 * results. Not thread-safe.
 */
public final class LimitEvidence {
  /**
   * How displacements were searched: what was searched otherwise is not mixed. Radii may differ.
   *
   * @param restarts 0 where older results do not tell
   * @param steps likewise
   */
  private record Ascent(String generator, int restarts, int steps) {
    static Ascent of(SmoothnessResult result) {
      SmoothnessPlan plan = result.plan();
      return new Ascent(
          result.jobId().subject(),
          plan == null ? 0 : plan.restarts(),
          plan == null ? 0 : plan.steps());
    }
  }

  private static final class OfCampaign {
    final Map<StreamId, LabelEvidence> labels = new TreeMap<>();
    final Map<PairId, PairEvidence> pairs = new TreeMap<>();
    final Map<Ascent, DisplacementEvidence> displacements = new LinkedHashMap<>();

    /** Of a generator, by the search that examined most samples; of any where that is unknown. */
    DisplacementEvidence displacements(String generator) {
      return displacements.entrySet().stream()
          .filter(entry -> generator == null || entry.getKey().generator.equals(generator))
          .max(
              Comparator.<Map.Entry<Ascent, DisplacementEvidence>>comparingLong(
                      entry -> entry.getValue().samples().orElse(0L))
                  .thenComparing(entry -> entry.getKey().restarts)
                  .thenComparing(entry -> entry.getKey().steps))
          .map(Map.Entry::getValue)
          .orElseGet(DisplacementEvidence::new);
    }
  }

  private final Map<String, OfCampaign> campaigns = new HashMap<>();

  /**
   * Counts the labels of samples not seen before; samples without a label count for nothing.
   *
   * @return whether the limits of {@link AttackResult#stream()} change
   * @throws org.robustnessgap.messages.InvalidInputException if the result contradicts earlier ones
   *     on the number of classes or the latent dimension, or has more than a million classes
   */
  public boolean add(AttackResult result) {
    return of(result.jobId().campaign())
        .labels
        .computeIfAbsent(
            result.stream(),
            stream -> new LabelEvidence(result.jobId(), result.classes(), result.latentDimension()))
        .add(result);
  }

  /**
   * Keeps the displacements of samples not seen before.
   *
   * @return whether the limits of all {@link #streams} of the campaign change
   */
  public boolean add(SmoothnessResult result) {
    return of(result.jobId().campaign())
        .displacements
        .computeIfAbsent(Ascent.of(result), ascent -> new DisplacementEvidence())
        .add(result);
  }

  /**
   * Counts the labels of samples not seen before; samples without both labels count for nothing.
   *
   * @return whether the limits of {@link TransferResult#pair()} change
   * @throws org.robustnessgap.messages.InvalidInputException if the result contradicts earlier ones
   *     on the number of classes or the latent dimension, or has more than a million classes
   */
  public boolean add(TransferResult result) {
    return of(result.jobId().campaign())
        .pairs
        .computeIfAbsent(result.pair(), pair -> new PairEvidence(result))
        .add(result);
  }

  /** The pairs of a campaign's classifiers that have results. */
  public Set<PairId> pairs(String campaign) {
    OfCampaign evidence = campaigns.get(campaign);
    return evidence == null ? Set.of() : Set.copyOf(evidence.pairs.keySet());
  }

  /** The streams of a campaign that have results. */
  public Set<StreamId> streams(String campaign) {
    OfCampaign evidence = campaigns.get(campaign);
    return evidence == null ? Set.of() : Set.copyOf(evidence.labels.keySet());
  }

  /**
   * The limits that follow from what was seen so far: in latent space always, in the image spaces
   * once displacements of the campaign's generator are known.
   *
   * @param quantiles the p of the quantile limits, each in (0, 1)
   * @return empty while the stream has no labelled sample
   */
  public Optional<TheoreticalLimits> limits(StreamId stream, List<Double> quantiles) {
    OfCampaign evidence = campaigns.get(stream.campaign());
    LabelEvidence labels = evidence == null ? null : evidence.labels.get(stream);
    if (labels == null || labels.samples() == 0) {
      return Optional.empty();
    }
    DisplacementEvidence displacements = evidence.displacements(labels.generator());
    return Optional.of(
        new TheoreticalLimits(
            stream,
            labels.samples(),
            labels.counts(),
            displacements.samples().orElse(null),
            SpaceLimits.of(labels, displacements, quantiles),
            labels.generator()));
  }

  /**
   * The limits on what two classifiers share that follow from what was seen so far, in the same
   * spaces.
   *
   * @param quantiles the p of the quantile limits, each in (0, 1)
   * @return empty while no sample has both labels
   */
  public Optional<TransferLimits> limits(PairId pair, List<Double> quantiles) {
    OfCampaign evidence = campaigns.get(pair.campaign());
    PairEvidence shared = evidence == null ? null : evidence.pairs.get(pair);
    if (shared == null || shared.labels().samples() == 0) {
      return Optional.empty();
    }
    DisplacementEvidence displacements = evidence.displacements(shared.labels().generator());
    Disagreement disagreement = shared.disagreement();
    return Optional.of(
        new TransferLimits(
            pair,
            new TransferLimits.Disagreement(
                disagreement.differing(),
                disagreement.samples(),
                disagreement.lower(),
                disagreement.upper()),
            displacements.samples().orElse(null),
            SpaceLimits.of(shared, displacements, quantiles),
            shared.labels().generator()));
  }

  private OfCampaign of(String campaign) {
    return campaigns.computeIfAbsent(campaign, name -> new OfCampaign());
  }
}
