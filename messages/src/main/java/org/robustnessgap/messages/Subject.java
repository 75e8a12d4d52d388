package org.robustnessgap.messages;

import java.util.Comparator;

/**
 * What one sequence of jobs is about: a classifier, a pair of them or the generator, as its kind
 * says. Results, limits and figures belong to it.
 *
 * @param name as job ids write it
 */
public record Subject(JobKind kind, String campaign, String name) implements Comparable<Subject> {
  private static final Comparator<Subject> ORDER =
      Comparator.comparing(Subject::campaign)
          .thenComparing(subject -> JobKind.ALL.indexOf(subject.kind))
          .thenComparing(Subject::name);

  public Subject {
    Checks.present(kind, "kind of a subject");
    Checks.name(campaign, "campaign of a subject");
    kind.about().requireSubject(campaign, name);
  }

  /** The job about it that begins with this ordinal. */
  public JobId job(long firstOrdinal) {
    return new JobId(campaign, kind, name, firstOrdinal);
  }

  /** campaign/name, the key of its records. */
  public String key() {
    return campaign + "/" + name;
  }

  @Override
  public int compareTo(Subject other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return campaign + "/" + kind + "/" + name;
  }
}
