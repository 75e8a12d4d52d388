package org.robustnessgap.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.robustnessgap.data.Fixtures.PIXELS;
import static org.robustnessgap.data.Fixtures.PLANES;
import static org.robustnessgap.data.Fixtures.colours;
import static org.robustnessgap.data.Fixtures.form;
import static org.robustnessgap.data.Fixtures.picture;
import static org.robustnessgap.data.Fixtures.written;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.PixelSpace;

class ReceivedImagesTest {
  private final ReceivedImages planes = new ReceivedImages(colours());

  @Test
  void aPictureIsThatOfAFile() throws IOException {
    FittedImage image = planes.picture("record 7", written(picture(), "png"));

    assertThat(image.values()).isEqualTo(PLANES);
    assertThat(image.name()).isEqualTo("record 7");
  }

  @Test
  void brokenAndForeignPicturesAreRefusedByName() throws IOException {
    byte[] png = written(picture(), "png");
    assertThatThrownBy(() -> planes.picture("record 7", Arrays.copyOf(png, png.length / 2)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("record 7 ");
    assertThatThrownBy(() -> planes.picture("record 7", new byte[] {1, 2, 3}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("record 7 is no PNG, JPEG, WebP, TIFF, BMP or GIF.");
    assertThatThrownBy(() -> new ReceivedImages(form(3, 9, 9)).picture("record 7", png))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is 2×3, but 9×9×3 are wanted");
  }

  /** Each type holds the levels, 16 bits and more with either sign, and reals the same numbers. */
  @ParameterizedTest
  @EnumSource
  void numbersOfEveryTypeAreTheSamePixels(NumberType type) {
    float[] wanted = {0, 1, 2, 64, 100, 127};
    ReceivedImages images = new ReceivedImages(form(1, 2, 3));

    List<FittedImage> read = images.array("x", new long[] {1, 1, 2, 3}, type, bytes(type, wanted));

    assertThat(read).hasSize(1);
    assertThat(read.get(0).values()).isEqualTo(wanted);
  }

  @Test
  void aBatchIsSeveralImages() {
    float[] both = Arrays.copyOf(PLANES, 2 * PLANES.length);
    Arrays.fill(both, PLANES.length, both.length, 5);

    List<FittedImage> read =
        planes.array("x", new long[] {2, 3, 2, 3}, NumberType.FP32, bytes(NumberType.FP32, both));

    assertThat(read).extracting(FittedImage::name).containsExactly("x[0]", "x[1]");
    assertThat(read.get(0).values()).isEqualTo(PLANES);
    assertThat(read.get(1).values()).containsOnly(5);
  }

  /** Sizes tell where channels are; what was last comes first, and the other way round. */
  @Test
  void channelsGoWhereTheFormHasThem() {
    ReceivedImages pixels = new ReceivedImages(form(Layout.NHWC, null, 2, 3, 3));
    byte[] asPixels = bytes(NumberType.UINT8, PIXELS);
    byte[] asPlanes = bytes(NumberType.UINT8, PLANES);

    assertThat(one(planes, asPixels, 1, 2, 3, 3)).isEqualTo(PLANES);
    assertThat(one(planes, asPixels, 2, 3, 3)).isEqualTo(PLANES);
    assertThat(one(planes, asPlanes, 3, 2, 3)).isEqualTo(PLANES);
    assertThat(one(planes, asPlanes, 1, 18)).isEqualTo(PLANES);
    assertThat(one(pixels, asPixels, 1, 2, 3, 3)).isEqualTo(PIXELS);
    assertThat(one(pixels, asPlanes, 1, 3, 2, 3)).isEqualTo(PIXELS);
  }

  /** A model of blue, green and red gets arrays of these, but pictures are red, green and blue. */
  @Test
  void onlyPicturesAreBroughtToTheOrderOfColours() throws IOException {
    ReceivedImages blueFirst = new ReceivedImages(form(Layout.NCHW, Colour.BGR, 3, 2, 3));

    assertThat(one(blueFirst, bytes(NumberType.UINT8, PLANES), 1, 3, 2, 3)).isEqualTo(PLANES);
    assertThat(blueFirst.picture("x", written(picture(), "png")).values())
        .startsWith(3, 60, 128)
        .endsWith(9, 100, 0);
  }

  /** Where both may be meant, the form decides. */
  @Test
  void theFormDecidesWhereSizesDoNot() {
    float[] levels = new float[27];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = i;
    }
    byte[] values = bytes(NumberType.UINT8, levels);

    assertThat(one(new ReceivedImages(form(Layout.NCHW, null, 3, 3, 3)), values, 1, 3, 3, 3))
        .isEqualTo(levels);
    assertThat(one(new ReceivedImages(form(Layout.NHWC, null, 3, 3, 3)), values, 1, 3, 3, 3))
        .isEqualTo(levels);
  }

  @Test
  void greyAndVectors() {
    float[] levels = {0, 1, 2, 3, 4, 5};
    byte[] values = bytes(NumberType.FP64, levels);

    for (ReceivedImages images :
        List.of(
            new ReceivedImages(form(1, 2, 3)), new ReceivedImages(form(Layout.NHW, null, 2, 3)))) {
      assertThat(images.array("x", new long[] {1, 2, 3}, NumberType.FP64, values).get(0).values())
          .isEqualTo(levels);
      assertThat(images.array("x", new long[] {1, 2, 3, 1}, NumberType.FP64, values)).hasSize(1);
    }
    assertThat(
            new ReceivedImages(form(Layout.FLAT, null, 3))
                .array("x", new long[] {2, 3}, NumberType.FP64, values))
        .hasSize(2);
  }

  @Test
  void otherShapesLengthsAndNumbersAreRefused() {
    byte[] values = bytes(NumberType.FP32, PLANES);
    refused(values, "has shape [1, 10], but images of [3, 2, 3] are wanted", 1, 10);
    refused(values, "has shape [0, 3, 2, 3]", 0, 3, 2, 3);
    refused(values, "has shape []");
    refused(values, "has shape [2, 3, 2, 3] of FP32 but 72 bytes", 2, 3, 2, 3);
    refused(values, "of FP32 but 72 bytes", Integer.MAX_VALUE, 3, 2, 3);
    refused(bytes(NumberType.FP32, 256, 18), "holds 256.0, but pixels are in [0, 255]", 3, 2, 3);
    refused(bytes(NumberType.FP32, Float.NaN, 18), "holds NaN", 3, 2, 3);
  }

  @Test
  void levelsFillTheRangeOfPixels() {
    ReceivedImages standard =
        new ReceivedImages(ImageForm.of(List.of(1L, 1L, 2L), PixelSpace.STANDARD));

    assertThat(one(standard, new byte[] {0, (byte) 255}, 1, 1, 2)).containsExactly(0, 1);
    assertThatThrownBy(
            () ->
                standard.array(
                    "x",
                    new long[] {1, 1, 2},
                    NumberType.FP32,
                    bytes(NumberType.FP32, new float[] {0, 255})))
        .hasMessageContaining("holds 255.0, but pixels are in [0, 1]");
  }

  private void refused(byte[] values, String reason, long... shape) {
    assertThatThrownBy(() -> planes.array("record 7", shape, NumberType.FP32, values))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("record 7 ")
        .hasMessageContaining(reason);
  }

  private static float[] one(ReceivedImages images, byte[] values, long... shape) {
    List<FittedImage> read = images.array("x", shape, NumberType.UINT8, values);
    assertThat(read).hasSize(1);
    return read.get(0).values();
  }

  private static byte[] bytes(NumberType type, float value, int times) {
    float[] values = new float[times];
    Arrays.fill(values, value);
    return bytes(type, values);
  }

  private static byte[] bytes(NumberType type, float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case UINT8, INT8 -> bytes.put((byte) value);
        case UINT16, INT16 -> bytes.putShort((short) value);
        case UINT32, INT32 -> bytes.putInt((int) value);
        case UINT64, INT64 -> bytes.putLong((long) value);
        case FP16 -> bytes.putShort(half(value));
        case FP32 -> bytes.putFloat(value);
        default -> bytes.putDouble(value);
      }
    }
    return bytes.array();
  }

  /** Of a whole number from 0 to 2048 (IEEE 754 binary16). */
  private static short half(float value) {
    int exponent = value == 0 ? -15 : Math.getExponent(value);
    int fraction = value == 0 ? 0 : (int) Math.scalb(value, 10 - exponent) - 0x400;
    return (short) (exponent + 15 << 10 | fraction);
  }
}
