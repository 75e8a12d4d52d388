package org.robustnessgap.deploy.watch;

import java.util.List;

/**
 * A command that watch runs for its user, who could have.
 *
 * @param purpose what it is for, for people
 * @param isFit whether it is {@code fit}, else {@code measure}
 * @param arguments as typed
 */
record Step(String purpose, boolean isFit, List<String> arguments) {
  Step {
    arguments = List.copyOf(arguments);
  }

  /** As one would type it. */
  String typed() {
    StringBuilder line = new StringBuilder("robustness-gap ").append(isFit ? "fit" : "measure");
    arguments.forEach(argument -> line.append(' ').append(quoted(argument)));
    return line.toString();
  }

  private static String quoted(String argument) {
    return argument.matches("[\\w./,=:+-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
