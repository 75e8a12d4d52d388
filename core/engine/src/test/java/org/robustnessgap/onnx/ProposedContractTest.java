package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.ModelInput;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.input.FirstNodes;
import org.robustnessgap.onnx.input.ImpliedRange;
import org.robustnessgap.onnx.input.ProposedContract;

/** What a file tells of the pixels it wants, and what it does not. */
class ProposedContractTest {
  private static final PixelRange UNIT = new PixelRange(0, 1);
  private static final PixelRange SIGNED = new PixelRange(-1, 1);
  private static final PixelRange LEVELS = new PixelRange(0, 255);

  private static ProposedContract proposed(OnnxModel model) {
    return ProposedContract.of(FirstNodes.of(model));
  }

  private static PixelRange implied(OnnxModel model) {
    return ImpliedRange.of(FirstNodes.of(model)).map(ImpliedRange::range).orElse(null);
  }

  private static String conv(TestGraph graph, String image, long channels) {
    return graph.node(
        "Conv", List.of(image, graph.gaussian(new SplittableRandom(1), 2, channels, 3, 3)));
  }

  private static String numbers(TestGraph graph, double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return values.length == 1 ? graph.floats(floats) : graph.floats(floats, 1, values.length, 1, 1);
  }

  /** A model of images [3, 8, 8] that begins with x·slope + offset. */
  private static OnnxModel scaled(double slope, double offset) {
    TestGraph graph = new TestGraph(3, 8, 8);
    String times = graph.node("Mul", List.of(X, numbers(graph, slope)));
    String plus = graph.node("Add", List.of(numbers(graph, offset), times));
    return graph.model("scaled", conv(graph, plus, 3));
  }

