package org.robustnessgap.onnx.input;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjDoubleConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.robustnessgap.messages.ImageShape;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Leaves a model with one input of stated size: others are fixed, open sizes are filled in. */
public final class ModelInputs {
  /** Channels of an image whose model leaves their number open too. */
  private static final long COLOURS = 3;

  private final OnnxModel model;
  private final ModelOptions options;
  private final Map<String, List<String>> symbols;
  private final GraphBuilder builder;
  private final Map<String, TensorProto> initializers;

  private ModelInputs(OnnxModel model, ModelOptions options, Map<String, List<String>> symbols) {
    this.model = model;
    this.options = options;
    this.symbols = symbols;
    this.builder = new GraphBuilder(model.unusedPrefix("fixed/"));
    this.initializers = new LinkedHashMap<>(model.initializers());
  }

  /**
   * Without the inputs that are fixed.
   *
   * @param model pruned, so that each of its inputs is read
   * @param declared the graph as its file has it, whose symbols say which open axes are the batch
   * @throws InvalidInputException if there is no such input, or none would be left
   */
  public static OnnxModel fixed(OnnxModel model, ModelOptions options, GraphProto declared) {
    return options.fix().isEmpty()
        ? model
        : new ModelInputs(model, options, symbols(declared)).fixed();
  }

  /** By name of an input, what its axes are called; an empty name for one of fixed or no name. */
  private static Map<String, List<String>> symbols(GraphProto declared) {
    return declared.getInputList().stream()
        .collect(
            Collectors.toMap(
                ValueInfoProto::getName,
                input ->
                    input.getType().getTensorType().getShape().getDimList().stream()
                        .map(TensorShapeProto.Dimension::getDimParam)
                        .toList(),
                (first, again) -> first));
  }

  /** What is known of the size of an image: what the user says, else the shape of the images. */
  public static List<Long> size(ModelOptions options, List<Long> image) {
    return options.imageSize() == null
        ? image
        : options.imageSize().stream().map(Integer::longValue).toList();
  }

  /**
   * With what its one input leaves open filled in.
   *
   * @param size shape of one image, or its height and width; empty if unknown
   */
  public static OnnxModel sized(OnnxModel model, List<Long> size) {
    return model.inputs().size() == 1 ? model.withInput(sized(model.inputs().get(0), size)) : model;
  }

  private OnnxModel fixed() {
    List<OnnxModel.Value> others =
        model.inputs().stream().filter(input -> !options.fix().containsKey(input.name())).toList();
    for (String name : options.fix().keySet()) {
      OnnxModel.Value input =
          model.inputs().stream()
              .filter(given -> given.name().equals(name))
              .findFirst()
              .orElseThrow(() -> noInput(name));
      if (others.isEmpty()) {
        throw new InvalidInputException(
            model.name() + " would be left without an input; do not fix " + name + ".");
      }
      fix(input, options.fix().get(name), others.get(0).name());
    }
    initializers.putAll(builder.constants());
    List<NodeProto> nodes = new ArrayList<>(builder.nodes());
    nodes.addAll(model.nodes());
    return new OnnxModel(model.name(), model.opset(), others, model.outputs(), nodes, initializers);
  }

  private InvalidInputException noInput(String name) {
    return new InvalidInputException(
        String.format(
            "%s has no input %s to fix; its inputs are %s.",
            model.name(),
            name,
            model.inputs().stream()
                .map(OnnxModel.Value::describe)
                .collect(Collectors.joining("; "))));
  }

  /** A constant; where the input has a row for each image, repeated for each. */
  private void fix(OnnxModel.Value input, List<Double> values, String image) {
    List<Long> shape = new ArrayList<>(input.shape() == null ? List.of() : input.shape());
    int batchAxis = batchAxis(input.name(), shape, image);
    if (batchAxis >= 0) {
      shape.set(batchAxis, 1L);
    }
    if (shape.stream().filter(size -> size < 0).count() == 1 && values.size() > 1) {
      long known = shape.stream().filter(size -> size > 0).reduce(1L, (a, b) -> a * b);
      shape.replaceAll(size -> size < 0 ? values.size() / known : size);
    }
    shape.replaceAll(size -> size < 0 ? 1L : size);
    long count = shape.stream().reduce(1L, (a, b) -> a * b);
    if (values.size() != 1 && values.size() != count) {
      throw new InvalidInputException(
          String.format(
              "Input %s of %s holds %d numbers but is fixed to %d; give one number for all, or %d.",
              input.describe(), model.name(), count, values.size(), count));
    }
    TensorProto constant = constant(input, values, shape, (int) count);
    if (batchAxis < 0) {
      initializers.put(input.name(), constant);
      return;
    }
    String row = builder.fresh("row");
    initializers.put(row, constant.toBuilder().setName(row).build());
    String batch =
        builder.emit("Gather", List.of(builder.emit("Shape", List.of(image)), builder.longs(0)));
    List<String> sizes = new ArrayList<>();
    for (int axis = 0; axis < shape.size(); axis++) {
      sizes.add(axis == batchAxis ? batch : builder.longs(shape.get(axis)));
    }
    String whole = builder.emit("Concat", sizes, Attributes.of("axis", 0L));
    builder
        .nodes()
        .add(
            NodeProto.newBuilder()
                .setOpType("Expand")
                .setName(input.name())
                .addInput(row)
                .addInput(whole)
                .addOutput(input.name())
                .build());
  }

