package org.robustnessgap.deploy.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;

/** Values of inputs as the command line writes them: {@code NAME=0.5} or {@code NAME=0,0,1}. */
final class FixedInputs {
  private FixedInputs() {}

  static Map<String, List<Double>> parse(List<String> options) {
    Map<String, List<Double>> fixed = new LinkedHashMap<>();
    for (String option : options) {
      // Names of inputs may hold colons and slashes, but hardly the sign itself.
      int sign = option.lastIndexOf('=');
      if (sign < 1) {
        throw refused(option, null);
      }
      List<Double> values = new ArrayList<>();
      for (String number : option.substring(sign + 1).split(",", -1)) {
        try {
          values.add(Double.valueOf(number.strip()));
        } catch (NumberFormatException e) {
          throw refused(option, e);
        }
      }
      fixed.put(option.substring(0, sign), values);
    }
    return fixed;
  }

  private static InvalidInputException refused(String option, @Nullable Exception cause) {
    return new InvalidInputException(
        "'"
            + option
            + "' fixes no input; write NAME=VALUE, for instance threshold=0.5 or class=0,0,1.",
        cause);
  }
}
