package org.robustnessgap.messages;

/**
 * Names a job for ever: the same campaign always cuts its samples into the same jobs, so a job that
 * runs twice is recognised. Written {@code campaign/kind/subject/firstOrdinal}.
 *
 * @param subject the classifier under attack, the generator whose smoothness is examined, or the
 *     pair of classifiers whose perturbations may transfer
 * @param firstOrdinal ordinal of the job's first sample
 */
public record JobId(String campaign, JobKind kind, String subject, long firstOrdinal) {

  public JobId {
    Checks.name(campaign, "campaign of a job id");
    Checks.present(kind, "kind of a job id");
    kind.about().requireSubject(campaign, subject);
    Checks.atLeast(firstOrdinal, 0, "first ordinal of a job id");
  }

  /**
   * @throws InvalidInputException if the text is not a job id
   */
  @JsonForm
  public static JobId parse(String text) {
    Checks.present(text, "job id");
    String[] parts = text.split("/", -1);
    Checks.check(parts.length == 4, "'%s' is not a job id (campaign/kind/subject/ordinal)", text);
    try {
      return new JobId(parts[0], JobKind.ofLabel(parts[1]), parts[2], Long.parseLong(parts[3]));
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          "'" + text + "' is not a job id: its last part is not an ordinal", e);
    }
  }

  /** The job of the same sequence that holds another ordinal first. */
  public JobId at(long otherOrdinal) {
    return new JobId(campaign, kind, subject, otherOrdinal);
  }

  /** What it is about. */
  public Subject about() {
    return new Subject(kind, campaign, subject);
  }

  /**
   * The two classifiers of a transfer job.
   *
   * @throws InvalidInputException if it is a job of another kind
   */
  public PairId pair() {
    return PairId.ofSubject(campaign, subject);
  }

  @JsonForm
  @Override
  public String toString() {
    return campaign + "/" + kind.label() + "/" + subject + "/" + firstOrdinal;
  }
}
