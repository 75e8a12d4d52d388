package org.robustnessgap.messages;

/** What the numbers are that a classifier answers with. */
@StableApi
public enum Scores {
  /** Told from the model's last operators. */
  AUTO("auto"),
  /** Any real numbers, the largest wins; a single one wins for class 1 above 0. */
  LOGITS("logits"),
  /** Between 0 and 1, the largest wins; a single one wins for class 1 above ½. */
  PROBABILITIES("probabilities");

  private final String label;

  Scores(String label) {
    this.label = label;
  }

  /** The name in JSON and on the command line. */
  @JsonForm
  public String label() {
    return label;
  }

  /**
   * @throws InvalidInputException if there is no such kind
   */
  @JsonForm
  public static Scores ofLabel(String label) {
    for (Scores scores : values()) {
      if (scores.label.equals(label)) {
        return scores;
      }
    }
    throw new InvalidInputException(
        "There are no scores '" + label + "'; choose logits, probabilities or auto.");
  }

  @Override
  public String toString() {
    return label;
  }
}
