package org.robustnessgap.messages;

/**
 * One classifier in one campaign: the key of results, limits and gaps. Written {@code
 * campaign/classifier}.
 */
public record StreamId(String campaign, String classifier) implements Comparable<StreamId> {
  public StreamId {
    Checks.name(campaign, "campaign");
    Checks.name(classifier, "classifier");
  }

  /**
   * @throws InvalidInputException if the text is not of the form campaign/classifier
   */
  @JsonForm
  public static StreamId parse(String text) {
    Checks.present(text, "campaign/classifier");
    String[] parts = text.split("/", -1);
    Checks.check(parts.length == 2, "'%s' is not of the form campaign/classifier", text);
    return new StreamId(parts[0], parts[1]);
  }

  /** The classifier as the subject of attacks. */
  public Subject about() {
    return new Subject(JobKind.ATTACK, campaign, classifier);
  }

  @Override
  public int compareTo(StreamId other) {
    int byCampaign = campaign.compareTo(other.campaign);
    return byCampaign != 0 ? byCampaign : classifier.compareTo(other.classifier);
  }

  @JsonForm
  @Override
  public String toString() {
    return campaign + "/" + classifier;
  }
}
