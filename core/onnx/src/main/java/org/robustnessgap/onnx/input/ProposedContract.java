package org.robustnessgap.onnx.input;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.ImageShape;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.ModelInput;
import org.robustnessgap.messages.PixelRange;

/**
 * What a file itself tells of the images it wants.
 *
 * @param readings what was read, each with the node or the shape that says it
 * @param unknown what no file can tell, and what this one does not
 * @param proposals contracts for images in [0, 1]: one if the file tells what it wants, else the
 *     usual ones; empty if it takes no images
 */
public record ProposedContract(
    List<String> readings, List<String> unknown, List<Proposal> proposals) {
  private static final PixelRange UNIT = new PixelRange(0, 1);
  private static final PixelRange SIGNED = new PixelRange(-1, 1);
  private static final PixelRange LEVELS = new PixelRange(0, 255);

  /**
   * Of blue, green and red in [0, 255], as Caffe's models and Keras's mode of that name have it.
   */
  private static final List<Double> CAFFE = List.of(103.939, 116.779, 123.68);

  /**
   * One contract.
   *
   * @param when it is right
   */
  public record Proposal(String when, InputContract contract) {}

  public ProposedContract {
    readings = List.copyOf(readings);
    unknown = List.copyOf(unknown);
    proposals = List.copyOf(proposals);
  }

  /** Proposes by the first nodes of a model. */
  public static ProposedContract of(FirstNodes first) {
    Draft draft = new Draft(first);
    draft.layout();
    draft.channels();
    draft.size();
    draft.values();
    return new ProposedContract(draft.readings, draft.unknown, draft.proposals);
  }

  /** A proposal under construction. */
  private static final class Draft {
    private final FirstNodes first;
    private final List<Long> shape;
    private final List<String> readings = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();
    private final List<Proposal> proposals = new ArrayList<>();

    /** Null while unknown. */
    private @Nullable Layout layout;

    /** Null where the shape tells the same. */
    private @Nullable Layout stated;

    private ImageShape image = ImageShape.UNKNOWN;

    Draft(FirstNodes first) {
      this.first = first;
      List<Long> whole = first.input().shape();
      this.shape = whole == null || whole.isEmpty() ? List.of() : whole.subList(1, whole.size());
    }

    void layout() {
      Layout told = shape.isEmpty() || shape.size() > 3 ? null : ImageShape.layout(shape);
      Optional<FirstNode> moved = find(FirstNode.Transposition.class);
      Optional<FirstNode> convolved = find(FirstNode.FirstConvolution.class);
      if (moved.isPresent()) {
        layout = ((FirstNode.Transposition) moved.get()).from();
        readings.add(text(layout) + ", by " + moved.get().node());
      } else if (convolved.isPresent()) {
        layout = Layout.NCHW;
        readings.add(text(layout) + ", by " + convolved.get().node());
      } else if (told != null) {
        layout = told;
        readings.add(text(layout) + ", by its shape");
      } else {
        unknown.add("whether channels come first or last; say --model-layout=NCHW or NHWC");
      }
      stated = layout == told ? null : layout;
      if (layout != null && shape.size() == ImageShape.axes(layout)) {
        image = ImageShape.of(shape, layout);
      }
    }

    void channels() {
      long convolved =
          find(FirstNode.FirstConvolution.class)
              .map(node -> ((FirstNode.FirstConvolution) node).channels())
              .orElse(-1L);
      image = image.or(new ImageShape(convolved, -1, -1));
      if (layout != Layout.FLAT && image.channels() == 1) {
        readings.add("one channel: with an input contract images in colour are made grey");
      } else if (layout != Layout.FLAT && image.channels() > 3) {
        readings.add(image.channels() + " channels, which are no colours");
      }
      find(FirstNode.Reversal.class)
          .ifPresent(node -> readings.add("channels are put into reverse order by " + node.node()));
    }

    void size() {
      boolean isKnown = image.height() > 1 && image.width() > 1;
      if (layout != Layout.FLAT && layout != null) {
        unknown.add(
            isKnown
                ? String.format(
                    "the size of the generator's images; if it is not %d×%d, add --resize=%dx%d",
                    image.height(), image.width(), image.height(), image.width())
                : "the size of the images; a generator tells it, else --image-size=HxW");
      }
    }

    void values() {
      Optional<ImpliedRange> implied = ImpliedRange.of(first);
      if (implied.isPresent()) {
        readings.add(implied.get().because());
        propose(
            "for images in [0, 1]",
            new ModelInput(stated, null, implied.get().range(), null, null, null));
      } else if (layout == Layout.FLAT || image.channels() > 3) {
        unknown.add("between which values its numbers lie");
        if (layout == Layout.FLAT) {
          propose(
              "for images, whose channels follow one another",
              new ModelInput(Layout.FLAT, null, null, null, null, null));
        }
        return;
      } else {
        unknown.add(
            first.unread().isEmpty()
                ? "what is done to pixels before: no first node normalises them; do what was done in training, nothing if that was on images of the generator"
                : "what is done to pixels by "
                    + first.unread()
                    + ", which could not be read; do what was done in training");
        if (!first.unread().isEmpty()) {
          propose("if the file does it itself", range(null));
        }
        usual();
      }
      unknown.add(
          "what the generator's pixels are; if they are not in [0, 1], add --range=-1,1 or --range=0,255");
    }

    private void usual() {
      if (image.channels() == 1 || layout == Layout.NHW) {
        propose("if trained on [0, 1]", range(UNIT));
        propose("if trained on [-1, 1]", range(SIGNED));
      } else if (layout == Layout.NHWC) {
        propose("if trained on [-1, 1] (Keras, mode tf)", range(SIGNED));
        propose(
            "if trained as Caffe's (Keras, mode caffe)",
            new ModelInput(stated, null, LEVELS, CAFFE, null, Colour.BGR));
      } else {
        propose(
            "if trained with ImageNet's mean and deviation (torchvision, most of timm)",
            new ModelInput(stated, null, UNIT, ImageNet.MEAN, ImageNet.STD, null));
        propose("if trained on [-1, 1] (mean and deviation 0.5)", range(SIGNED));
      }
    }

    /** Null for pixels as they are. */
    private ModelInput range(@Nullable PixelRange range) {
      return new ModelInput(stated, null, range, null, null, null);
    }

    private void propose(String when, ModelInput model) {
      proposals.add(new Proposal(when, new InputContract(null, null, null, model)));
    }

    private Optional<FirstNode> find(Class<? extends FirstNode> kind) {
      return first.nodes().stream().filter(kind::isInstance).findFirst();
    }

    private static String text(Layout layout) {
      return switch (layout) {
        case NCHW -> "channels first";
        case NHWC -> "channels last";
        case NHW -> "no axis for channels";
        case FLAT -> "vectors";
      };
    }
  }
}
