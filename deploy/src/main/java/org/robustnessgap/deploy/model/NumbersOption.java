package org.robustnessgap.deploy.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Stack;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Reads numbers with commas between, the first of which may begin with a minus sign. */
final class NumbersOption implements IParameterConsumer {
  @Override
  public void consumeParameters(Stack<String> arguments, ArgSpec option, CommandSpec command) {
    String text = arguments.isEmpty() ? "" : arguments.pop();
    List<Double> numbers = new ArrayList<>();
    try {
      for (String number : text.split(",", -1)) {
        numbers.add(Double.valueOf(number.strip()));
      }
    } catch (NumberFormatException e) {
      throw new ParameterException(
          command.commandLine(),
          ((OptionSpec) option).longestName()
              + " needs numbers, for instance 0.5 or 0.1,0.2,0.3, but was given '"
              + text
              + "'.",
          e);
    }
    option.setValue(numbers);
  }
}
