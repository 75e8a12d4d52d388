package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.robustnessgap.onnx.TestGraph.FLOAT;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.input.ModelInputs;

class ModelInputsTest {
  private static OnnxModel open(String shape) {
    TestGraph graph = new TestGraph(2);
    OnnxModel model = graph.model("open", graph.node("Relu", List.of(X)));
    return model.withInput(new OnnxModel.Value(X, FLOAT, sizes(shape)));
  }

  private static List<Long> sizes(String words) {
    return Arrays.stream(words.split(" ")).map(Long::valueOf).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "-1 -1 -1 -1, 48 192, -1 3 48 192",
    "-1 3 -1 -1, 48 192, -1 3 48 192",
    "-1 -1 -1 3, 48 192, -1 48 192 3",
    "-1 1 64 -1, 64 128, -1 1 64 128",
    "-1 3 -1 192, 48 192, -1 3 48 192",
    "-1 48 -1 3, 48 192, -1 48 192 3",
    "-1 -1 -1 -1, 1 48 192, -1 1 48 192",
    "-1 3 48 -1, 3 48 192, -1 3 48 192",
    "-1 -1, 576, -1 576",
    "-1 -1, 48 192, -1 -1",
    "-1 3 32 32, 48 192, -1 3 32 32"
  })
  void openSizesAreFilledIn(String shape, String size, String expected) {
    assertThat(ModelInputs.sized(open(shape), sizes(size)).input().shape())
        .isEqualTo(sizes(expected));
  }

  @Test
  void aHeightThatTheFileStatesOtherwiseIsRefused() {
    assertThatThrownBy(() -> ModelInputs.sized(open("-1 3 48 -1"), sizes("64 192")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(X, "48", "64x192");
  }
}
