package org.robustnessgap.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs benchmarks and prints each one's time as a multiple of its class's baseline in the same run:
 * a ratio means the same on another machine, a time does not.
 */
public final class Ratios {
  private Ratios() {}

  /**
   * @param args patterns of benchmarks to run; none for all
   */
  public static void main(String[] args) throws RunnerException {
    OptionsBuilder options = new OptionsBuilder();
    Arrays.stream(args).filter(pattern -> !pattern.isBlank()).forEach(options::include);
    Collection<RunResult> results =
        new Runner(
                options
                    .mode(Mode.AverageTime)
                    .timeUnit(TimeUnit.MILLISECONDS)
                    .forks(1)
                    .warmupIterations(3)
                    .warmupTime(TimeValue.seconds(2))
                    .measurementIterations(5)
                    .measurementTime(TimeValue.seconds(2))
                    .shouldFailOnError(true)
                    .build())
            .run();
    print(results, System.out);
  }

  private static void print(Collection<RunResult> results, PrintStream out) {
    Map<String, List<RunResult>> groups = new LinkedHashMap<>();
    for (RunResult result : results) {
      groups.computeIfAbsent(group(result.getParams()), name -> new ArrayList<>()).add(result);
    }
    groups.forEach(
        (name, group) -> {
          Result<?> baseline =
              group.stream()
                  .filter(Ratios::isBaseline)
                  .map(RunResult::getPrimaryResult)
                  .findFirst()
                  .orElseThrow(() -> new IllegalStateException(name + " has no baseline."));
          out.printf("%n%s%n", name);
          for (RunResult result : group) {
            out.println(line(result.getPrimaryResult(), baseline));
          }
        });
  }

  /** With the 99.9 % interval of the time, which says how far the ratio can be trusted. */
  private static String line(Result<?> result, Result<?> baseline) {
    return String.format(
        Locale.ROOT,
        "  %-20s %8.2f   (%.4g ± %.2g %s)",
        result.getLabel(),
        result.getScore() / baseline.getScore(),
        result.getScore(),
        result.getScoreError(),
        result.getScoreUnit());
  }

  /** A class with the values of its parameters. */
  private static String group(BenchmarkParams params) {
    String name = className(params);
    return params.getParamsKeys().stream()
        .map(key -> " " + key + "=" + params.getParam(key))
        .collect(Collectors.joining("", name.substring(name.lastIndexOf('.') + 1), ""));
  }

  private static boolean isBaseline(RunResult result) {
    String benchmark = result.getParams().getBenchmark();
    String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
    try {
      return Arrays.stream(Class.forName(className(result.getParams())).getMethods())
          .filter(candidate -> candidate.getName().equals(method))
          .anyMatch(candidate -> candidate.isAnnotationPresent(Baseline.class));
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String className(BenchmarkParams params) {
    return params.getBenchmark().substring(0, params.getBenchmark().lastIndexOf('.'));
  }
}
