package org.robustnessgap.attack.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.robustnessgap.onnx.Refusals.assertRefused;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.MemoryExhaustedException;
import org.robustnessgap.engine.Tensor;

class BatchesTest {
  private static final long BIG_ROW = 1L << 30;

  /** Doubles every number, if the rows fit. */
  private static final class Doubling implements Executable {
    private final int parallelism;
    private final int fitting;
    private final RuntimeException failure;
    private final List<Integer> runs = Collections.synchronizedList(new ArrayList<>());

    Doubling(int parallelism, int fitting) {
      this(parallelism, fitting, null);
    }

    Doubling(int parallelism, int fitting, RuntimeException failure) {
      this.parallelism = parallelism;
      this.fitting = fitting;
      this.failure = failure;
    }

    @Override
    public int parallelism() {
      return parallelism;
    }

    @Override
    public List<Tensor> run(Tensor... inputs) {
      int rows = (int) inputs[0].shape()[0];
      if (failure != null) {
        throw failure;
      }
      if (rows > fitting) {
        if (rows % 2 == 0) {
          throw new OutOfMemoryError("of the heap");
        }
        throw new MemoryExhaustedException("of the runtime", null);
      }
      runs.add(rows);
      float[] values = inputs[0].values().clone();
      for (int i = 0; i < values.length; i++) {
        values[i] *= 2;
      }
      return List.of(new Tensor(values, inputs[0].shape()));
    }

    @Override
    public void close() {}
  }

  @ParameterizedTest
  @CsvSource({
    "1, 4, 1000000000, '3, 4, 4'",
    "2, 4, 1000000000, '2, 3, 3, 3'",
    "3, 100, 1000000000, '3, 4, 4'",
    "16, 100, 1000000000, '1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1'",
    // Too little work for two threads.
    "2, 100, 1, '11'",
  })
  void shareRowsEvenly(int parallelism, int size, long rowBytes, String batches) {
    Doubling doubling = new Doubling(parallelism, 100);

    assertDoubles(new Batches("model", doubling, size, rowBytes), 11);

    assertThat(
            doubling.runs.stream().sorted().map(String::valueOf).collect(Collectors.joining(", ")))
        .isEqualTo(batches);
  }

  @Test
  void noRowsNeedNoRun() {
    Doubling doubling = new Doubling(2, 100);

    assertDoubles(new Batches("model", doubling, 4, BIG_ROW), 0);

    assertThat(doubling.runs).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void halveUntilTheyFit(int parallelism) {
    Doubling doubling = new Doubling(parallelism, 3);
    Batches batches = new Batches("model", doubling, 64, BIG_ROW);

    assertDoubles(batches, 50);
    assertThat(doubling.runs).allMatch(rows -> rows <= 3);

    int before = doubling.runs.size();
    assertDoubles(batches, 3 * parallelism);
    assertThat(doubling.runs.size() - before).isLessThanOrEqualTo(2 * parallelism);
  }

  @Test
  void aRowThatDoesNotFit() {
    Batches batches = new Batches("model", new Doubling(2, 0), 64, BIG_ROW);

    assertRefused(() -> run(batches, 50), "model", "memory");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void anyOtherFailureIsPassedOn(int parallelism) {
    IllegalStateException failure = new IllegalStateException("a bug");

    assertThatThrownBy(
            () -> run(new Batches("model", new Doubling(parallelism, 9, failure), 2, BIG_ROW), 50))
        .isSameAs(failure);
  }

  private static void assertDoubles(Batches batches, int rows) {
    float[] expected = new float[2 * rows];
    IntStream.range(0, expected.length).forEach(i -> expected[i] = 2 * i);
    assertThat(run(batches, rows).values()).isEqualTo(expected);
  }

  private static Rows run(Batches batches, int rows) {
    float[] values = new float[2 * rows];
    IntStream.range(0, values.length).forEach(i -> values[i] = i);
    return batches.run(List.of(new long[] {1, 2}), List.of(new Rows(values, 2)), 2).get(0);
  }
}
