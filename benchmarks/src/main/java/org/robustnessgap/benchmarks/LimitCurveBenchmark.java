package org.robustnessgap.benchmarks;

import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.ClosedFormLimit;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.limit.LimitCurve;

/**
 * Ninety-nine quantiles of a limit: of any class measures, against the closed form that is looser.
 */
@State(Scope.Thread)
public class LimitCurveBenchmark {
  private static final int QUANTILES = 99;

  @Param({"10", "1000"})
  private int classes;

  private LimitCurve exact;
  private LimitCurve closedForm;

  @Setup
  public void make() {
    // No two classes are equally frequent: nothing can be computed once for several.
    ClassMeasures measures =
        ClassMeasures.ofCounts(IntStream.range(0, classes).mapToObj(k -> 1000L + k).toList());
    exact = new LatentLimit(measures);
    closedForm = ClosedFormLimit.balanced(measures).asOptional().orElseThrow();
  }

  @Baseline
  @Benchmark
  public double closedForm() {
    return sum(closedForm);
  }

  @Benchmark
  public double exact() {
    return sum(exact);
  }

  private static double sum(LimitCurve curve) {
    return IntStream.rangeClosed(1, QUANTILES)
        .mapToDouble(percent -> curve.quantile(percent / 100.0).orElse(0))
        .sum();
  }
}
