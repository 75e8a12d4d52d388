package org.robustnessgap.engine;

import java.util.List;
import org.robustnessgap.messages.StableApi;

/** A loaded model. Thread-safe; close it when nobody runs it any more. */
@StableApi
public interface Executable extends AutoCloseable {
  /**
   * Runs the model once, with all threads.
   *
   * @param inputs one for each input, in the model's order
   * @return one for each output, in the model's order
   * @throws MemoryExhaustedException if there is too little memory
   */
  List<Tensor> run(Tensor... inputs);

  /**
   * The same as {@link #run}, into arrays that are there: to allocate large outputs anew for each
   * of many runs costs time and memory.
   *
   * @param outputs one for each output, in the model's order and of its shape; their arrays are
   *     written to
   * @throws MemoryExhaustedException if there is too little memory
   */
  default void runInto(List<Tensor> outputs, Tensor... inputs) {
    List<Tensor> made = run(inputs);
    for (int i = 0; i < outputs.size(); i++) {
      float[] values = made.get(i).values();
      System.arraycopy(values, 0, outputs.get(i).values(), 0, values.length);
    }
  }

  /** How many runs at once are faster than one after the other. */
  default int parallelism() {
    return 1;
  }

  /** The same as {@link #run}, with one thread: leaves the others to runs beside it. */
  default List<Tensor> runBeside(Tensor... inputs) {
    return run(inputs);
  }

  @Override
  void close();
}
