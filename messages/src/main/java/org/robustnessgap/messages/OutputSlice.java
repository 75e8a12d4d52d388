package org.robustnessgap.messages;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of a classifier's output that holds the scores of its classes, where it holds more than
 * those. Written {@code 0:2}.
 *
 * @param from first index, from 0
 * @param to index after the last; at least one more
 */
@StableApi
public record OutputSlice(int from, int to) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9}):(\\d{1,9})");

  public OutputSlice {
    Checks.atLeast(from, 0, "start of the output slice");
    Checks.check(to > from, "the output slice %d:%d is empty", from, to);
  }

  /**
   * @throws InvalidInputException if the text is no slice
   */
  @JsonForm
  public static OutputSlice parse(String text) {
    Matcher matcher = FORM.matcher(Checks.present(text, "output slice").strip());
    Checks.check(
        matcher.matches(),
        "'%s' is no slice of an output; write FROM:TO, for instance 0:2 for the first two numbers",
        text);
    return new OutputSlice(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** How many numbers it holds. */
  public int size() {
    return to - from;
  }

  @JsonForm
  @Override
  public String toString() {
    return from + ":" + to;
  }
}
