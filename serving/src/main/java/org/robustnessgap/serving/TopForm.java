package org.robustnessgap.serving;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.serving.call.OutputTensor;

/** {@code value:index} or {@code value:index:label} of the leading classes, as Triton writes it. */
record TopForm(String model, int classes) implements AnswerForm {
  private static final Pattern CLASS =
      Pattern.compile("(?<value>[^:]+):(?<index>\\d{1,9})(:.*)?", Pattern.DOTALL);

  /** Whether an answer is of this form. */
  static boolean matches(OutputTensor output) {
    return !output.texts().isEmpty()
        && output.texts().stream().allMatch(text -> CLASS.matcher(text).matches());
  }

  @Override
  public Access access() {
    return Access.TOP_K;
  }

  @Override
  public void read(OutputTensor output, int first, int count, float[] row) {
    Arrays.fill(row, Float.NEGATIVE_INFINITY);
    for (String text : output.texts().subList(first, first + count)) {
      Matcher matcher = CLASS.matcher(text);
      int index = matcher.matches() ? Integer.parseInt(matcher.group("index")) : classes;
      if (index >= classes) {
        throw new InvalidInputException(
            String.format(
                "%s answered '%s', which names none of its %d classes; let the endpoint's labels be all of them.",
                model, text, classes));
      }
      row[index] = value(matcher.group("value"));
    }
  }

  private static float value(String text) {
    try {
      float value = Float.parseFloat(text);
      return Float.isFinite(value) ? value : Float.NaN;
    } catch (NumberFormatException e) {
      return Float.NaN;
    }
  }
}
