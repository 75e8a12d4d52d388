package org.robustnessgap.serving.oip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.OutputTensor;

/** Answers as real servers wrote them. */
final class JsonAnswerTest {
  private static Answer read(String body) throws CallFailure {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return JsonAnswer.read("host:1", bytes, bytes.length);
  }

  private static OutputTensor only(Answer answer) {
    assertThat(answer.outputs()).hasSize(1);
    return answer.outputs().get(0);
  }

  @Test
  void mlserverWritesDoublesOfFloatsAndNoVersionUnlessItIsSet() throws CallFailure {
    Answer answer =
        read(
            """
            {"model_name":"mnist","id":"x","parameters":{},"outputs":[{"name":"logits",
             "shape":[1,2],"datatype":"FP32","parameters":{"content_type":"np"},
             "data":[0.10000000149011612,-1.5]}]}
            """);
    assertThat(answer.modelVersion()).isNull();
    assertThat((float) only(answer).numbers()[0]).isEqualTo(0.1f);
    assertThat(only(answer).shape()).containsExactly(1L, 2L);
  }

  @Test
  void kserveSendsANullVersionAndNullForWhatIsNoNumber() throws CallFailure {
    Answer answer =
        read(
            """
            {"model_name":"m","model_version":null,"id":"x","parameters":null,"outputs":[
             {"name":"logits","shape":[1,3],"datatype":"FP32","parameters":null,
              "data":[null,null,2.0]}]}
            """);
    assertThat(answer.modelVersion()).isNull();
    assertThat(only(answer).numbers()).containsExactly(Double.NaN, Double.NaN, 2);
  }

  @Test
  void tritonSendsNoIdAVersionAndBareWordsForWhatIsNoNumber() throws CallFailure {
    Answer answer =
        read(
            """
            {"model_name":"m","model_version":"2","outputs":[{"name":"logits","datatype":"FP32",
             "shape":[1,4],"data":[NaN,Infinity,-Infinity,-4.7765069007873539]}]}
            """);
    assertThat(answer.modelVersion()).isEqualTo("2");
    assertThat(only(answer).numbers())
        .containsExactly(
            Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -4.7765069007873539);
  }

  @Test
  void nestedDataAreReadAsFlatOnes() throws CallFailure {
    Answer answer =
        read(
            "{\"outputs\":[{\"data\":[[1,2],[3,4]],\"name\":\"y\",\"shape\":[2,2],\"datatype\":\"FP32\"}]}");
    assertThat(only(answer).numbers()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void labelsAreTextsWithMlserversLastDimension() throws CallFailure {
    Answer answer =
        read(
            "{\"outputs\":[{\"name\":\"y\",\"shape\":[2,1],\"datatype\":\"BYTES\",\"data\":[\"cat\",\"dög\"]}]}");
    assertThat(only(answer).texts()).containsExactly("cat", "dög");
    assertThat(only(answer).numbers()).isEmpty();
  }

  @Test
  void severalOutputsMayStandInTheJsonAndBehindIt() throws CallFailure {
    String head =
        "{\"outputs\":[{\"name\":\"a\",\"datatype\":\"FP16\",\"shape\":[1,2],\"parameters\":{\"binary_data_size\":4}},"
            + "{\"name\":\"b\",\"datatype\":\"INT64\",\"shape\":[1],\"data\":[7]},"
            + "{\"name\":\"c\",\"datatype\":\"BYTES\",\"shape\":[1],\"parameters\":{\"binary_data_size\":7}}]}";
    byte[] json = head.getBytes(StandardCharsets.UTF_8);
    ByteBuffer body =
        ByteBuffer.allocate(json.length + 11)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(json)
            .putShort((short) 0x3c00)
            .putShort((short) 0xc000)
            .putInt(3)
            .put("cat".getBytes(StandardCharsets.UTF_8));
    Answer answer = JsonAnswer.read("host:1", body.array(), json.length);
    assertThat(answer.outputs().get(0).numbers()).containsExactly(1, -2);
    assertThat(answer.outputs().get(1).numbers()).containsExactly(7);
    assertThat(answer.outputs().get(2).texts()).isEqualTo(List.of("cat"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | ends too soon; see its own log, and what stands between",
        "{\"outputs\":[{\"name\":\"y\",\"data\":[1, | ends too soon; see its own log",
        "{\"outputs\":[{\"name\":\"y\",\"data\":[1]} | ends too soon; see its own log",
        "upstream error | is no JSON; see its own log",
        "{\"predictions\":[[1]]} | is none of the Open Inference Protocol; name the port"
      })
  void howItIsNoAnswerIsSaid(String body, String said) {
    assertThatExceptionOfType(CallFailure.class)
        .isThrownBy(() -> read(body))
        .satisfies(failure -> assertThat(failure.sentence()).contains(said));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>login</html>",
        "[]",
        "{\"outputs\":[]}",
        "{\"predictions\":[[1]]}",
        "{\"outputs\":[{\"name\":\"y\",\"data\":[1,",
        "{\"outputs\":[{\"name\":\"y\",\"data\":[1,\"a\"]}]}",
        "{\"outputs\":[{\"name\":\"y\",\"data\":[{}]}]}",
        "{\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":4}}]}"
      })
  void whatIsNoAnswerIsRefusedInASentence(String body) {
    assertThatExceptionOfType(CallFailure.class)
        .isThrownBy(() -> read(body))
        .satisfies(failure -> assertThat(failure.sentence()).contains("host:1 gave an answer"));
  }
}
