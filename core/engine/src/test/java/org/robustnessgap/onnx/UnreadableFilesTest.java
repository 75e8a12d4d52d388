package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.Refusals.assertRefused;
import static org.robustnessgap.onnx.TestGraph.FLOAT;
import static org.robustnessgap.onnx.TestGraph.X;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Operator;
import org.robustnessgap.onnx.graph.Opset;

/**
 * Files that hold no model, or one too large or too new to be read, are refused in words that say
 * what is read.
 */
class UnreadableFilesTest extends BadModels {
  private static final long THREE_GIB = 3L << 30;

  private void assertUnreadable(Path file, String... words) {
    assertRefused(() -> ModelImport.read(file, engine), words);
  }

  /** Without writing them: a file system keeps no zeros that were never written. */
  private Path zeros(String name) throws IOException {
    Path file = folder.resolve(name);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(THREE_GIB);
    }
    return file;
  }

  @Test
  void missingFile() {
    assertRefused(() -> OnnxModel.read(folder.resolve("absent.onnx")), "absent.onnx", "no file");
  }

  @Test
  void directory() {
    assertRefused(() -> OnnxModel.read(folder), folder.toString(), "directory");
  }

  @Test
  void emptyFile() throws IOException {
    Path file = file("empty.onnx", new byte[0]);

    assertRefused(() -> OnnxModel.read(file), "empty.onnx", "not an ONNX model");
  }

  @Test
  void text() throws IOException {
    Path file = file("text.onnx", "this is\nno model\n".getBytes());

    assertRefused(() -> OnnxModel.read(file), "text.onnx", "not an ONNX model");
  }

  @Test
  void randomBytes() throws IOException {
    for (int seed = 0; seed < 50; seed++) {
      byte[] bytes = new byte[1 + seed * 40];
      new Random(seed).nextBytes(bytes);
      Path file = file("noise.onnx", bytes);

      assertRefused(() -> OnnxModel.read(file), "noise.onnx");
    }
  }

  @Test
  void truncatedModel() throws IOException {
    byte[] whole = Files.readAllBytes(Golden.model("mnist-mlp"));
    for (int percent = 5; percent < 100; percent += 5) {
      Path file = file("cut.onnx", Arrays.copyOf(whole, whole.length / 100 * percent));

      assertRefused(() -> OnnxModel.read(file), "cut.onnx", "not an ONNX model");
    }
  }

  @Test
  void aFileBeyondWhatProtocolBuffersCount() throws IOException {
    assertUnreadable(zeros("large.onnx"), "large.onnx is larger than 2 GiB", "files beside it");
  }

  @Test
  void aWeightBeyondWhatOneArrayHolds() throws IOException {
    zeros("weights");
    TestGraph graph = new TestGraph(2);
    String sum = graph.node("Add", List.of(X, "w"));
    ModelProto.Builder model =
        ModelProto.parseFrom(graph.model("heavy", sum).toBytes()).toBuilder();
    model
        .getGraphBuilder()
        .addInitializer(
            TensorProto.newBuilder()
                .setName("w")
                .setDataType(FLOAT)
                .addDims(THREE_GIB / Float.BYTES)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                    StringStringEntryProto.newBuilder().setKey("location").setValue("weights")));
    Path file = Files.write(folder.resolve("heavy.onnx"), model.build().toByteArray());

    assertUnreadable(file, "Weight w of heavy has " + THREE_GIB + " bytes", "at most 2147483647");
  }

  @Test
  void operatorsOfColumnsNewerThanTheRuntimes() throws IOException {
    long newer = Opset.NEWEST_CLASSICAL + 1;
    TestGraph graph = new TestGraph(2);
    String y =
        graph.node(
            Operator.CLASSICAL,
            newer,
            "Scaler",
            List.of(X),
            TestGraph.reals("offset", List.of(1f)),
            TestGraph.reals("scale", List.of(2f)));
    Path file = Files.write(folder.resolve("columns.onnx"), graph.model("columns", y).toBytes());

    assertUnreadable(
        file,
        "columns uses version " + newer + " of the operators of ai.onnx.ml",
        "newer than " + Opset.NEWEST_CLASSICAL);
  }

  @Test
  void supportVectorMachinesAreNamed() throws IOException {
    TestGraph graph = new TestGraph(2);
    String y =
        graph.node(
            Operator.CLASSICAL,
            1,
            "SVMRegressor",
            List.of(X),
            Attributes.of("kernel_type", "LINEAR"),
            TestGraph.reals("kernel_params", List.of(0f, 0f, 0f)),
            Attributes.of("n_supports", 1L),
            TestGraph.reals("coefficients", List.of(1f)),
            TestGraph.reals("support_vectors", List.of(1f, 2f)),
            TestGraph.reals("rho", List.of(0f)));
    Path file = Files.write(folder.resolve("svm.onnx"), graph.model("svm", y).toBytes());

    assertRefused(
        () -> Differentiator.differentiate(ModelImport.read(file, engine), engine),
        "no rule for support vector machines",
        y + " (SVMRegressor)");
  }
}