  @ParameterizedTest
  @CsvSource({
    "0.00392157, 0, 0, 255",
    "0.00784314, -1, 0, 255",
    "0.0078125, -1, 0, 255",
    "1, -128, 0, 255",
    "2, -1, 0, 1",
    "1, -0.5, 0, 1",
    "255, 0, 0, 1",
    "0.5, 0.5, -1, 1",
    "127.5, 127.5, -1, 1"
  })
  void usualScalesTellTheRange(double slope, double offset, double lower, double upper) {
    assertThat(implied(scaled(slope, offset))).isEqualTo(new PixelRange(lower, upper));
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "0.5, 0", "3, -7", "-1, 1", "1, 1", "0.017, 0.2"})
  void otherScalesDoNot(double slope, double offset) {
    assertThat(implied(scaled(slope, offset))).isNull();
  }

  @Test
  void imageNetsMeanAndDeviationAreNamed() {
    TestGraph graph = new TestGraph(3, 8, 8);
    String centred = graph.node("Sub", List.of(X, numbers(graph, 0.485, 0.456, 0.406)));
    String scaled = graph.node("Div", List.of(centred, numbers(graph, 0.229, 0.224, 0.225)));
    ProposedContract found = proposed(graph.model("normalised", conv(graph, scaled, 3)));

    assertThat(found.readings())
        .containsExactly(
            "channels first, by node/Conv_5 (Conv)",
            "node/Sub_1 (Sub), node/Div_3 (Div): [0, 1] is normalised by mean 0.485, 0.456, 0.406 and deviation 0.229, 0.224, 0.225, those of ImageNet");
    assertThat(found.proposals())
        .extracting(proposal -> proposal.contract().model())
        .containsExactly(new ModelInput(null, null, UNIT, null, null, null));
  }

  @Test
  void divisionByTheLargestLevelAndNormalisationAreReadTogether() {
    TestGraph graph = new TestGraph(3, 8, 8);
    String unit = graph.node("Div", List.of(X, numbers(graph, 255)));
    String centred = graph.node("Sub", List.of(unit, numbers(graph, 0.485, 0.456, 0.406)));
    String scaled = graph.node("Div", List.of(centred, numbers(graph, 0.229, 0.224, 0.225)));
    OnnxModel model = graph.model("normalised", conv(graph, scaled, 3));

    assertThat(implied(model)).isEqualTo(LEVELS);
    assertThat(proposed(model).readings().get(1)).contains("those of ImageNet");
  }

  @Test
  void batchNormalizationOfTheInputTellsWhatItSawInTraining() {
    TestGraph graph = new TestGraph(3, 8, 8);
    String one = numbers(graph, 1.3, 0.2, 1.1);
    OnnxModel model =
        graph.model(
            "batch-normalised",
            conv(
                graph,
                graph.node(
                    "BatchNormalization",
                    List.of(
                        X,
                        one,
                        one,
                        graph.floats(new float[] {123, 116, 103}, 3),
                        graph.floats(new float[] {3400, 3300, 3450}, 3))),
                3));

    assertThat(implied(model)).isEqualTo(LEVELS);
  }

  /** Bright images in [-1, 1] are not taken for images in [0, 1]. */
  @Test
  void aDeviationThatIsTooLargeForARangeTellsNothing() {
    TestGraph graph = new TestGraph(3, 8, 8);
    String centred = graph.node("Sub", List.of(X, numbers(graph, 0.2, 0.15, 0.1)));
    String scaled = graph.node("Div", List.of(centred, numbers(graph, 0.458)));

    assertThat(implied(graph.model("bright", conv(graph, scaled, 3)))).isNull();
  }

  @Test
  void anUntrainedBatchNormalizationTellsNothing() {
    TestGraph graph = new TestGraph(3, 8, 8);
    String one = graph.floats(new float[] {1, 1, 1}, 3);
    String zero = graph.floats(new float[] {0, 0, 0}, 3);
    OnnxModel model =
        graph.model(
            "untrained",
            conv(graph, graph.node("BatchNormalization", List.of(X, one, zero, zero, one)), 3));

    assertThat(implied(model)).isNull();
  }

  @Test
  void limitsOfPixelsTellTheRangeOthersDoNot() {
    TestGraph pixels = new TestGraph(3, 8, 8);
    String clipped =
        pixels.node(
            "Min",
            List.of(pixels.node("Max", List.of(X, numbers(pixels, -1))), numbers(pixels, 1)));
    TestGraph other = new TestGraph(3, 8, 8);
    String six = other.node("Clip", List.of(X, numbers(other, 0), numbers(other, 6)));

    assertThat(implied(pixels.model("limits", conv(pixels, clipped, 3)))).isEqualTo(SIGNED);
    assertThat(implied(other.model("six", conv(other, six, 3)))).isNull();
  }

  @Test
  void contradictionsTellNothing() {
    TestGraph graph = new TestGraph(3, 8, 8);
    String unit = graph.node("Div", List.of(X, numbers(graph, 255)));
    String odd = graph.node("Mul", List.of(unit, numbers(graph, 255 * 255)));

    assertThat(implied(graph.model("odd", conv(graph, odd, 3)))).isNull();
  }

  @Test
  void aPathThatForksIsNotRead() {
    TestGraph graph = new TestGraph(3, 8, 8);
    String unit = graph.node("Div", List.of(X, numbers(graph, 255)));
    String both = graph.node("Add", List.of(unit, X));

    OnnxModel model = graph.model("fork", conv(graph, both, 3));
    assertThat(implied(model)).isNull();
    assertThat(proposed(model).unknown())
        .anyMatch(
            line ->
                line.contains("by node/Div_1 (Div), node/Add_2 (Add), which could not be read"));
    // It may well normalise.
    assertThat(proposed(model).proposals().get(0).when()).isEqualTo("if the file does it itself");
  }

  @Test
  void wholeNumbersWithChannelsLast() {
    TestGraph graph = new TestGraph(8, 8, 3);
    String cast = graph.node("Cast", List.of(X), Attributes.of("to", (long) TestGraph.FLOAT));
    String planes =
        graph.node("Transpose", List.of(cast), Attributes.of("perm", new long[] {0, 3, 1, 2}));
    OnnxModel model = graph.model("bytes", conv(graph, planes, 3));
    ProposedContract found =
        proposed(
            model.withInput(
                new OnnxModel.Value(X, DataType.UINT8_VALUE, List.of(-1L, 8L, 8L, 3L))));

    assertThat(found.readings())
        .containsExactly(
            "channels last, by node/Transpose_1 (Transpose)", "its input takes whole numbers");
    assertThat(found.proposals())
        .extracting(ProposedContract.Proposal::contract)
        .containsExactly(
            new InputContract(
                null, null, null, new ModelInput(null, null, LEVELS, null, null, null)));
    assertThat(found.unknown()).anyMatch(line -> line.contains("8×8"));
  }

  /** Sizes that the file leaves open tell no layout; its first nodes do. */
  @Test
  void openSizesAreReadFromNodesAndWeights() {
    TestGraph graph = new TestGraph(-1, -1, -1);
    String planes =
        graph.node("Transpose", List.of(X), Attributes.of("perm", new long[] {0, 3, 1, 2}));
    ProposedContract found = proposed(graph.model("open", conv(graph, planes, 1)));

    assertThat(found.readings())
        .contains("one channel: with an input contract images in colour are made grey");
    assertThat(found.proposals())
        .extracting(proposal -> proposal.contract().model().layout())
        .containsOnly(Layout.NHWC);
    assertThat(found.unknown()).anyMatch(line -> line.contains("--image-size"));
  }

  @Test
  void reversedChannelsAreSaid() {
    TestGraph graph = new TestGraph(3, 8, 8);
    String reversed =
        graph.node("Gather", List.of(X, graph.longs(2, 1, 0)), Attributes.of("axis", 1L));
    String centred = graph.node("Sub", List.of(reversed, numbers(graph, 103.939, 116.779, 123.68)));
    ProposedContract found = proposed(graph.model("caffe", conv(graph, centred, 3)));

    assertThat(found.readings())
        .anyMatch(line -> line.contains("reverse order by node/Gather_1 (Gather)"))
        .anyMatch(line -> line.contains("[0, 255] is normalised"));
  }

  @Test
  void whatItsCallerNormalisesIsNotGuessed() {
    TestGraph first = new TestGraph(3, 8, 8);
    ProposedContract torch = proposed(first.model("torch", conv(first, X, 3)));
    TestGraph last = new TestGraph(8, 8, 3);
    String planes =
        last.node("Transpose", List.of(X), Attributes.of("perm", new long[] {0, 3, 1, 2}));
    ProposedContract keras = proposed(last.model("keras", conv(last, planes, 3)));

    assertThat(torch.unknown()).anyMatch(line -> line.contains("no first node normalises"));
    assertThat(torch.proposals()).hasSize(2);
    assertThat(torch.proposals().get(0).contract().model().mean())
        .containsExactly(0.485, 0.456, 0.406);
    assertThat(keras.proposals())
        .extracting(proposal -> proposal.contract().model().colour())
        .containsExactly(null, Colour.BGR);
  }

  @Test
  void vectorsAreProposedToBeImagesInARow() {
    ProposedContract found = proposed(TestGraph.linear("vectors", new float[5][2]));

    assertThat(found.proposals())
        .extracting(proposal -> proposal.contract().model().layout())
        .containsExactly(Layout.FLAT);
    assertThat(found.readings()).containsExactly("vectors, by its shape");
  }

  /** None of the demonstration's classifiers says what pixels it takes. */
  @ParameterizedTest
  @CsvSource({"cifar10-lenet", "cifar10-vgg", "cifar10-wrn-16-4", "mnist-lenet", "mnist-mlp"})
  void shippedClassifiersTellNoRange(String name) {
    assertThat(implied(OnnxModel.read(Golden.model(name)))).isNull();
  }
}
