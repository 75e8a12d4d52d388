package org.robustnessgap.deploy.campaign;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.Subject;
import org.robustnessgap.messages.TransferGap;

/**
 * How far a bounded campaign of one window is, folded from what the services publish about it: from
 * the figures of each kind of job, and from the answers of kinds without figures. Messages about
 * other campaigns change nothing, nor does one that arrives twice.
 */
public final class CampaignProgress {
  private final Campaign campaign;
  private final Map<Subject, Gap> gaps = new HashMap<>();
  private final Map<Subject, String> reasons = new HashMap<>();
  private final Set<JobId> settledWithoutGap = new HashSet<>();
  private final Map<Subject, Long> answeredWithoutGap = new HashMap<>();
  private final Map<Subject, Long> givenUpWithoutGap = new HashMap<>();

  /**
   * @throws InvalidInputException if the campaign never ends
   */
  public CampaignProgress(Campaign campaign) {
    this.campaign = campaign;
    if (campaign.sampling().end().isEmpty()) {
      throw new InvalidInputException(
          "Campaign " + campaign.id() + " never ends; give it a number of samples.");
    }
  }

  public void apply(Gap gap) {
    if (gap.subject().campaign().equals(campaign.id())) {
      gaps.put(gap.subject(), gap);
    }
  }

  /** An answer; only those of kinds without figures tell anything. */
  public void apply(JobResult result) {
    if (isNewWithoutGap(result.jobId())) {
      answeredWithoutGap.merge(result.jobId().about(), (long) result.sampleCount(), Long::sum);
    }
  }

  public void apply(JobFailure failure) {
    failure
        .jobGivenUp()
        .filter(givenUp -> givenUp.jobId().campaign().equals(campaign.id()))
        .ifPresent(this::apply);
  }

  private void apply(JobFailure.GivenUp givenUp) {
    Subject subject = givenUp.jobId().about();
    reasons.put(subject, givenUp.reason());
    if (isNewWithoutGap(givenUp.jobId())) {
      givenUpWithoutGap.merge(subject, (long) givenUp.samples(), Long::sum);
    }
  }

  private boolean isNewWithoutGap(JobId id) {
    return id.campaign().equals(campaign.id())
        && id.kind().gaps().isEmpty()
        && settledWithoutGap.add(id);
  }

  /** Samples to look at, over all kinds of jobs and all they are about. */
  public long total() {
    return subjects().mapToLong(this::samples).sum();
  }

  /** What {@link #total} counts, for people, for instance "1024 smoothness, 24 attack". */
  public String counted() {
    Map<String, Long> byKind = new LinkedHashMap<>();
    subjects()
        .filter(subject -> samples(subject) > 0)
        .forEach(subject -> byKind.merge(subject.kind().label(), samples(subject), Long::sum));
    return byKind.entrySet().stream()
        .map(kind -> kind.getValue() + " " + kind.getKey())
        .collect(Collectors.joining(", "));
  }

  private long samples(Subject subject) {
    return campaign
        .plan(subject.kind())
        .map(plan -> plan.end(campaign.sampling()).orElseThrow())
        .orElse(0L);
  }

  /** Those answered or given up. */
  public long settled() {
    return gaps.values().stream().mapToLong(gap -> gap.measured() + gap.failed()).sum()
        + answeredWithoutGap.values().stream().mapToLong(Long::longValue).sum()
        + givenUpWithoutGap.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Whether every sample is settled and every figure rests on all of them: on limits of all labels
   * and of every answer about smoothness. What was given up is not waited for.
   */
  public boolean complete() {
    long smoothness =
        answeredWithoutGap.entrySet().stream()
            .filter(answered -> answered.getKey().kind() == JobKind.SMOOTHNESS)
            .mapToLong(Map.Entry::getValue)
            .sum();
    return settled() == total()
        && subjects()
            .filter(subject -> subject.kind().gaps().isPresent())
            .map(gaps::get)
            .allMatch(gap -> gap != null && gap.restsOn(smoothness));
  }

  /** What is known of each pair of classifiers, in the campaign's order. */
  public List<TransferGap> transfers() {
    return gaps(TransferGap.class);
  }

  /** What is known of each classifier, in the campaign's order. */
  public List<RobustnessGap> gaps() {
    return gaps(RobustnessGap.class);
  }

  /** What is known of the subjects of further kinds of jobs, in the campaign's order. */
  public List<Gap> others() {
    List<Gap> others = new ArrayList<>(known().toList());
    others.removeAll(gaps());
    others.removeAll(transfers());
    return others;
  }

  private <G extends Gap> List<G> gaps(Class<G> type) {
    return known().filter(type::isInstance).map(type::cast).toList();
  }

  /** What is known of the subjects of all kinds with figures, in the campaign's order. */
  private Stream<Gap> known() {
    return subjects().map(gaps::get).filter(Objects::nonNull);
  }

  /** Whether any subject has any figure. */
  public boolean measuredAnything() {
    return gaps.values().stream().anyMatch(Gap::measuredAnything);
  }

  /** One sentence for each subject some of whose samples failed; those without figures last. */
  public List<String> failures() {
    List<String> sentences = new ArrayList<>();
    known()
        .filter(gap -> gap.failed() > 0)
        .map(gap -> sentence(gap.subject().name(), gap.failed(), gap.subject()))
        .forEach(sentences::add);
    subjects()
        .flatMap(
            subject ->
                Stream.ofNullable(givenUpWithoutGap.get(subject))
                    .map(
                        failed ->
                            sentence(subject.kind() + " of " + subject.name(), failed, subject)))
        .forEach(sentences::add);
    return sentences;
  }

  private String sentence(String what, long failed, Subject subject) {
    long all = samples(subject);
    return String.format(
        "%s: %s failed. %s",
        what,
        failed == all ? "all " + all + " samples" : failed + " of " + all + " samples",
        reasons.getOrDefault(subject, "No reason arrived."));
  }

  /** Whatever the campaign's jobs are about. */
  private Stream<Subject> subjects() {
    return JobKind.ALL.stream()
        .flatMap(
            kind ->
                kind.subjects(campaign).stream()
                    .map(subject -> new Subject(kind, campaign.id(), subject)));
  }
}
