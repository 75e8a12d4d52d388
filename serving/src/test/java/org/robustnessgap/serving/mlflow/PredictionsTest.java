package org.robustnessgap.serving.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.InputTensor;
import org.robustnessgap.serving.call.InputType;
import org.robustnessgap.serving.call.OutputTensor;

final class PredictionsTest {
  private static List<OutputTensor> read(String body) throws CallFailure {
    return Predictions.read("host:1", body.getBytes(StandardCharsets.UTF_8)).outputs();
  }

  private static OutputTensor numbers(
      String name, String datatype, List<Long> shape, double... numbers) {
    return new OutputTensor(name, datatype, shape, numbers, List.of());
  }

  @Test
  void anOnnxModelAnswersByTheNamesOfItsOutputs() throws CallFailure {
    assertThat(read("{\"predictions\": {\"logits\": [[0.5, -1.0], [NaN, 2.0]]}}"))
        .containsExactly(numbers("logits", "FP64", List.of(2L, 2L), 0.5, -1, Double.NaN, 2));
  }

  @Test
  void othersAnswerALabelOrScoresOfEach() throws CallFailure {
    assertThat(read("{\"predictions\": [3, 7]}"))
        .containsExactly(numbers("", "INT64", List.of(2L), 3, 7));
    assertThat(read("{\"predictions\": [\"cat\"]}"))
        .containsExactly(new OutputTensor("", "BYTES", List.of(1L), new double[0], List.of("cat")));
    assertThat(read("{\"predictions\": [[0.25, 0.75]]}"))
        .containsExactly(numbers("", "FP64", List.of(1L, 2L), 0.25, 0.75));
  }

  @Test
  void aTableAnswersByItsColumns() throws CallFailure {
    assertThat(
            read(
                "{\"predictions\": [{\"label\": \"cat\", \"score\": 0.5}, {\"label\": \"dog\", \"score\": 1}]}"))
        .containsExactly(
            new OutputTensor("label", "BYTES", List.of(2L), new double[0], List.of("cat", "dog")),
            numbers("score", "FP64", List.of(2L), 0.5, 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"outputs\":[]}",
        "{\"predictions\":null}",
        "\n",
        "{\"predictions\":[[1,\"a\"]]}"
      })
  void anythingElseIsRefused(String body) {
    assertThatExceptionOfType(CallFailure.class).isThrownBy(() -> read(body));
  }

  @Test
  void aTensorIsSentAsListsOfLists() {
    InputTensor tensor =
        new InputTensor(
            "any",
            InputType.FP32,
            List.of(2L, 1L, 2L),
            new Rows(new float[] {0.5f, 1, 2, 0.1f}, 2));
    assertThat(new String(NestedJson.of(null, tensor), StandardCharsets.UTF_8))
        .isEqualTo("{\"inputs\":[[[0.5,1.0]],[[2.0,0.1]]]}");
    assertThat(new String(NestedJson.of("image", tensor), StandardCharsets.UTF_8))
        .isEqualTo("{\"inputs\":{\"image\":[[[0.5,1.0]],[[2.0,0.1]]]}}");
  }
}
