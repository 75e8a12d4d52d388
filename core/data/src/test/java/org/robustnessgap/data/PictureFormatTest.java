package org.robustnessgap.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.robustnessgap.data.Fixtures.PLANES;
import static org.robustnessgap.data.Fixtures.colours;
import static org.robustnessgap.data.Fixtures.form;
import static org.robustnessgap.data.Fixtures.grey;
import static org.robustnessgap.data.Fixtures.only;
import static org.robustnessgap.data.Fixtures.picture;
import static org.robustnessgap.data.Fixtures.written;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.InvalidInputException;

class PictureFormatTest {
  /** {@link Fixtures#COLOURS}, written by libwebp without loss. */
  private static final String WEBP =
      "UklGRkwAAABXRUJQVlA4TD8AAAAvAkAAAC+gIJIN6v0II5yoKqlBJmCxfVpIJ7M6agIQYKxKGuifxzn/8aC1TkzrPruDQrYR4NTuETqVi+h/rAcA";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tiff"})
  void pixelsAreThoseStored(String format) throws IOException {
    assertThat(only(file(written(picture(), format)), colours())).isEqualTo(PLANES);
  }

  @Test
  void webpToo() throws IOException {
    assertThat(only(file(Base64.getDecoder().decode(WEBP)), colours())).isEqualTo(PLANES);
  }

  @Test
  void aJpegOfOneColourIsThatColour() throws IOException {
    float[] pixels = only(file(oneColour()), form(3, 16, 16));

    for (int i = 0; i < pixels.length; i++) {
      assertThat(pixels[i]).isCloseTo(new float[] {200, 100, 50}[i / 256], within(2f));
    }
  }

  @Test
  void exifDoesNotTurnAJpeg() throws IOException {
    BufferedImage picture = new BufferedImage(16, 8, BufferedImage.TYPE_INT_RGB);
    picture.setRGB(0, 0, 0xffffff);
    byte[] plain = written(picture, "jpeg");
    // Orientation 6: to be shown turned by a quarter.
    byte[] exif = bytes("Exif\0\0MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0\6\0\0\0\0\0\0");

    assertThat(only(file(withSegment(plain, 0xe1, exif)), form(3, 8, 16)))
        .isEqualTo(only(file(plain), form(3, 8, 16)));
  }

  @Test
  void aColourProfileChangesNothing() throws IOException {
    byte[] plain = oneColour();
    byte[] profile =
        java.awt.color.ICC_Profile.getInstance(java.awt.color.ColorSpace.CS_LINEAR_RGB).getData();
    byte[] segment = new byte[14 + profile.length];
    System.arraycopy(bytes("ICC_PROFILE\0\1\1"), 0, segment, 0, 14);
    System.arraycopy(profile, 0, segment, 14, profile.length);

    assertThat(only(file(withSegment(plain, 0xe2, segment)), form(3, 16, 16)))
        .isEqualTo(only(file(plain), form(3, 16, 16)));
  }

  @Test
  void fourInksAreRefused() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    writer.setOutput(ImageIO.createImageOutputStream(out));
    var raster =
        java.awt.image.Raster.createInterleavedRaster(
            java.awt.image.DataBuffer.TYPE_BYTE, 8, 8, 4, null);
    writer.write(new IIOImage(raster, null, null));
    ((javax.imageio.stream.ImageOutputStream) writer.getOutput()).flush();
    writer.dispose();

    assertRefused(out.toByteArray(), "CMYK", form(3, 8, 8));
  }

  @Test
  void greyOf8And16BitsAndOfOneBit() throws IOException {
    assertThat(only(file(written(grey(3, 1, 0, 7, 255), "png")), form(1, 1, 3)))
        .containsExactly(0, 7, 255);

    BufferedImage deep = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 257 * 7 + 100, 65535});
    assertThat(only(file(written(deep, "png")), form(1, 1, 3)))
        .containsExactly(0, (float) ((257 * 7 + 100) / 257.0), 255);

    BufferedImage binary = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_BINARY);
    binary.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 1, 1});
    assertThat(only(file(written(binary, "png")), form(1, 1, 3))).containsExactly(0, 255, 255);
  }

  @Test
  void paletteOfColours() throws IOException {
    byte[] red = {10, 20};
    byte[] green = {30, 40};
    byte[] blue = {50, 60};
    BufferedImage picture =
        new BufferedImage(
            2, 1, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 2, red, green, blue));
    picture.getRaster().setPixels(0, 0, 2, 1, new int[] {1, 0});
    for (String format : new String[] {"png", "gif"}) {
      assertThat(only(file(written(picture, format)), form(3, 1, 2)))
          .containsExactly(20, 10, 40, 30, 60, 50);
    }
  }

  @Test
  void opaqueAlphaIsDroppedAndTransparencyRefused() throws IOException {
    assertThat(only(file(written(picture(BufferedImage.TYPE_INT_ARGB, 255), "png")), colours()))
        .isEqualTo(PLANES);
    assertRefused(
        written(picture(BufferedImage.TYPE_INT_ARGB, 254), "png"), "transparent", colours());
  }

  @Test
  void anAbsurdSizeIsRefusedBeforeDecoding() throws IOException {
    byte[] png = written(picture(), "png");
    ByteBuffer header = ByteBuffer.wrap(png);
    header.putInt(16, 1_000_000).putInt(20, 1_000_000);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    header.putInt(29, (int) crc.getValue());

    assertRefused(png, "1000000×1000000 pixels, more than", colours());

    // A size that is not wanted, too: the half that is left could not be decoded.
    byte[] half = Arrays.copyOf(written(grey(9, 9, new int[81]), "png"), 50);
    assertRefused(half, "is 9×9, but 2×3×3 are wanted", colours());
  }

  @Test
  void halfAFileIsRefused() throws IOException {
    Map<String, String> reasons =
        Map.of(
            "png", "cannot be read",
            "gif", "cannot be read",
            "bmp", "ends too early",
            "tiff", "cannot be read");
    for (Map.Entry<String, String> reason : reasons.entrySet()) {
      byte[] whole = written(picture(), reason.getKey());
      assertRefused(Arrays.copyOf(whole, whole.length / 3), reason.getValue(), colours());
    }
  }

  @Test
  void aJpegWithoutItsEndIsRefused() throws IOException {
    byte[] whole = oneColour();
    assertRefused(
        Arrays.copyOf(whole, whole.length - 4), "ends before its image does", form(3, 16, 16));
  }

  private static byte[] oneColour() throws IOException {
    BufferedImage picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      picture.setRGB(i % 16, i / 16, 200 << 16 | 100 << 8 | 50);
    }
    return written(picture, "jpeg");
  }

  private static byte[] withSegment(byte[] jpeg, int marker, byte[] content) {
    ByteBuffer all = ByteBuffer.allocate(jpeg.length + content.length + 4);
    all.put(jpeg, 0, 2).put((byte) 0xff).put((byte) marker);
    all.putShort((short) (content.length + 2)).put(content);
    return all.put(jpeg, 2, jpeg.length - 2).array();
  }

  private static byte[] bytes(String latin) {
    return latin.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void assertRefused(byte[] bytes, String reason, ImageForm form) throws IOException {
    Path file = file(bytes);
    assertThatThrownBy(() -> only(file, form))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("picture")
        .hasMessageContaining(reason);
  }

  /** Named as none of its kind is: content tells. */
  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("picture"), bytes);
  }
}
