package org.robustnessgap.onnx.input;

import java.util.List;
import org.robustnessgap.messages.Layout;

/** What one of the first nodes of a model does to an image. */
sealed interface FirstNode {
  /** The node, for people. */
  String node();

  /** Whether the reader reads on behind it. */
  default boolean tell(Reader reader) {
    return reader.other(this);
  }

  /** Reads the nodes from the first on; each answer is whether it reads on. */
  interface Reader {
    boolean affine(Affine node);

    boolean limits(Limits node);

    default boolean statistics(Statistics node) {
      return other(node);
    }

    default boolean transposition(Transposition node) {
      return other(node);
    }

    default boolean reversal(Reversal node) {
      return other(node);
    }

    boolean other(FirstNode node);
  }

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

    @Override
    public boolean tell(Reader reader) {
      return reader.affine(this);
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

    @Override
    public boolean tell(Reader reader) {
      return reader.statistics(this);
    }
  }

  /**
   * Cuts values off.
   *
   * @param lower −∞ for none
   * @param upper ∞ for none
   */
  record Limits(String node, double lower, double upper) implements FirstNode {
    @Override
    public boolean tell(Reader reader) {
      return reader.limits(this);
    }
  }

  /**
   * Changes the order of the axes.
   *
   * @param from the order before
   */
  record Transposition(String node, Layout from) implements FirstNode {
    @Override
    public boolean tell(Reader reader) {
      return reader.transposition(this);
    }
  }

  /** Makes pixels of several others. */
  record Resampling(String node) implements FirstNode {}

  /** Puts the channels into the reverse order. */
  record Reversal(String node) implements FirstNode {
    @Override
    public boolean tell(Reader reader) {
      return reader.reversal(this);
    }
  }

  /**
   * Ends what is done to each pixel alone; its channels come first.
   *
   * @param channels how many it takes
   */
  record FirstConvolution(String node, long channels) implements FirstNode {}
}
