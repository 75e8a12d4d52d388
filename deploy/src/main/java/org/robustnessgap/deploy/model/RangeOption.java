package org.robustnessgap.deploy.model;

import java.util.Stack;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PixelRange;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Reads LOW,HIGH, which may begin with a minus sign and would be taken for an option otherwise. */
public final class RangeOption implements IParameterConsumer {
  @Override
  public void consumeParameters(Stack<String> arguments, ArgSpec option, CommandSpec command) {
    String text = arguments.isEmpty() ? "" : arguments.pop();
    String[] ends = text.split(",", -1);
    try {
      if (ends.length == 2) {
        double lower = Double.parseDouble(ends[0].strip());
        option.setValue(new PixelRange(lower, Double.parseDouble(ends[1].strip())));
        return;
      }
    } catch (NumberFormatException | InvalidInputException e) {
      // Refused below, like every other text.
    }
    throw new ParameterException(
        command.commandLine(),
        ((OptionSpec) option).longestName()
            + " needs a lower and an upper end, for instance -1,1, but was given '"
            + text
            + "'.");
  }
}
