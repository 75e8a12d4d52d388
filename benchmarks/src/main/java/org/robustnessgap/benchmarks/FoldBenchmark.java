package org.robustnessgap.benchmarks;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.robustnessgap.campaign.quantile.LogHistogram;
import org.robustnessgap.campaign.quantile.QuantileEstimate;

/**
 * A quantile with its interval after every job of 32 samples: distances folded into the histogram
 * that merges and persists, against all of them kept and sorted again.
 */
@State(Scope.Thread)
public class FoldBenchmark {
  private static final int BATCH = 32;
  private static final double QUANTILE = 0.25;

  @Param({"1024", "16384"})
  private int samples;

  private double[] distances = {};

  @Setup
  public void draw() {
    SplittableRandom random = new SplittableRandom(1);
    distances = random.doubles(samples, 1e-4, 1).toArray();
  }

  @Baseline
  @Benchmark
  public double sorted() {
    double sum = 0;
    for (int known = BATCH; known <= samples; known += BATCH) {
      double[] all = Arrays.copyOf(distances, known);
      Arrays.sort(all);
      sum += all[(int) (QUANTILE * known)];
    }
    return sum;
  }

  @Benchmark
  public double histogram() {
    double sum = 0;
    LogHistogram all = LogHistogram.empty();
    for (int known = BATCH; known <= samples; known += BATCH) {
      all = all.plus(LogHistogram.of(Arrays.copyOfRange(distances, known - BATCH, known)));
      sum += QuantileEstimate.of(all, 0, QUANTILE).orElseThrow().value();
    }
    return sum;
  }
}