  /** The axis that has a place for each image; −1 if there is none. */
  private int batchAxis(String input, List<Long> shape, String image) {
    String batch = symbols.getOrDefault(image, List.of()).stream().findFirst().orElse("");
    int named = symbols.getOrDefault(input, List.of()).indexOf(batch);
    if (!batch.isEmpty() && named >= 0) {
      return named;
    }
    return !shape.isEmpty() && (shape.get(0) < 0 || sameBatch(shape, image)) ? 0 : -1;
  }

  /** Whether the first axis is the batch that the image has, fixed by the exporter. */
  private boolean sameBatch(List<Long> shape, String image) {
    return model.inputs().stream()
        .filter(input -> input.name().equals(image))
        .flatMap(input -> Stream.ofNullable(input.shape()))
        .anyMatch(
            other -> shape.size() > 1 && !other.isEmpty() && other.get(0).equals(shape.get(0)));
  }

  private TensorProto constant(
      OnnxModel.Value input, List<Double> values, List<Long> shape, int count) {
    ObjDoubleConsumer<ByteBuffer> writer = writer(input);
    ByteBuffer bytes = ByteBuffer.allocate(count * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      writer.accept(bytes, values.get(values.size() == 1 ? 0 : i));
    }
    return TensorProto.newBuilder()
        .setName(input.name())
        .setDataType(input.elementType())
        .addAllDims(shape)
        .setRawData(ByteString.copyFrom(bytes.flip()))
        .build();
  }

  private ObjDoubleConsumer<ByteBuffer> writer(OnnxModel.Value input) {
    return switch (input.elementType()) {
      case DataType.FLOAT_VALUE -> (bytes, value) -> bytes.putFloat((float) value);
      case DataType.INT64_VALUE -> (bytes, value) -> bytes.putLong(whole(input, value));
      case DataType.INT32_VALUE -> (bytes, value) -> bytes.putInt((int) whole(input, value));
      case DataType.BOOL_VALUE, DataType.UINT8_VALUE, DataType.INT8_VALUE ->
          (bytes, value) -> bytes.put((byte) whole(input, value));
      default ->
          throw new InvalidInputException(
              String.format(
                  "Input %s of %s cannot be fixed: numbers of its type cannot be given.",
                  input.describe(), model.name()));
    };
  }

  private long whole(OnnxModel.Value input, double value) {
    if (value != Math.rint(value) || Math.abs(value) > 1L << 53) {
      throw new InvalidInputException(
          String.format(
              "Input %s of %s holds whole numbers, but is fixed to %s.",
              input.describe(), model.name(), value));
    }
    return (long) value;
  }

  /** What the file leaves open beside its batch is taken from the images. */
  private static OnnxModel.Value sized(OnnxModel.Value input, List<Long> size) {
    List<Long> shape = input.shape();
    if (shape == null || size.isEmpty()) {
      return input;
    }
    List<Integer> open = new ArrayList<>();
    for (int axis = 1; axis < shape.size(); axis++) {
      if (shape.get(axis) < 0) {
        open.add(axis);
      }
    }
    List<Long> filled = new ArrayList<>(shape);
    if (size.size() == shape.size() - 1) {
      open.forEach(axis -> filled.set(axis, size.get(axis - 1)));
    } else if (size.size() == open.size()) {
      for (int i = 0; i < open.size(); i++) {
        filled.set(open.get(i), size.get(i));
      }
    } else if (size.size() == 2 && shape.size() == 4 && !open.isEmpty()) {
      List<Long> image = filled.subList(1, 4);
      List<Long> whole = withHeightAndWidth(input, image, size);
      Collections.copy(image, whole);
    }
    return new OnnxModel.Value(input.name(), input.elementType(), filled);
  }

  /** An image of which some axes are open, in the layout that its channels tell. */
  private static List<Long> withHeightAndWidth(
      OnnxModel.Value input, List<Long> image, List<Long> size) {
    Layout layout = ImageShape.layout(image, Layout.NCHW);
    ImageShape stated = ImageShape.of(image, layout);
    ImageShape given = new ImageShape(COLOURS, size.get(0), size.get(1));
    if (!stated.fitsHeightAndWidth(given)) {
      throw new InvalidInputException(
          String.format(
              "Input %s takes no images of %dx%d; state a size that fits it.",
              input.describe(), given.height(), given.width()));
    }
    return stated.or(given).in(layout);
  }
}
