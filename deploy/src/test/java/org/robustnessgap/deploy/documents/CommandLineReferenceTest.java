package org.robustnessgap.deploy.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.robustnessgap.deploy.RobustnessGapCommand;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** docs/reference/command-line.md is what every command's --help prints. */
final class CommandLineReferenceTest {
  private static final int WIDTH = 100;
  private static final Pattern VARIABLE = Pattern.compile("\\benvironment ([A-Z_]+)");

  @Test
  void helpOfEveryCommand() {
    CommandLine main = new CommandLine(new RobustnessGapCommand());
    StringBuilder all = new StringBuilder();
    append(main, all);
    main.getSubcommands().values().forEach(command -> append(command, all));

    // Defaults come from these, where they are set.
    assertThat(VARIABLE.matcher(all).results()).isNotEmpty();
    assumeThat(VARIABLE.matcher(all).results().map(CommandLineReferenceTest::value))
        .allMatch(value -> value == null);
    GeneratedBlock.hold("command-line.md", "help of every command", all.toString());
  }

  private static void append(CommandLine command, StringBuilder all) {
    String help =
        command.setUsageHelpWidth(WIDTH).getUsageMessage(Ansi.OFF).replaceAll("(?m) +$", "");
    all.append("## ").append(command.getCommandSpec().qualifiedName()).append("\n\n");
    all.append("```\n").append(help.strip()).append("\n```\n\n");
  }

  private static String value(MatchResult named) {
    return System.getenv(named.group(1));
  }
}
