package org.robustnessgap.serving;

import java.util.List;
import java.util.Locale;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.serving.call.OutputTensor;

/**
 * A label, by its name or by its number. A number is a place in the list of labels, counted from 0,
 * unless all labels are numbers themselves.
 */
record LabelForm(String model, List<String> labels) implements AnswerForm {
  LabelForm {
    labels = List.copyOf(labels);
  }

  @Override
  public Access access() {
    return Access.LABELS;
  }

  @Override
  public int classes() {
    return labels.size();
  }

  @Override
  public void read(OutputTensor output, int first, int count, float[] row) {
    if (count != 1) {
      throw new InvalidInputException(
          String.format(
              "%s answered %d elements an image where it answered a label before; see what serves it now.",
              model, count));
    }
    row[index(text(output, first))] = 1;
  }

  /** What stands there, a whole number without a fraction. */
  static String text(OutputTensor output, int index) {
    if (!output.texts().isEmpty()) {
      return output.texts().get(index);
    }
    double number = output.numbers()[index];
    return number == Math.rint(number)
        ? String.format(Locale.ROOT, "%.0f", number)
        : Double.toString(number);
  }

  private int index(String label) {
    int named = labels.indexOf(label);
    if (named >= 0) {
      return named;
    }
    boolean numbered = labels.stream().allMatch(LabelForm::isNumber);
    if (!numbered && isNumber(label) && Integer.parseInt(label) < labels.size()) {
      return Integer.parseInt(label);
    }
    throw new InvalidInputException(
        model
            + " answered the label '"
            + label
            + "', which is none of its endpoint's "
            + labels.size()
            + " labels; add it.");
  }

  /** Nine digits fit. */
  private static boolean isNumber(String label) {
    return label.matches("\\d{1,9}");
  }
}
