package org.robustnessgap.onnx.input;

import java.util.Optional;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * The bounds that a model puts on its input before it does anything else. Beyond them it sees
 * nothing, so no shortest perturbation of an image within leads there.
 */
public final class FrontBounds implements FirstNode.Reader {
  private double lower = Double.NEGATIVE_INFINITY;
  private double upper = Double.POSITIVE_INFINITY;

  /** Behind the nodes that were read a pixel x is slope · x + offset. */
  private double slope = 1;

  private double offset;

  private FrontBounds() {}

  /**
   * The range outside of which a model sees nothing.
   *
   * @param model with one input
   * @return empty unless all pixels are bounded both ways alike
   */
  public static Optional<PixelRange> of(OnnxModel model) {
    FrontBounds bounds = new FrontBounds();
    for (FirstNode node : FirstNodes.of(model).nodes()) {
      if (!node.tell(bounds)) {
        break;
      }
    }
    return bounds.range();
  }

  private Optional<PixelRange> range() {
    return Double.isFinite(lower) && Double.isFinite(upper) && lower < upper
        ? Optional.of(new PixelRange(lower, upper))
        : Optional.empty();
  }

  /** Whether what comes next bounds the same pixels. */
  @Override
  public boolean limits(FirstNode.Limits limits) {
    lower = Math.max(lower, (limits.lower() - offset) / slope);
    upper = Math.min(upper, (limits.upper() - offset) / slope);
    return true;
  }

  @Override
  public boolean affine(FirstNode.Affine affine) {
    boolean alike = affine.slopes().size() == 1 && affine.slopes().get(0) > 0;
    if (alike) {
      slope *= affine.slopes().get(0);
      offset = affine.slopes().get(0) * offset + affine.offsets().get(0);
    }
    return alike;
  }

  @Override
  public boolean transposition(FirstNode.Transposition node) {
    return true;
  }

  @Override
  public boolean reversal(FirstNode.Reversal node) {
    return true;
  }

  @Override
  public boolean other(FirstNode node) {
    return false;
  }
}
