package org.robustnessgap.onnx.input;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.CropRounding;
import org.robustnessgap.messages.ImageShape;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.ModelInput;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.PixelType;
import org.robustnessgap.messages.Resize;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Makes an input contract part of a model, by nodes in front of it that all have a gradient. */
public final class ContractNodes {
  private static final PixelRange BYTES = new PixelRange(0, PixelSpace.LEVELS);

  /** Of red, green and blue, as torchvision and TensorFlow weigh them (ITU-R BT.601). */
  private static final float[] BRIGHTNESS = {0.2989f, 0.587f, 0.114f};

  private final SettledContract settled;
  private final InputContract contract;
  private final GraphBuilder builder;
  private Layout layout;
  private String value;

  private ContractNodes(SettledContract settled, GraphBuilder builder, String pixels) {
    this.settled = settled;
    this.contract = settled.contract();
    this.builder = builder;
    this.layout = settled.from();
    this.value = pixels;
  }

  /**
   * The model that takes pixels.
   *
   * @param model of the input that the contract was settled for, as float32
   */
  public static OnnxModel before(OnnxModel model, SettledContract settled) {
    String pixels = model.unusedPrefix("pixels");
    GraphBuilder builder = new GraphBuilder(model.unusedPrefix("contract/"));
    new ContractNodes(settled, builder, pixels).emit();
    if (builder.nodes().isEmpty()) {
      return model;
    }
    List<NodeProto> nodes = new ArrayList<>(builder.nodes());
    NodeProto last = nodes.remove(nodes.size() - 1);
    nodes.add(last.toBuilder().setOutput(0, model.input().name()).build());
    nodes.addAll(model.nodes());
    Map<String, TensorProto> initializers = new LinkedHashMap<>(model.initializers());
    initializers.putAll(builder.constants());
    List<Long> shape = new ArrayList<>(List.of(-1L));
    shape.addAll(settled.pixels().in(settled.from()));
    return new OnnxModel(
        model.name(),
        model.opset(),
        List.of(new OnnxModel.Value(pixels, DataType.FLOAT_VALUE, shape)),
        model.outputs(),
        nodes,
        initializers);
  }

  private void emit() {
    boolean bytes = contract.pixels().type() == PixelType.UINT8;
    if (bytes) {
      scale(contract.pixels().range(), BYTES, List.of(0.0), List.of(1.0));
      round(BYTES);
    }
    boolean plane = contract.resize() == null && layout == settled.to();
    if (!plane && layout != Layout.FLAT) {
      toPlanes();
    }
    colours();
    resizeAndCrop(bytes);
    ModelInput model = contract.model();
    scale(
        bytes ? BYTES : contract.pixels().range(),
        settled.range(),
        model.mean() == null ? List.of(0.0) : model.mean(),
        model.std() == null ? List.of(1.0) : model.std());
    if (layout != settled.to()) {
      fromPlanes();
    }
    if (settled.isRounded()) {
      round(settled.held());
    }
  }

  /**
   * Cast to a narrow type, a number beyond it would become any other.
   *
   * @param held null for any number
   */
  private void round(@Nullable PixelRange held) {
    if (held != null) {
      clip(held);
    }
    value = builder.emit("Round", List.of(value));
  }

  private void clip(PixelRange range) {
    value =
        builder.emit(
            "Clip",
            List.of(
                value,
                builder.scalar((float) range.lower()),
                builder.scalar((float) range.upper())));
  }

  private void toPlanes() {
    if (layout == Layout.NHWC) {
      transpose(0, 3, 1, 2);
    } else if (layout == Layout.NHW) {
      value = builder.emit("Unsqueeze", List.of(value, builder.longs(1)));
    }
    layout = Layout.NCHW;
  }

  private void fromPlanes() {
    switch (settled.to()) {
      case NHWC -> transpose(0, 2, 3, 1);
      case NHW -> value = builder.emit("Squeeze", List.of(value, builder.longs(1)));
      case FLAT -> value = builder.emit("Flatten", List.of(value), Attributes.of("axis", 1L));
      case NCHW -> {
        // They are.
      }
    }
  }

  private void transpose(long... axes) {
    value = builder.emit("Transpose", List.of(value), Attributes.of("perm", axes));
  }

