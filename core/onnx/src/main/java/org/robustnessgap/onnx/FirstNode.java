package org.robustnessgap.onnx;

import java.util.List;
import org.robustnessgap.messages.Layout;

/** What one of the first nodes of a model does to an image. */
sealed interface FirstNode {
  /** The node, for people. */
  String node();

  /**
   * x ↦ slope · x + offset.
   *
   * @param slopes one for each channel, or one for all; none is 0
   * @param offsets as many
   */
  record Affine(String node, List<Double> slopes, List<Double> offsets) implements FirstNode {
    public Affine {
      slopes = List.copyOf(slopes);
      offsets = List.copyOf(offsets);
    }
  }

  /**
   * Normalises by what it saw in training: a batch normalization.
   *
   * @param mean of each channel of the training data
   * @param std their standard deviations, positive
   */
  record Statistics(String node, List<Double> mean, List<Double> std) implements FirstNode {
    public Statistics {
      mean = List.copyOf(mean);
      std = List.copyOf(std);
    }
  }

  /**
   * Cuts values off.
   *
   * @param lower −∞ for none
   * @param upper ∞ for none
   */
  record Limits(String node, double lower, double upper) implements FirstNode {}

  /**
   * Changes the order of the axes.
   *
   * @param from the order before
   */
  record Transposition(String node, Layout from) implements FirstNode {}

  /** Makes pixels of several others. */
  record Resampling(String node) implements FirstNode {}

  /** Puts the channels into the reverse order. */
  record Reversal(String node) implements FirstNode {}

  /**
   * Ends what is done to each pixel alone; its channels come first.
   *
   * @param channels how many it takes
   */
  record FirstConvolution(String node, long channels) implements FirstNode {}
}
