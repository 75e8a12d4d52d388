package org.robustnessgap.onnx.batch;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.ConstantFolding;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.RandomRows;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * Opens the first axis of a model that was exported for batches of one size. What the exporter
 * computed from that size is a constant; the rows are followed from the input on, and each node is
 * written so that it takes any number. The result is believed only if it computes for other
 * batches, row by row, what the model does.
 */
public final class OpenBatch {
  /** Nobody exports larger ones. */
  private static final long LARGEST = 64;

  private static final int ROWS = 3;

  private OpenBatch() {}

  /**
   * The model for any batch; one that is open already, or states no shape, as it is.
   *
   * @throws InvalidInputException if it is meant for its own batch size only, naming the node that
   *     is
   */
  public static OnnxModel of(OnnxModel given, ValueShapes.Probe probe) {
    if (!given.input().hasFixedBatch()) {
      return given;
    }
    if (batch(given) > LARGEST) {
      throw refusal(given, "a batch of more than " + LARGEST + " is taken for none", null);
    }
    ValueShapes shapes = ValueShapes.ofFixedBatch(given, probe);
    OnnxModel model = ConstantFolding.of(given, shapes, probe);
    try {
      BatchFollower follower = new BatchFollower(model, shapes);
      OnnxModel open = follower.opened();
      if (agree(model, open, follower, probe)) {
        return open;
      }
    } catch (InvalidInputException e) {
      throw refusal(given, e.getMessage(), e);
    }
    throw refusal(given, "with another it computes other numbers", null);
  }

  private static long batch(OnnxModel model) {
    return model.input().statedShape().get(0);
  }

  private static InvalidInputException refusal(
      OnnxModel model, String why, @Nullable Exception cause) {
    return new InvalidInputException(
        String.format(
            "Input %s of %s has a fixed batch of %d, and the model cannot be used with another (%s); export it with a dynamic first axis.",
            model.input().name(), model.name(), batch(model), why),
        cause);
  }

  /** Whether random rows come out alike from the model and from batches of two and three. */
  private static boolean agree(
      OnnxModel model, OnnxModel open, BatchFollower follower, ValueShapes.Probe probe) {
    int batch = (int) batch(model);
    RandomRows rows = RandomRows.finite(model, Math.max(batch, ROWS), batch, probe);
    float[][] two = rows.each(open, 1, 0);
    float[][] three = rows.each(open, 0, 1, 2);
    boolean agree = RandomRows.close(two[1], three[0]) && RandomRows.close(two[0], three[1]);
    // The rows of one run of the model as it is, or with a batch of one each in its own.
    for (int first = 0; first < ROWS; first += batch) {
      int[] chosen = IntStream.range(first, first + batch).map(row -> row % rows.count()).toArray();
      float[][] alone = follower.rowsOf(rows.whole(model, chosen));
      for (int row = 0; row < batch && first + row < ROWS; row++) {
        agree &= RandomRows.close(alone[row], three[first + row]);
      }
    }
    return agree;
  }
}
