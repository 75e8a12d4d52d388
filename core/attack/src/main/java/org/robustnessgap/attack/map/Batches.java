package org.robustnessgap.attack.map;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.MemoryExhaustedException;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.InvalidInputException;

/**
 * A loaded model that takes any number of rows: runs it on batches of a size that suits the engine,
 * as many at once as it likes. Where memory does not suffice, halves the batches and goes on. Used
 * by one thread at a time.
 */
final class Batches implements AutoCloseable {
  /** Fewer bytes of values are computed before another thread has begun. */
  private static final long LEAST_SHARE = 1L << 20;

  private static final ExecutorService HELPERS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "batches");
            thread.setDaemon(true);
            return thread;
          });

  private final String model;
  private final Executable executable;
  private final int leastShare;
  private int size;

  /** One batch: the rows from one index to another, exclusive. */
  private interface Run {
    void on(int from, int to);
  }

  /**
   * @param model what messages to the user call it
   * @param size most rows in one run
   * @param rowBytes about what the values of one row take
   */
  Batches(String model, Executable executable, int size, long rowBytes) {
    this.model = model;
    this.executable = executable;
    this.size = size;
    this.leastShare = (int) Math.max(1, LEAST_SHARE / Math.max(1, rowBytes));
  }

  Executable executable() {
    return executable;
  }

  /**
   * @param shapes of one row of each input, the batch first
   * @param inputs the rows of each input; for none the model is not run
   * @param widths numbers in a row of each output
   * @return the rows of each output
   * @throws InvalidInputException if there is too little memory for a single row
   * @throws AttackCancelledException if the thread is interrupted
   */
  List<Rows> run(List<long[]> shapes, List<Rows> inputs, int... widths) {
    int count = inputs.get(0).count();
    int parallelism = Math.min(executable.parallelism(), Math.max(1, count / leastShare));
    while (true) {
      try {
        return parallelism == 1 && 0 < count && count <= size
            ? whole(shapes, inputs, widths)
            : inParts(parallelism, shapes, inputs, widths);
      } catch (MemoryExhaustedException | OutOfMemoryError e) {
        if (size == 1) {
          throw new InvalidInputException(
              model
                  + " needs more memory for one row than there is; give the process or the device more, or take a smaller model.",
              e);
        }
        size = Math.max(1, Math.min(size, count) / 2);
      }
    }
  }

  /** Copies nothing, which is half the time of a small model. */
  private List<Rows> whole(List<long[]> shapes, List<Rows> inputs, int... widths) {
    requireNoInterrupt();
    List<Tensor> results = executable.run(tensors(inputs, shapes));
    List<Rows> outputs = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      outputs.add(new Rows(results.get(i).values(), widths[i]));
    }
    return outputs;
  }

  private List<Rows> inParts(
      int parallelism, List<long[]> shapes, List<Rows> inputs, int... widths) {
    int count = inputs.get(0).count();
    List<Rows> outputs = Arrays.stream(widths).mapToObj(width -> Rows.zeros(count, width)).toList();
    run(
        count,
        parallelism,
        (from, to) -> {
          Tensor[] batch =
              tensors(inputs.stream().map(rows -> rows.slice(from, to)).toList(), shapes);
          List<Tensor> results =
              parallelism == 1 ? executable.run(batch) : executable.runBeside(batch);
          for (int i = 0; i < widths.length; i++) {
            float[] values = results.get(i).values();
            System.arraycopy(
                values, 0, outputs.get(i).values(), from * widths[i], (to - from) * widths[i]);
          }
        });
    return outputs;
  }

  private void run(int count, int parallelism, Run batch) {
    // The same number for every thread, all of about the same size.
    int rounds = (count + size * parallelism - 1) / (size * parallelism);
    int batches = Math.min(count, rounds * parallelism);
    AtomicInteger next = new AtomicInteger();
    Runnable some =
        () -> {
          for (int i = next.getAndIncrement(); i < batches; i = next.getAndIncrement()) {
            requireNoInterrupt();
            batch.on(bound(count, i, batches), bound(count, i + 1, batches));
          }
        };
    List<CompletableFuture<Void>> helpers = new ArrayList<>();
    for (int i = 1; i < Math.min(parallelism, batches); i++) {
      helpers.add(CompletableFuture.runAsync(some, HELPERS));
    }
    try {
      some.run();
    } finally {
      // After a failure nothing is left for the others; the model must not be closed under them.
      next.set(batches);
      helpers.forEach(helper -> helper.handle((done, failure) -> done).join());
    }
    helpers.forEach(Batches::rethrow);
  }

  private static int bound(int count, int index, int batches) {
    return (int) ((long) count * index / batches);
  }

  private static void rethrow(CompletableFuture<Void> ended) {
    try {
      ended.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    }
  }

  /** A service that stops interrupts its worker; between two runs is the moment to notice. */
  private static void requireNoInterrupt() {
    if (Thread.currentThread().isInterrupted()) {
      throw new AttackCancelledException();
    }
  }

  private static Tensor[] tensors(List<Rows> inputs, List<long[]> shapes) {
    Tensor[] tensors = new Tensor[inputs.size()];
    for (int i = 0; i < tensors.length; i++) {
      long[] batched = shapes.get(i).clone();
      batched[0] = inputs.get(i).count();
      tensors[i] = new Tensor(inputs.get(i).values(), batched);
    }
    return tensors;
  }

  @Override
  public void close() {
    executable.close();
  }
}
