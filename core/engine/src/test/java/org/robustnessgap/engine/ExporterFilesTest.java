package org.robustnessgap.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.robustnessgap.onnx.ModelImport;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * Files as exporters write them, against the gradients of the framework that wrote them, in
 * float64. {@code peers/exporters} made both.
 */
class ExporterFilesTest {
  private static final Path FOLDER =
      Path.of("..", "engine", "src", "test", "resources", "exporters");
  private static final double TOLERANCE = 1e-5;

  private final Engine engine = engine();

  Engine engine() {
    return new OnnxRuntimeEngine(0);
  }

  static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".onnx"))
          .map(OnnxModel::nameOf)
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void outputAndGradient(String name) throws IOException {
    Map<String, Tensor> values = values(FOLDER.resolve(name + ".values.pb"));
    OnnxModel model = ModelImport.read(FOLDER.resolve(name + ".onnx"), engine);
    try (Executable gradient = engine.load(Differentiator.differentiate(model, engine))) {
      List<Tensor> outputs = gradient.run(values.get("x"), values.get("cotangent"));

      assertClose(outputs.get(0), values.get("y"));
      assertClose(outputs.get(1), values.get("gradient"));
    }
  }

  private static void assertClose(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(Golden.relativeError(actual.values(), expected.values())).isLessThan(TOLERANCE);
  }

  private static Map<String, Tensor> values(Path file) throws IOException {
    Map<String, Tensor> values = new HashMap<>();
    for (TensorProto tensor : GraphProto.parseFrom(Files.readAllBytes(file)).getInitializerList()) {
      float[] elements = new float[tensor.getRawData().size() / Float.BYTES];
      tensor
          .getRawData()
          .asReadOnlyByteBuffer()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(elements);
      long[] shape = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
      values.put(tensor.getName(), new Tensor(elements, shape));
    }
    return values;
  }
}
