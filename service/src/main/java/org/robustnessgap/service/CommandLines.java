package org.robustnessgap.service;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import org.robustnessgap.messages.InvalidInputException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

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
        // A misspelt option is no further value of the one before it.
        .setUnmatchedOptionsAllowedAsOptionParameters(false)
        .registerConverter(int.class, text -> wholeNumber(text, Integer::valueOf))
        .registerConverter(Integer.class, text -> wholeNumber(text, Integer::valueOf))
        .registerConverter(long.class, text -> wholeNumber(text, Long::valueOf))
        .registerConverter(Long.class, text -> wholeNumber(text, Long::valueOf))
        .registerConverter(double.class, CommandLines::number)
        .registerConverter(Double.class, CommandLines::number)
        .setParameterExceptionHandler((e, all) -> misused(e, debug))
        .setExecutionExceptionHandler((e, line, parsed) -> report(e, line, debug))
        .execute(others);
  }

  private static <N extends Number> N wholeNumber(String text, Function<String, N> parse) {
    try {
      return parse.apply(text);
    } catch (NumberFormatException e) {
      boolean whole = text.matches("[+-]?\\d+");
      throw new TypeConversionException(
          "'" + text + (whole ? "' is too large" : "' is not a whole number"));
    }
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is not a number");
    }
  }

  /** The whole help would bury the sentence. */
  private static int misused(ParameterException e, boolean debug) {
    CommandLine line = e.getCommandLine();
    String said = Objects.requireNonNullElse(e.getMessage(), "These options cannot be understood");
    String message = said.strip().replaceFirst("^Error: ", "");
    String ended = message.matches("(?s).*[.?!]") ? message : message + ".";
    PrintWriter err = line.getErr();
    err.println(
        line.getColorScheme()
            .errorText(ended + " See " + line.getCommandSpec().qualifiedName() + " --help."));
    UnmatchedArgumentException.printSuggestions(e, err);
    if (debug) {
      e.printStackTrace(err);
    }
    return USER_ERROR;
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
