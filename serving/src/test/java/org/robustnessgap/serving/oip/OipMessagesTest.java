package org.robustnessgap.serving.oip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.InputTensor;
import org.robustnessgap.serving.call.InputType;
import org.robustnessgap.serving.call.ModelMetadata;

/** Messages as their bytes, written out by hand from the protocol's definition. */
final class OipMessagesTest {
  private static byte[] bytes(String hexadecimal) {
    return HexFormat.of().parseHex(hexadecimal.replaceAll("\\s", ""));
  }

  @Test
  void aRequestHasModelIdTensorAndRawNumbers() {
    InputTensor input =
        new InputTensor("x", InputType.FP32, List.of(1L, 2L), new Rows(new float[] {1, -2}, 2));
    assertThat(OipMessages.infer("m", "3", "i", input))
        .isEqualTo(
            bytes(
                """
                0a 01 6d  12 01 33  1a 01 69
                2a 0d  0a 01 78  12 04 46 50 33 32  18 01 18 02
                3a 08  00 00 80 3f  00 00 00 c0
                """));
  }

  @Test
  void rawValuesCountEvenWhereContentsAreSet() throws IOException {
    // version "1"; output y, FP32, shape packed [1, 2], parameters, empty contents; raw 1, NaN.
    Answer answer =
        OipMessages.answer(
            bytes(
                """
                0a 01 6d  12 01 31  1a 01 69
                2a 13  0a 01 79  12 04 46 50 33 32  1a 02 01 02  22 02 0a 00  2a 00
                32 08  00 00 80 3f  00 00 c0 7f
                """));
    assertThat(answer.modelVersion()).isEqualTo("1");
    assertThat(answer.outputs().get(0).shape()).containsExactly(1L, 2L);
    assertThat(answer.outputs().get(0).numbers()).containsExactly(1, Double.NaN);
  }

  @Test
  void contentsAreReadWhereNothingIsRaw() throws IOException {
    // FP32 packed, INT64 one by one, BYTES.
    Answer answer =
        OipMessages.answer(
            bytes(
                """
                2a 15  0a 01 61  12 04 46 50 33 32  2a 0a 32 08 00 00 80 3f 00 00 80 7f
                2a 10  0a 01 62  12 05 49 4e 54 36 34  2a 04 18 07 18 02
                2a 11  0a 01 63  12 05 42 59 54 45 53  2a 05 42 03 63 61 74
                """));
    assertThat(answer.modelVersion()).isNull();
    assertThat(answer.outputs().get(0).numbers()).containsExactly(1, Double.POSITIVE_INFINITY);
    assertThat(answer.outputs().get(1).numbers()).containsExactly(7, 2);
    assertThat(answer.outputs().get(2).texts()).containsExactly("cat");
  }

  @Test
  void metadataTellVersionsPlatformAndTensors() throws IOException {
    ModelMetadata metadata =
        OipMessages.metadata(
            "triton 2.51.0",
            bytes(
                """
                0a 01 6d  12 01 31  12 01 32  1a 04 6f 6e 6e 78
                22 17  0a 01 78  12 04 46 50 33 32  1a 0c ff ff ff ff ff ff ff ff ff 01 1c 1c
                """));
    assertThat(metadata)
        .isEqualTo(
            new ModelMetadata(
                "triton 2.51.0",
                "onnx",
                List.of("1", "2"),
                List.of(new ModelMetadata.Tensor("x", "FP32", List.of(-1L, 28L, 28L))),
                List.of()));
  }

  @Test
  void whatIsNoMessageIsRefused() {
    assertThatIOException().isThrownBy(() -> OipMessages.answer(bytes("2a 7f 00")));
    assertThatIOException().isThrownBy(() -> OipMessages.answer(new byte[0]));
  }
}
