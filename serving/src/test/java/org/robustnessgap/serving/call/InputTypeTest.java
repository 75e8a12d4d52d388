package org.robustnessgap.serving.call;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class InputTypeTest {
  @Test
  void bytesArePixelsRoundedAndHeldWithinTheirRange() {
    assertThat(InputType.UINT8.sent(-1)).isZero();
    assertThat(InputType.UINT8.sent(254.6f)).isEqualTo(255);
    assertThat(InputType.UINT8.sent(1000)).isEqualTo(255);
    assertThat(InputType.UINT8.sent(12.4f)).isEqualTo(12);
  }

  /** All halves that are numbers, and back. */
  @Test
  void halvesAreThemselves() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float value = HalfFloat.toFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertThat(HalfFloat.ofFloat(value)).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void halvesAreTheNearestAndOfTwoTheEven() {
    assertThat(InputType.FP16.sent(1 + 0x1p-11f)).isEqualTo(1);
    assertThat(InputType.FP16.sent(1 + 3 * 0x1p-11f)).isEqualTo(1 + 0x1p-9f);
    assertThat(InputType.FP16.sent(65_519)).isEqualTo(65_504);
    assertThat(InputType.FP16.sent(65_520)).isInfinite();
    assertThat(InputType.FP16.sent(0x1p-25f)).isZero();
    assertThat(InputType.FP16.sent(0x1.8p-25f)).isEqualTo(0x1p-24f);
    assertThat(InputType.FP16.sent(Float.NaN)).isNaN();
  }
}
