package org.robustnessgap.deploy;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.robustnessgap.aggregator.AggregatorService;
import org.robustnessgap.bound.BoundService;
import org.robustnessgap.deploy.attach.AttachCommand;
import org.robustnessgap.deploy.bounds.LowerBoundsCommand;
import org.robustnessgap.deploy.cluster.ParentWatch;
import org.robustnessgap.deploy.distance.DistanceCommand;
import org.robustnessgap.deploy.fit.FitCommand;
import org.robustnessgap.deploy.limit.LimitCommand;
import org.robustnessgap.deploy.limit.SmoothnessCommand;
import org.robustnessgap.deploy.measure.CompareCommand;
import org.robustnessgap.deploy.measure.MeasureCommand;
import org.robustnessgap.deploy.watch.WatchCommand;
import org.robustnessgap.generator.GeneratorService;
import org.robustnessgap.service.CommandLines;
import org.robustnessgap.worker.WorkerService;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The one entry point. */
@Command(
    name = "robustness-gap",
    mixinStandardHelpOptions = true,
    versionProvider = RobustnessGapCommand.Version.class,
    description =
        "How far is a classifier's robustness from the best any classifier could have on its data?",
    subcommands = {
      DemoCommand.class,
      WatchCommand.class,
      MeasureCommand.class,
      CompareCommand.class,
      InspectCommand.class,
      AttachCommand.class,
      ComposeCommand.class,
      DifferentiateCommand.class,
      LimitCommand.class,
      DistanceCommand.class,
      SmoothnessCommand.class,
      FitCommand.class,
      LowerBoundsCommand.class,
      BenchmarkCommand.class,
      ApplyCommand.class,
      ClusterCommand.class,
      BrokerCommand.class,
      GeneratorService.class,
      WorkerService.class,
      BoundService.class,
      AggregatorService.class,
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap demo                               everything on this machine, then the table",
      "  robustness-gap limit --dimension 100 --equiprobable 10",
      "  robustness-gap demo --help                        more about one command",
      "",
      "Exit codes: 0 done, 2 something you can mend (one sentence says what), 3 a figure that may be false (measure, fit, watch) or a loss (compare), 1 a bug.",
      "--debug anywhere adds stack traces."
    })
public final class RobustnessGapCommand implements Runnable {
  @Spec private CommandSpec spec;

  /**
   * @param arguments as typed, see {@code --help}
   */
  public static void main(String[] arguments) {
    // The output holds ∞ and ‖z‖ whatever the locale.
    System.setOut(utf8(FileDescriptor.out));
    System.setErr(utf8(FileDescriptor.err));
    ParentWatch.endWithParent();
    System.exit(CommandLines.execute(new RobustnessGapCommand(), arguments));
  }

  private static PrintStream utf8(FileDescriptor stream) {
    return new PrintStream(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command? For instance: demo");
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = RobustnessGapCommand.class.getPackage().getImplementationVersion();
      return new String[] {"Robustness Gap " + (version == null ? "(not packaged)" : version)};
    }
  }
}
