package org.robustnessgap.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CampaignTest {
  private static final PixelSpace SIGNED =
      new PixelSpace(null, null, new PixelRange(-1, 1), Colour.RGB);
  private static final PixelSpace BYTES = new PixelSpace(null, PixelType.UINT8, null, null);

  /** With classifiers a, b, … that declare these pixels, or none. */
  private static Campaign campaign(PixelSpace... pixels) {
    List<ModelReference> classifiers =
        IntStream.range(0, pixels.length)
            .mapToObj(
                i ->
                    new ModelReference(
                        Character.toString('a' + i),
                        "f.onnx",
                        null,
                        pixels[i] == null ? null : new InputContract(pixels[i], null, null, null)))
            .toList();
    return new Campaign(
        "mixed",
        new GeneratorReference("g", "g.onnx", 8),
        classifiers,
        new SamplingPlan(1, null, null, 32, 64, 4, 60),
        AttackPlan.standard(),
        null,
        null,
        List.of(0.25));
  }

  @Test
  void classifiersOfTheSamePixels() {
    PixelSpace silent = new PixelSpace(null, null, new PixelRange(-1, 1), null);
    PixelSpace planes = new PixelSpace(Layout.NCHW, null, new PixelRange(-1, 1), null);

    assertThat(campaign(SIGNED, null, silent, planes).classifiers()).hasSize(4);
    assertThat(campaign(null, null).classifiers()).hasSize(2);
  }

  @Test
  void classifiersOfDifferentPixelsAreRefused() {
    assertThatThrownBy(() -> campaign(null, SIGNED, PixelSpace.STANDARD))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "are RGB float in [-1, 1] for classifier b, but float in [0, 1] for c")
        .hasMessageContaining("make a campaign for each");
    for (PixelSpace[] pair :
        new PixelSpace[][] {
          {PixelSpace.STANDARD, BYTES},
          {PixelSpace.STANDARD, new PixelSpace(null, PixelType.UINT8, new PixelRange(0, 1), null)},
          {SIGNED, new PixelSpace(null, null, SIGNED.range(), Colour.BGR)},
          {
            new PixelSpace(Layout.NHWC, null, null, null),
            new PixelSpace(Layout.NCHW, null, null, null)
          },
        }) {
      assertThatThrownBy(() -> campaign(pair))
          .as(Arrays.toString(pair))
          .isInstanceOf(InvalidInputException.class);
    }
  }
}
