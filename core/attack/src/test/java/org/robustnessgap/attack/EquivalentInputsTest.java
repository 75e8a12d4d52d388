package org.robustnessgap.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.generator.Latents;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.ModelInput;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.PixelType;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.TestGraph;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * One classifier in files that take other pixels: behind the contract, its distances are the same.
 */
class EquivalentInputsTest {
  private static final Engine ENGINE = new OnnxRuntimeEngine(0);
  private static final int LATENT = 6;
  private static final int SIDE = 6;
  private static final int PIXELS = 3 * SIDE * SIDE;
  private static final int CLASSES = 5;
  private static final float SHARP = 10;
  private static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);
  private static final List<Double> STD = List.of(0.229, 0.224, 0.225);
  private static final LatentBatch LATENTS = Latents.gaussian(3, 12, LATENT);

  @TempDir private Path folder;

  /** What the file does to its input before it is the plain classifier's, and the contract. */
  enum Twin {
    NORMALISED(
        model(null, null, MEAN, STD, null),
        graph -> {
          String scaled = graph.node("Mul", List.of(X, perChannel(graph, STD)));
          return graph.node("Add", List.of(scaled, perChannel(graph, MEAN)));
        }),
    BGR(
        model(null, null, null, null, Colour.BGR),
        graph -> graph.node("Gather", List.of(X, graph.longs(2, 1, 0)), integer("axis", 1))),
    BYTES(model(Layout.NHWC, null, null, null, null), Twin::ofBytes),
    BYTES_AS_REAL_NUMBERS(model(Layout.NHWC, PixelType.FLOAT, null, null, null), Twin::ofBytes),
    HALF_PRECISION(null, graph -> X);

    private final InputContract contract;

    private final Function<TestGraph, String> entry;

    Twin(InputContract contract, Function<TestGraph, String> entry) {
      this.contract = contract;
      this.entry = entry;
    }

    private static InputContract model(
        Layout layout, PixelType type, List<Double> mean, List<Double> std, Colour colour) {
      return new InputContract(
          null, null, null, new ModelInput(layout, type, null, mean, std, colour));
    }

    private static String perChannel(TestGraph graph, List<Double> values) {
      float[] floats = new float[values.size()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = values.get(i).floatValue();
      }
      return graph.floats(floats, floats.length, 1, 1);
    }

    private static String ofBytes(TestGraph graph) {
      String real = graph.node("Cast", List.of(X), integer("to", TestGraph.FLOAT));
      String planes = graph.node("Transpose", List.of(real), integers("perm", 0L, 3L, 1L, 2L));
      return graph.node("Div", List.of(planes, graph.floats(new float[] {255})));
    }

    OnnxModel model() {
      boolean bytes = this == BYTES || this == BYTES_AS_REAL_NUMBERS;
      TestGraph graph = bytes ? new TestGraph(SIDE, SIDE, 3) : new TestGraph(3, SIDE, SIDE);
      OnnxModel model = graph.model("twin", scores(graph, entry.apply(graph)));
      return bytes
          ? withInput(model, DataType.UINT8_VALUE)
          : this == HALF_PRECISION ? halved(model) : model;
    }
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  private static AttributeProto integers(String name, Long... values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.INTS)
        .addAllInts(List.of(values))
        .build();
  }

  /** Weights that half precision holds exactly. */
  private static String weights(TestGraph graph, SplittableRandom random, int rows, int columns) {
    float[] weights = new float[rows * columns];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.round(256 * Math.max(-4, Math.min(random.nextGaussian(), 4))) / 256f;
    }
    return graph.floats(weights, rows, columns);
  }

  private static String scores(TestGraph graph, String image) {
    SplittableRandom random = new SplittableRandom(2);
    String flat = graph.node("Flatten", List.of(image));
    String hidden =
        graph.node(
            "Relu",
            List.of(graph.node("MatMul", List.of(flat, weights(graph, random, PIXELS, 16)))));
    return graph.node("MatMul", List.of(hidden, weights(graph, random, 16, CLASSES)));
  }

  private static OnnxModel withInput(OnnxModel model, int elementType) {
    OnnxModel.Value input = model.inputs().get(0);
    return new OnnxModel(
        model.name(),
        model.opset(),
        List.of(new OnnxModel.Value(X, elementType, input.shape())),
        model.outputs(),
        model.nodes(),
        model.initializers());
  }

  private static OnnxModel halved(OnnxModel model) {
    Map<String, TensorProto> weights = new TreeMap<>();
    model.initializers().forEach((name, tensor) -> weights.put(name, halved(tensor)));
    OnnxModel.Value input = model.inputs().get(0);
    OnnxModel.Value output = model.outputs().get(0);
    return new OnnxModel(
        model.name(),
        model.opset(),
        List.of(new OnnxModel.Value(X, DataType.FLOAT16_VALUE, input.shape())),
        List.of(new OnnxModel.Value(output.name(), DataType.FLOAT16_VALUE, output.shape())),
        model.nodes(),
        weights);
  }

  private static TensorProto halved(TensorProto tensor) {
    FloatBuffer values =
        tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    ByteBuffer halves = ByteBuffer.allocate(2 * values.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    while (values.hasRemaining()) {
      halves.putShort(half(values.get()));
    }
    return tensor.toBuilder()
        .setDataType(DataType.FLOAT16_VALUE)
        .setRawData(ByteString.copyFrom(halves.flip()))
        .build();
  }

  /** Of a number that is 0 or has at most 11 significant bits and an exponent of at least −14. */
  private static short half(float value) {
    int bits = Float.floatToIntBits(value);
    int magnitude = value == 0 ? 0 : ((bits & 0x7fffffff) >> 13) - (112 << 10);
    return (short) (bits >>> 16 & 0x8000 | magnitude);
  }

  /**
   * @param contrast if {@link #SHARP}, many pixels round to 0 or 1
   */
  private static OnnxModel generator(float contrast) {
    TestGraph graph = new TestGraph(LATENT);
    String w = graph.gaussian(new SplittableRandom(1), LATENT, PIXELS);
    String sharp =
        graph.node(
            "Mul",
            List.of(graph.node("MatMul", List.of(X, w)), graph.floats(new float[] {contrast})));
    String image = graph.node("Sigmoid", List.of(sharp));
    return graph.model(
        "images", graph.node("Reshape", List.of(image, graph.longs(-1, 3, SIDE, SIDE))));
  }

  private List<SampleResult> attack(OnnxModel model, InputContract contract, float contrast)
      throws IOException {
    Path file = Files.write(folder.resolve("twin.onnx"), model.toBytes());
    try (GeneratorModel images = GeneratorModel.open(generator(contrast), ENGINE);
        AttackTarget target =
            AttackTarget.open(
                images,
                ClassifierModel.read(file, ModelOptions.NONE, contract, images.image(), ENGINE),
                ENGINE)) {
      return target.attack(LATENTS, AttackPlan.standard());
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BYTES")
  void distancesAreThoseOfThePlainClassifier(Twin twin) throws IOException {
    for (float contrast : new float[] {1, SHARP}) {
      assertSameDistances(
          attack(twin.model(), twin.contract, contrast),
          attack(plain(twin == Twin.BYTES_AS_REAL_NUMBERS), null, contrast),
          List.of(Space.LATENT, Space.UNCONSTRAINED),
          0);
    }
  }

  /** Where pixels are rounded, the boundary moves by less than one level of one pixel. */
  @Test
  void bytesAreWithinALevel() throws IOException {
    for (float contrast : new float[] {1, SHARP}) {
      assertSameDistances(
          attack(Twin.BYTES.model(), Twin.BYTES.contract, contrast),
          attack(plain(true), null, contrast),
          List.of(Space.UNCONSTRAINED),
          1.0 / PixelSpace.LEVELS);
    }
  }

  /** What a cast does with 256.2, ONNX leaves undefined. */
  @Test
  void aCastToBytesIsOneOfWhatBytesHold() throws IOException {
    List<SampleResult> bare = attack(casting((graph, levels) -> levels), null, SHARP);
    List<SampleResult> behind =
        attack(casting((graph, levels) -> clipped(graph, levels, 255)), null, SHARP);

    assertSameDistances(bare, behind, List.of(Space.LATENT, Space.UNCONSTRAINED), 0);
  }

  /**
   * @param clipped whether it sees nothing outside of [0, 1]
   */
  private static OnnxModel plain(boolean clipped) {
    TestGraph graph = new TestGraph(3, SIDE, SIDE);
    return graph.model("plain", scores(graph, clipped ? clipped(graph, X, 1) : X));
  }

  private static OnnxModel casting(BiFunction<TestGraph, String, String> front) {
    TestGraph graph = new TestGraph(3, SIDE, SIDE);
    String levels = graph.node("Mul", List.of(X, graph.floats(new float[] {255})));
    String bytes =
        graph.node(
            "Cast", List.of(front.apply(graph, levels)), integer("to", DataType.UINT8_VALUE));
    String real = graph.node("Cast", List.of(bytes), integer("to", TestGraph.FLOAT));
    String image = graph.node("Div", List.of(real, graph.floats(new float[] {255})));
    return graph.model("casting", scores(graph, image));
  }

  private static String clipped(TestGraph graph, String value, float upper) {
    return graph.node(
        "Clip", List.of(value, graph.floats(new float[] {0}), graph.floats(new float[] {upper})));
  }

  private static void assertSameDistances(
      List<SampleResult> actual,
      List<SampleResult> expected,
      List<Space> spaces,
      double tolerance) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i).label()).isEqualTo(expected.get(i).label());
      for (Space space : spaces) {
        double distance = distance(expected.get(i), space);
        assertThat(distance(actual.get(i), space))
            .as("%s %d", space, i)
            .isCloseTo(distance, within(1e-3 * distance + tolerance));
      }
    }
  }

  private static double distance(SampleResult sample, Space space) {
    assertThat(sample.spaces().get(space)).isInstanceOf(Outcome.Found.class);
    return ((Outcome.Found) sample.spaces().get(space)).distance();
  }
}
