package org.robustnessgap.messages;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a job asks for: how it is written, what it is about, and on which topics its results, and
 * what follows from them, are published. The catalogue of kinds is {@link #ALL}; what a service
 * does with a kind, it keeps in one class of its own.
 */
public final class JobKind {
  /** The smallest perturbations of each sample that change a classifier's label. */
  public static final JobKind ATTACK =
      new JobKind(
          "attack",
          About.CLASSIFIER,
          true,
          Job.Attack.class,
          AttackPlan.class,
          Topic.ATTACK_RESULTS,
          Topic.THEORETICAL_LIMITS,
          Topic.ROBUSTNESS_GAPS);

  /** How far the generator moves its images. */
  public static final JobKind SMOOTHNESS =
      new JobKind(
          "smoothness",
          About.GENERATOR,
          false,
          Job.Smoothness.class,
          SmoothnessPlan.class,
          Topic.SMOOTHNESS_RESULTS,
          null,
          null);

  /** The smallest perturbations of each sample that fool two classifiers. */
  public static final JobKind TRANSFER =
      new JobKind(
          "transfer",
          About.PAIR,
          false,
          Job.Transfer.class,
          TransferPlan.class,
          Topic.TRANSFER_RESULTS,
          Topic.TRANSFER_LIMITS,
          Topic.TRANSFER_GAPS);

  /** Every kind; of jobs that are due at once, those of an earlier kind are sent first. */
  public static final List<JobKind> ALL = List.of(SMOOTHNESS, ATTACK, TRANSFER);

  /** What the jobs of a kind are about. */
  public enum About {
    /** Each classifier of the campaign. */
    CLASSIFIER {
      @Override
      List<String> subjects(Campaign campaign) {
        return campaign.classifiers().stream().map(ModelReference::name).toList();
      }
    },
    /** Each pair of classifiers, written first~second. */
    PAIR {
      @Override
      List<String> subjects(Campaign campaign) {
        return PairId.allOf(campaign).stream().map(PairId::subject).toList();
      }

      @Override
      void requireSubject(String campaign, String subject) {
        PairId.ofSubject(campaign, subject);
      }
    },
    /** The campaign's generator. */
    GENERATOR {
      @Override
      List<String> subjects(Campaign campaign) {
        return List.of(campaign.source().name());
      }
    };

    /** In the order of the campaign. */
    abstract List<String> subjects(Campaign campaign);

    void requireSubject(String campaign, String subject) {
      Checks.name(subject, "subject of a job id");
    }
  }

  private final String label;
  private final About about;
  private final boolean windowed;
  private final Class<? extends Job> job;
  private final Class<? extends JobPlan> plan;
  private final Topic answers;
  private final @Nullable Topic limits;
  private final @Nullable Topic gaps;

  private JobKind(
      String label,
      About about,
      boolean windowed,
      Class<? extends Job> job,
      Class<? extends JobPlan> plan,
      Topic answers,
      @Nullable Topic limits,
      @Nullable Topic gaps) {
    this.label = label;
    this.about = about;
    this.windowed = windowed;
    this.job = job;
    this.plan = plan;
    this.answers = answers;
    this.limits = limits;
    this.gaps = gaps;
  }

  /**
   * @throws InvalidInputException if no kind is written so
   */
  @JsonForm
  static JobKind ofLabel(String label) {
    return ALL.stream()
        .filter(kind -> kind.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    String.format("'%s' is no kind of job (%s)", label, labels())));
  }

  private static String labels() {
    return ALL.stream().map(JobKind::label).sorted().collect(Collectors.joining(", "));
  }

  /** In job ids, in JSON and in metrics. */
  @JsonForm
  public String label() {
    return label;
  }

  public About about() {
    return about;
  }

  /**
   * Whether its jobs go on as long as the campaign draws samples, window after window; the others
   * look at the first samples of a campaign, as many as their plan says.
   */
  public boolean windowed() {
    return windowed;
  }

  /** What of this kind a campaign may ask about, in its order; empty without a plan. */
  public List<String> subjects(Campaign campaign) {
    return campaign.plan(this).isEmpty() ? List.of() : about.subjects(campaign);
  }

  /** Its jobs. */
  public Class<? extends Job> job() {
    return job;
  }

  /** What a campaign says of it. */
  public Class<? extends JobPlan> plan() {
    return plan;
  }

  /** Where workers answer; its messages are {@link JobResult}s. */
  public Topic answers() {
    return answers;
  }

  /** Where the limits are published that hold for what is measured; empty if there are none. */
  public Optional<Topic> limits() {
    return Optional.ofNullable(limits);
  }

  /** Where the figures are published; empty if there are none. */
  public Optional<Topic> gaps() {
    return Optional.ofNullable(gaps);
  }

  /** What is written to {@link #answers}. */
  public Class<? extends JobResult> result() {
    return answers.message().asSubclass(JobResult.class);
  }

  /** Whether a campaign may have a job of this kind about it, now or with other classifiers. */
  public boolean couldBeAbout(Campaign campaign, String subject) {
    return about != About.GENERATOR || about.subjects(campaign).contains(subject);
  }

  List<Topic> topics() {
    return Stream.of(Optional.of(answers), limits(), gaps()).flatMap(Optional::stream).toList();
  }

  @Override
  public String toString() {
    return label;
  }
}
