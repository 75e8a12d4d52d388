package org.robustnessgap.attack.search;

/** Why the answer of a classifier that rounds to 0 or 1 decides nothing. */
public final class Saturation {
  private static final String REMEDY =
      "; export the scores, without the function that saturates, or in a wider type";

  static final String AT_SAMPLE =
      "saturated: the classifier answers classes alike, or in another order, that its scores tell apart"
          + REMEDY;

  static final String AT_BOUNDARY =
      "saturated: where the scores change their order, the classifier answers classes alike"
          + REMEDY;

  public static final String FLAT =
      "saturated: the classifier answers exactly 0 and 1 here, so no gradient shows a way" + REMEDY;

  private Saturation() {}

  /** Whether numbers are those of a probability that is certain, and nothing else. */
  public static boolean isCertain(float[] numbers) {
    int ones = 0;
    for (float number : numbers) {
      if (number != 0 && number != 1) {
        return false;
      }
      ones += number == 1 ? 1 : 0;
    }
    return ones == 1;
  }
}
