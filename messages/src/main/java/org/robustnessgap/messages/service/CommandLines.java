package org.robustnessgap.messages.service;

import java.util.Arrays;
import org.robustnessgap.messages.InvalidInputException;
import picocli.CommandLine;

/**
 * How every command of the project ends: 0 done, 2 the user can mend it (one sentence), 1 a bug.
 */
public final class CommandLines {
  private static final int BUG = 1;
  private static final int USER_ERROR = 2;

  private CommandLines() {}

  /** Runs the command and returns its exit code; {@code --debug} anywhere adds stack traces. */
  public static int execute(Object command, String... arguments) {
    boolean debug = Arrays.asList(arguments).contains("--debug");
    String[] others =
        Arrays.stream(arguments).filter(a -> !a.equals("--debug")).toArray(String[]::new);
    return new CommandLine(command)
        .setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((e, line, parsed) -> report(e, line, debug))
        .execute(others);
  }

  private static int report(Exception e, CommandLine line, boolean debug) {
    boolean mendable = e instanceof InvalidInputException;
    line.getErr()
        .println(
            mendable
                ? line.getColorScheme().errorText(e.getMessage())
                : "This is a bug in Robustness Gap: "
                    + e
                    + (debug ? "" : " (--debug shows where)"));
    if (debug) {
      e.printStackTrace(line.getErr());
    }
    return mendable ? USER_ERROR : BUG;
  }
}
