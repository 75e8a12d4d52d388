package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.Refusals.assertRefused;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Weights in a file beside the model are read, and nothing else is. */
class ExternalWeightsTest extends BadModels {
  /** The weights of {@link #scaled} in another file. */
  private Path externalModel(Map<String, String> entries) throws IOException {
    return externalModel(folder, entries);
  }

  private static Path externalModel(Path into, Map<String, String> entries) throws IOException {
    ModelProto.Builder model = proto(scaled()).toBuilder();
    TensorProto.Builder weights = model.getGraphBuilder().getInitializerBuilder(0);
    weights.clearRawData().setDataLocation(TensorProto.DataLocation.EXTERNAL);
    entries.forEach(
        (key, value) ->
            weights.addExternalData(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return Files.write(into.resolve("external.onnx"), model.build().toByteArray());
  }

  private static byte[] weights() {
    ByteBuffer bytes = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(-1).putFloat(3).putFloat(0).putFloat(0).putFloat(5);
    return bytes.array();
  }

  @Test
  void externalWeightsAreRead() throws IOException {
    file("weights.bin", weights());

    assertScales(externalModel(Map.of("location", "weights.bin", "offset", "4")));
    assertScales(externalModel(Map.of("location", "weights.bin", "offset", "4", "length", "16")));
  }

  @Test
  void externalWeightsAreFoundThroughARoundaboutPath() throws IOException {
    Files.createDirectories(folder.resolve("models"));
    Path file =
        externalModel(folder.resolve("models"), Map.of("location", "weights.bin", "offset", "4"));
    Files.write(folder.resolve("models").resolve("weights.bin"), weights());

    assertScales(folder.resolve("models").resolve("..").resolve("models").resolve("external.onnx"));
    assertScales(file);
  }

  @Test
  void externalWeightsMissing() throws IOException {
    Path file = externalModel(Map.of("location", "gone.bin"));

    assertRefused(() -> OnnxModel.read(file), "external", "gone.bin", "missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../weights.bin", "/etc/hostname", "a/../../weights.bin", ""})
  void externalWeightsOutsideTheFolder(String location) throws IOException {
    Files.write(folder.resolve("weights.bin"), weights());
    Path inner = Files.createDirectories(folder.resolve("inner"));
    Path file = externalModel(inner, Map.of("location", location));

    assertRefused(() -> OnnxModel.read(file), "external", "outside");
  }

  @Test
  void externalWeightsAtAnImpossiblePath() throws IOException {
    Path file = externalModel(Map.of("location", "we\0ights"));

    assertRefused(() -> OnnxModel.read(file), "external");
  }

  @ParameterizedTest
  @CsvSource({
    "8, 16",
    "0, 21",
    "-4, 16",
    "0, -1",
    "21, 0",
    "9223372036854775807, 16",
    "4, 9223372036854775807",
    "four, 16",
    "4, 1e1"
  })
  void externalWeightsBeyondTheirFile(String offset, String length) throws IOException {
    file("weights.bin", weights());
    Path file =
        externalModel(Map.of("location", "weights.bin", "offset", offset, "length", length));

    assertRefused(() -> OnnxModel.read(file), "external", "weights.bin");
  }

  @Test
  void externalWeightsOfTheWrongLength() throws IOException {
    file("weights.bin", weights());
    Path file = externalModel(Map.of("location", "weights.bin", "length", "8"));

    assertRefused(() -> engine.load(OnnxModel.read(file)), "external");
  }
}