  private void colours() {
    Colour own = settled.pixelColour();
    Colour other = settled.modelColour();
    long axis = channelAxis();
    if (own == other) {
      return;
    }
    if (own == Colour.GREY) {
      value = builder.emit("Concat", List.of(value, value, value), Attributes.of("axis", axis));
    } else if (other == Colour.GREY) {
      float[] weights = BRIGHTNESS.clone();
      if (own == Colour.BGR) {
        weights = new float[] {weights[2], weights[1], weights[0]};
      }
      String weighted = builder.emit("Mul", List.of(value, perChannel(weights)));
      value = builder.emit("ReduceSum", List.of(weighted, builder.longs(axis)));
    } else {
      value =
          builder.emit(
              "Gather", List.of(value, builder.longs(2, 1, 0)), Attributes.of("axis", axis));
    }
  }

  private long channelAxis() {
    return layout == Layout.NHWC ? 3 : 1;
  }

  /** A constant to be broadcast along the channels. */
  private String perChannel(float... values) {
    if (values.length == 1) {
      return builder.scalar(values[0]);
    }
    return layout == Layout.NCHW
        ? builder.floats(values, values.length, 1, 1)
        : builder.floats(values, values.length);
  }

  /** One matrix an axis does both; PIL and torchvision round bytes after each. */
  private void resizeAndCrop(boolean bytes) {
    ImageShape before = settled.pixels();
    ImageShape resized = settled.resized();
    ImageShape after = settled.wanted();
    Resize resize = contract.resize();
    if (resize == null) {
      crop(resized, after);
      return;
    }
    if (!resized.equals(after) || resized.width() != before.width()) {
      String right = matrix(resize, before.width(), resized.width(), after.width(), true);
      value = builder.emit("MatMul", List.of(value, right));
      level(bytes);
    }
    if (!resized.equals(after) || resized.height() != before.height()) {
      String left = matrix(resize, before.height(), resized.height(), after.height(), false);
      value = builder.emit("MatMul", List.of(left, value));
      level(bytes);
    }
  }

  private void level(boolean bytes) {
    if (bytes) {
      String half = builder.emit("Add", List.of(value, builder.scalar(0.5f)));
      value = builder.emit("Floor", List.of(half));
      clip(BYTES);
    }
  }

  /** [after, before], or its transpose, of the rows that are not cropped. */
  private String matrix(Resize resize, long before, long resized, long after, boolean transposed) {
    double[][] rows =
        ResizeMatrix.of(
            Math.toIntExact(before),
            Math.toIntExact(resized),
            resize.interpolation(),
            resize.antialias());
    int from = margin(resized, after);
    int height = Math.toIntExact(after);
    int width = Math.toIntExact(before);
    float[] values = new float[height * width];
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < width; j++) {
        values[transposed ? j * height + i : i * width + j] = (float) rows[from + i][j];
      }
    }
    return transposed
        ? builder.floats(values, width, height)
        : builder.floats(values, height, width);
  }

  private int margin(long whole, long part) {
    double exact = (whole - part) / 2.0;
    return (int) (contract.cropRounding() == CropRounding.DOWN ? exact : Math.rint(exact));
  }

  private void crop(ImageShape whole, ImageShape part) {
    if (whole.height() == part.height() && whole.width() == part.width()) {
      return;
    }
    long first = layout == Layout.NHWC || layout == Layout.NHW ? 1 : 2;
    long top = margin(whole.height(), part.height());
    long left = margin(whole.width(), part.width());
    value =
        builder.emit(
            "Slice",
            List.of(
                value,
                builder.longs(top, left),
                builder.longs(top + part.height(), left + part.width()),
                builder.longs(first, first + 1)));
  }

  /** x ↦ (range to range (x) − mean)/std, one multiplication and one addition. */
  private void scale(PixelRange own, PixelRange other, List<Double> mean, List<Double> std) {
    double factor = (other.upper() - other.lower()) / (own.upper() - own.lower());
    float[] slopes = new float[Math.max(mean.size(), std.size())];
    float[] offsets = new float[slopes.length];
    for (int i = 0; i < slopes.length; i++) {
      double divisor = std.get(std.size() == 1 ? 0 : i);
      slopes[i] = (float) (factor / divisor);
      offsets[i] =
          (float)
              ((other.lower() - factor * own.lower() - mean.get(mean.size() == 1 ? 0 : i))
                  / divisor);
    }
    if (!isAll(slopes, 1)) {
      value = builder.emit("Mul", List.of(value, perChannel(slopes)));
    }
    if (!isAll(offsets, 0)) {
      value = builder.emit("Add", List.of(value, perChannel(offsets)));
    }
  }

  private static boolean isAll(float[] values, float number) {
    for (float value : values) {
      if (value != number) {
        return false;
      }
    }
    return true;
  }
}
