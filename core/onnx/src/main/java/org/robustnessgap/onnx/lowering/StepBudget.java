package org.robustnessgap.onnx.lowering;

import java.util.function.Function;
import org.robustnessgap.messages.InvalidInputException;

/** How many nodes all loops and recurrences of one model together may be written out to. */
public final class StepBudget {
  /** More would take minutes to differentiate. */
  public static final long MOST_NODES = 100_000;

  private long left = MOST_NODES;

  /** How many steps of so many nodes it has left. */
  public long steps(long nodes) {
    return left / Math.max(1, nodes);
  }

  /**
   * Takes steps out of it.
   *
   * @param nodes of one step
   * @param refusal of what takes the steps, for a reason without a subject
   */
  public void spend(long steps, long nodes, Function<String, InvalidInputException> refusal) {
    if (steps > steps(nodes)) {
      throw refusal.apply(excess(String.valueOf(steps), nodes));
    }
    left -= steps * Math.max(1, nodes);
  }

  /** Why it does not reach. */
  public String excess(String steps, long nodes) {
    return String.format(
        "takes %s steps of %d node%s, but all steps of a model together are written out as %d nodes at most, of which %d are left; export the model with fewer steps",
        steps, nodes, nodes == 1 ? "" : "s", MOST_NODES, left);
  }
}
