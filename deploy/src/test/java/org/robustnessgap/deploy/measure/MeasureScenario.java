package org.robustnessgap.deploy.measure;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.deploy.CapturedOutput;
import org.robustnessgap.messages.Json;
import org.robustnessgap.service.CommandLines;

/** The command on a generator and a classifier of MNIST, with files in a folder of its own. */
abstract class MeasureScenario {
  static final Path MODELS = Path.of("models");
  static final String GENERATOR = MODELS.resolve("mnist-dcgan.onnx").toString();
  static final String CLASSIFIER = MODELS.resolve("mnist-mlp.onnx").toString();
  static final int DIMENSION = 100;

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  static String[] with(String[] arguments, String... more) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  static int measure(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--generator", GENERATOR, "--classifier", CLASSIFIER));
    arguments.addAll(List.of(more));
    return CommandLines.execute(new MeasureCommand(), arguments.toArray(String[]::new));
  }

  Path results() {
    return folder.resolve("results.jsonl");
  }

  List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(results())) {
      lines.add(Json.mapper().readTree(line));
    }
    return lines;
  }

  Path latents(float[] values) throws IOException {
    return Files.write(folder.resolve("z.f32"), littleEndian(values));
  }

  /** The classifier with no weight left that is a number. */
  Path broken() throws IOException {
    ModelProto.Builder model =
        ModelProto.parseFrom(Files.readAllBytes(Path.of(CLASSIFIER))).toBuilder();
    for (TensorProto.Builder weight : model.getGraphBuilder().getInitializerBuilderList()) {
      if (weight.getDataType() == TensorProto.DataType.FLOAT_VALUE) {
        float[] values = new float[weight.getRawData().size() / Float.BYTES];
        Arrays.fill(values, Float.NaN);
        weight.setRawData(ByteString.copyFrom(littleEndian(values)));
      }
    }
    return Files.write(folder.resolve("broken.onnx"), model.build().toByteArray());
  }

  private static byte[] littleEndian(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
