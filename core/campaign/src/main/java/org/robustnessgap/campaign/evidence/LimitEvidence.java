package org.robustnessgap.campaign.evidence;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.Subject;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;

/**
 * Gathers results of all campaigns and turns them into limits. Each sample counts once, however
 * often its job is answered. Memory: one counter a class and classifier or pair, one number for
 * each sample and radius of a smoothness plan, and one range of ordinals for each gap among the
 * results. Not thread-safe.
 */
public final class LimitEvidence {
  /** What evidence about a subject begins as, before its first result is added. */
  private static final Map<JobKind, Function<JobResult, SubjectEvidence>> KINDS =
      Map.of(
          JobKind.ATTACK, AttackEvidence::new,
          JobKind.SMOOTHNESS, first -> new SmoothnessEvidence(),
          JobKind.TRANSFER, PairEvidence::new);

  private final Map<Subject, SubjectEvidence> subjects = new TreeMap<>();

  /** The kinds of jobs whose results say anything about limits; others are ignored. */
  public static Set<JobKind> kinds() {
    return KINDS.keySet();
  }

  /**
   * Takes what the result says of samples not seen before.
   *
   * @return whether the limits of {@link #concernedBy} change
   * @throws InvalidInputException if the result contradicts earlier ones, or has more than a
   *     million classes
   */
  public boolean add(JobResult result) {
    Function<JobResult, SubjectEvidence> beginning = KINDS.get(result.jobId().kind());
    return beginning != null
        && subjects
            .computeIfAbsent(result.jobId().about(), subject -> beginning.apply(result))
            .add(result);
  }

  /** Whose limits follow from an answer to this job: its subject's, or those of its campaign. */
  public Set<Subject> concernedBy(JobId job) {
    return job.kind().limits().isPresent() ? Set.of(job.about()) : subjects(job.campaign());
  }

  /** The subjects of a campaign that have results and may have limits. */
  public Set<Subject> subjects(String campaign) {
    return subjects.keySet().stream()
        .filter(subject -> subject.campaign().equals(campaign))
        .filter(subject -> subject.kind().limits().isPresent())
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * The limits that follow from what was seen so far: in latent space always, in the image spaces
   * once displacements of the campaign's generator are known.
   *
   * @param quantiles the p of the quantile limits, each in (0, 1)
   * @return empty while nothing is known of the subject
   */
  public Optional<Limits> limits(Subject subject, List<Double> quantiles) {
    return Optional.ofNullable(subjects.get(subject))
        .flatMap(
            evidence ->
                evidence.limits(
                    generator -> displacements(subject.campaign(), generator), quantiles));
  }

  /**
   * The limits of a classifier for data of another mix of labels, by space.
   *
   * @param quantiles the p of the quantile limits, each in (0, 1)
   * @param mix labels counted in the data, by class
   * @return empty while nothing is known of the subject, or if it is no classifier
   * @throws InvalidInputException if they are of another number of classes, or all 0
   */
  public Map<Space, SpaceLimit> limits(Subject subject, List<Double> quantiles, List<Long> mix) {
    return subjects.get(subject) instanceof AttackEvidence evidence
        ? evidence.limits(generator -> displacements(subject.campaign(), generator), quantiles, mix)
        : Map.of();
  }

  private DisplacementEvidence displacements(String campaign, @Nullable String generator) {
    Stream<Map.Entry<Subject, SubjectEvidence>> examined =
        subjects.entrySet().stream()
            .filter(entry -> entry.getKey().campaign().equals(campaign))
            .filter(entry -> generator == null || entry.getKey().name().equals(generator));
    return SmoothnessEvidence.best(
        examined
            .map(Map.Entry::getValue)
            .filter(SmoothnessEvidence.class::isInstance)
            .map(SmoothnessEvidence.class::cast)
            .toList());
  }
}
