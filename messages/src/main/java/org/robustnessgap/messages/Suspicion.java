package org.robustnessgap.messages;

/**
 * Why a figure may be false although nothing failed.
 *
 * @param kind what looks wrong
 * @param sentence what was seen, its likely cause and the remedy, in one sentence
 */
@StableApi
public record Suspicion(Kind kind, String sentence) {
  /** What can look wrong. */
  public enum Kind {
    /** A perturbation is longer than the way to another sample. */
    IMPLAUSIBLE_DISTANCE("implausible_distance"),
    /** All samples get the same label. */
    ONE_LABEL("one_label"),
    /** The scores do not depend on the image. */
    CONSTANT_SCORES("constant_scores"),
    /** Pixels lie outside the range that the classifier takes. */
    PIXEL_RANGE("pixel_range"),
    /** A measured quantile lies above what no classifier can exceed. */
    ABOVE_LIMIT("above_limit"),
    /** Some samples were measured by another plan, and are not in the figures. */
    OTHER_PROVENANCE("other_provenance");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** The name in JSON and metrics. */
    @JsonForm
    public String label() {
      return label;
    }

    /**
     * @throws InvalidInputException if no kind has this label
     */
    @JsonForm
    public static Kind ofLabel(String label) {
      for (Kind kind : values()) {
        if (kind.label.equals(label)) {
          return kind;
        }
      }
      throw new InvalidInputException("There is no suspicion of kind '" + label + "'.");
    }
  }

  public Suspicion {
    Checks.present(kind, "kind of a suspicion");
    Checks.present(sentence, "sentence of a suspicion");
  }
}
