package org.robustnessgap.messages;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Two classifiers of one campaign: the key of everything said about what they share. Written {@code
 * campaign/first~second}; the names ascend, so that a pair has one id.
 */
public record PairId(String campaign, String first, String second) implements Comparable<PairId> {
  /** Between the names of two classifiers; no name holds it. */
  public static final String SEPARATOR = "~";

  private static final Comparator<PairId> ORDER =
      Comparator.comparing(PairId::campaign)
          .thenComparing(PairId::first)
          .thenComparing(PairId::second);

  public PairId {
    Checks.name(campaign, "campaign");
    Checks.name(first, "first classifier");
    Checks.name(second, "second classifier");
    Checks.check(
        first.compareTo(second) < 0,
        "a pair names two classifiers in ascending order, not '%s' and '%s'",
        first,
        second);
  }

  /** The pair of two classifiers, given in any order. */
  public static PairId of(String campaign, String one, String other) {
    return one.compareTo(other) < 0
        ? new PairId(campaign, one, other)
        : new PairId(campaign, other, one);
  }

  /** Every pair of a campaign's classifiers, in their order. */
  public static List<PairId> allOf(Campaign campaign) {
    List<String> names = campaign.classifiers().stream().map(ModelReference::name).toList();
    List<PairId> pairs = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      for (int j = i + 1; j < names.size(); j++) {
        pairs.add(of(campaign.id(), names.get(i), names.get(j)));
      }
    }
    return List.copyOf(pairs);
  }

  /**
   * @param subject as {@link #subject()} writes it
   * @throws InvalidInputException if it is not of the form first~second
   */
  static PairId ofSubject(String campaign, String subject) {
    Checks.present(subject, "pair of classifiers");
    String[] names = subject.split(SEPARATOR, -1);
    Checks.check(names.length == 2, "'%s' is not of the form first~second", subject);
    return new PairId(campaign, names[0], names[1]);
  }

  /**
   * @throws InvalidInputException if the text is not of the form campaign/first~second
   */
  @JsonForm
  public static PairId parse(String text) {
    Checks.present(text, "campaign/first~second");
    String[] parts = text.split("/", -1);
    Checks.check(parts.length == 2, "'%s' is not of the form campaign/first~second", text);
    return ofSubject(parts[0], parts[1]);
  }

  /** first~second, the subject of the pair's jobs; no classifier has such a name. */
  public String subject() {
    return first + SEPARATOR + second;
  }

  /** The pair as the subject of transfer jobs. */
  public Subject about() {
    return new Subject(JobKind.TRANSFER, campaign, subject());
  }

  @Override
  public int compareTo(PairId other) {
    return ORDER.compare(this, other);
  }

  @JsonForm
  @Override
  public String toString() {
    return campaign + "/" + subject();
  }
}
