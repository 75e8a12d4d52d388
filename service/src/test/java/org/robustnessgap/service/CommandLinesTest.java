package org.robustnessgap.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.InvalidInputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class CommandLinesTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream err = System.err;

  @Command(name = "act")
  private static final class Act implements Callable<Integer> {
    private final RuntimeException end;

    @Option(names = "--times")
    private int times;

    @Option(names = "--share")
    private double share;

    @Option(names = "--files", arity = "1..*")
    private List<String> files;

    Act(RuntimeException end) {
      this.end = end;
    }

    @Override
    public Integer call() {
      if (end != null) {
        throw end;
      }
      return times;
    }
  }

  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setErr(err);
  }

  @Test
  void successIsZeroAndSilent() {
    assertThat(CommandLines.execute(new Act(null))).isZero();
    assertThat(written()).isEmpty();
  }

  @Test
  void whatTheUserCanMendIsTwoAndOneSentence() {
    var mendable = new InvalidInputException("There is no file x.onnx; check the path.");
    assertThat(CommandLines.execute(new Act(mendable))).isEqualTo(2);
    assertThat(written().strip()).isEqualTo("There is no file x.onnx; check the path.");
  }

  @Test
  void aBugIsOneAndSaysHowToLearnMore() {
    assertThat(CommandLines.execute(new Act(new IllegalStateException("oops")))).isEqualTo(1);
    assertThat(written().lines()).hasSize(1);
    assertThat(written()).contains("bug", "oops", "--debug");
  }

  @Test
  void debugShowsTheStack() {
    var bug = new IllegalStateException("oops");
    assertThat(CommandLines.execute(new Act(bug), "--debug")).isEqualTo(1);
    assertThat(written()).contains("\tat " + CommandLinesTest.class.getName());
  }

  @Test
  void aWrongOptionIsTwo() {
    assertThat(CommandLines.execute(new Act(null), "--time", "3")).isEqualTo(2);
    assertThat(written()).contains("'--time'", "--times");
    assertThat(CommandLines.execute(new Act(null), "--times", "often")).isEqualTo(2);
    assertThat(written()).contains("often");
  }

  @Test
  void aWrongNumberIsNamedInPlainWords() {
    CommandLines.execute(new Act(null), "--times", "often");
    assertThat(written().lines())
        .containsExactly(
            "Invalid value for option '--times': 'often' is not a whole number. See act --help.");
    written.reset();
    CommandLines.execute(new Act(null), "--times", "99999999999");
    assertThat(written()).contains("'99999999999' is too large");
    written.reset();
    CommandLines.execute(new Act(null), "--share", "half");
    assertThat(written()).contains("'half' is not a number");
  }

  @Test
  void aMisspeltOptionIsNoValueOfTheOneBefore() {
    assertThat(CommandLines.execute(new Act(null), "--files", "a", "--tines", "3")).isEqualTo(2);
    assertThat(written()).contains("Unknown option: '--tines'", "See act --help.");
  }

  private String written() {
    return written.toString(StandardCharsets.UTF_8);
  }
}
