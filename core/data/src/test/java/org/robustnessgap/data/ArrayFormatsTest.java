package org.robustnessgap.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.robustnessgap.data.Fixtures.PIXELS;
import static org.robustnessgap.data.Fixtures.PLANES;
import static org.robustnessgap.data.Fixtures.bytes;
import static org.robustnessgap.data.Fixtures.colours;
import static org.robustnessgap.data.Fixtures.counted;
import static org.robustnessgap.data.Fixtures.form;
import static org.robustnessgap.data.Fixtures.idx;
import static org.robustnessgap.data.Fixtures.npy;
import static org.robustnessgap.data.Fixtures.only;
import static org.robustnessgap.data.Fixtures.read;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.messages.InvalidInputException;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sink;
import us.hebi.matlab.mat.types.Sinks;

class ArrayFormatsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "|u1,1", "<u2,2", ">u2,2", "<i2,2", ">i4,4", "<i8,8", "<f2,2", ">f2,2", "<f4,4", ">f4,4",
    "<f8,8", ">f8,8"
  })
  void numbersOfEveryLengthAndOrder(String type, int length) throws IOException {
    ByteBuffer numbers =
        ByteBuffer.allocate(18 * length)
            .order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (float value : PLANES) {
      switch (type.substring(1)) {
        case "u1" -> numbers.put((byte) value);
        case "u2", "i2" -> numbers.putShort((short) value);
        case "i4" -> numbers.putInt((int) value);
        case "i8" -> numbers.putLong((long) value);
        case "f2" -> numbers.putShort(half((int) value));
        case "f4" -> numbers.putFloat(value);
        default -> numbers.putDouble(value);
      }
    }
    assertThat(only(file("a.npy", npy(type, false, "1, 3, 2, 3", numbers.array())), colours()))
        .isEqualTo(PLANES);
  }

  /** Of a whole number up to 255, exact. */
  private static short half(int value) {
    if (value == 0) {
      return 0;
    }
    int exponent = 31 - Integer.numberOfLeadingZeros(value);
    return (short) (exponent + 15 << 10 | (value << 10 - exponent) & 0x3ff);
  }

  @Test
  void halvesBelowOneAndTheSmallest() {
    assertThat(Element.half((short) 0x3800)).isEqualTo(0.5f);
    assertThat(Element.half((short) 0xbc00)).isEqualTo(-1);
    assertThat(Element.half((short) 0x0001)).isEqualTo((float) Math.pow(2, -24));
    assertThat(Element.half((short) 0x7bff)).isEqualTo(65504);
    assertThat(Element.half((short) 0x7c00)).isInfinite();
  }

  @Test
  void everyOrderOfAxes() throws IOException {
    byte[] pixels = counted(0, 36);
    List<FittedImage> last =
        read(file("last.npy", npy("|u1", false, "2, 2, 3, 3", pixels)), form(2, 3, 3));
    // [h, w, c] of the model, too: the same order.
    assertThat(last).extracting(FittedImage::name).containsExactly("last.npy[0]", "last.npy[1]");
    assertThat(last.get(1).values()[0]).isEqualTo(18);

    // Neighbours on the first axis lie together: image 1 has the odd numbers.
    List<FittedImage> fortran =
        read(file("f.npy", npy("|u1", true, "2, 3, 2, 3", pixels)), colours());
    assertThat(fortran.get(0).values())
        .containsExactly(0, 12, 24, 6, 18, 30, 2, 14, 26, 8, 20, 32, 4, 16, 28, 10, 22, 34);
    assertThat(fortran.get(1).values()[1]).isEqualTo(13);

    // One image alone.
    byte[] own = new byte[18];
    for (int i = 0; i < own.length; i++) {
      own[i] = (byte) PIXELS[i];
    }
    assertThat(only(file("hwc.npy", npy("|u1", false, "2, 3, 3", own)), colours()))
        .isEqualTo(PLANES);
  }

  @Test
  void greyArraysAndVectors() throws IOException {
    assertThat(read(file("g.npy", npy("|u1", false, "3, 2, 2", counted(0, 12))), form(1, 2, 2)))
        .extracting(image -> image.values()[0])
        .containsExactly(0f, 4f, 8f);
    assertThat(read(file("v.npy", npy("|u1", false, "3, 4", counted(0, 12))), form(4)))
        .extracting(image -> image.values()[3])
        .containsExactly(3f, 7f, 11f);
  }

  @Test
  void realNumbersArePixelsAsTheyAre() throws IOException {
    byte[] numbers = ByteBuffer.allocate(8).putFloat(-3.5f).putFloat(7).array();
    assertThat(only(file("r.npy", npy(">f4", false, "1, 1, 2", numbers)), form(1, 1, 2)))
        .containsExactly(-3.5f, 7);
  }

  @Test
  void refusesWhatIsNoPixelAndWhatEndsTooSoon() throws IOException {
    byte[] large = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(300).array();
    assertRefused("i.npy", npy("<i4", false, "1, 1, 1", large), "holds 300");
    byte[] nan = ByteBuffer.allocate(4).putFloat(Float.NaN).array();
    assertRefused("n.npy", npy(">f4", false, "1, 1, 1", nan), "NaN");
    assertRefused("c.npy", npy("<c8", false, "1, 1, 1", new byte[8]), "type c8");
    assertRefused("o.npy", npy("|O", false, "1, 1, 1", new byte[8]), "no type");
    assertRefused("e.npy", npy("|u1", false, "2, 1, 1, 1", new byte[1]), "image 2 of 2");
    assertRefused("l.npy", npy("|u1", false, "1, 1, 1, 1", new byte[2]), "goes on");
    assertRefused("s.npy", npy("|u1", false, "99999999999, 1, 1", new byte[2]), "has shape");
    assertRefused("h.npy", npy("|u1", false, "1, 70000, 70000", new byte[2]), "held at once");
  }

  private void assertRefused(String name, byte[] bytes, String reason) throws IOException {
    Path file = file(name, bytes);
    assertThatThrownBy(() -> read(file, form(1, 1, 1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(reason);
  }

  @Test
  void idxWithTheLabelsBesideItAlsoPacked() throws IOException {
    byte[] images = idx(8, counted(0, 12), 3, 2, 2);
    byte[] labels = idx(8, bytes(7, 2, 1), 3);
    file("t-images-idx3-ubyte", images);
    file("t-labels-idx1-ubyte", labels);
    file("z-images-idx3-ubyte.gz", packed(images));
    file("z-labels-idx1-ubyte.gz", packed(labels));

    List<FittedImage> all = read(folder, form(1, 2, 2));

    assertThat(all).extracting(FittedImage::label).containsExactly(7, 2, 1, 7, 2, 1);
    assertThat(all)
        .extracting(image -> image.values()[3])
        .containsExactly(3f, 7f, 11f, 3f, 7f, 11f);
    assertThat(all.get(5).name()).isEqualTo("z-images-idx3-ubyte.gz[2]");
  }

  @Test
  void idxWithOtherLabelsIsRefused() throws IOException {
    file("t-labels-idx1-ubyte", idx(8, bytes(7, 2), 2));
    Path file = file("t-images-idx3-ubyte", idx(8, counted(0, 12), 3, 2, 2));
    assertThatThrownBy(() -> read(file, form(1, 2, 2))).hasMessageContaining("labels beside it");
  }

  @Test
  void cifarPlanesAndTheirLabels() throws IOException {
    byte[] ten = new byte[2 * 3073];
    ten[0] = 6;
    ten[3073] = 9;
    ten[3073 + 1 + 1024] = (byte) 200;
    List<FittedImage> images = read(file("data_batch_1.bin", ten), form(3, 32, 32));
    assertThat(images).extracting(FittedImage::label).containsExactly(6, 9);
    assertThat(images.get(1).values()[1024]).isEqualTo(200);

    byte[] hundred = new byte[3074];
    hundred[0] = 19;
    hundred[1] = 99;
    hundred[3073] = 1;
    FittedImage image = read(file("train.bin", hundred), form(3, 32, 32)).get(0);
    assertThat(image.label()).isEqualTo(99);
    assertThat(image.values()[3071]).isEqualTo(1);
  }

  @Test
  void svhnAsMatlabWritesIt() throws IOException {
    Matrix x = Mat5.newMatrix(new int[] {2, 3, 3, 2}, MatlabType.UInt8);
    for (int i = 0; i < 6; i++) {
      for (int c = 0; c < 3; c++) {
        x.setInt(new int[] {i / 3, i % 3, c, 1}, Fixtures.COLOURS[i][c]);
      }
    }
    Matrix y = Mat5.newMatrix(2, 1, MatlabType.UInt8);
    y.setInt(0, 4);
    y.setInt(1, 10);
    Path file = folder.resolve("svhn.mat");
    Mat5.writeToFile(Mat5.newMatFile().addArray("X", x).addArray("y", y), file.toString());

    List<FittedImage> images = read(file, colours());

    assertThat(images).extracting(FittedImage::label).containsExactly(4, 0);
    assertThat(images.get(1).values()).isEqualTo(PLANES);
  }

  @Test
  void otherMatlabFilesAreRefused() throws IOException {
    Path file = folder.resolve("other.mat");
    Mat5.writeToFile(Mat5.newMatFile().addArray("X", Mat5.newMatrix(2, 2)), file.toString());
    assertThatThrownBy(() -> read(file, colours())).hasMessageContaining("no bytes X");
    assertRefused("hdf.mat", "MATLAB 7.3 MAT-file".getBytes(), "-v7");
  }

  @Test
  void aMatrixThatStatesMoreThanItsFileCanHoldTakesNoMemory() throws IOException {
    Path file = folder.resolve("swollen.mat");
    Matrix x = Mat5.newMatrix(new int[] {2, 3, 3, 77}, MatlabType.UInt8);
    try (Sink sink = Sinks.newStreamingFile(file.toFile())) {
      Mat5.newWriter(sink)
          .setDeflateLevel(Deflater.NO_COMPRESSION)
          .writeMat(Mat5.newMatFile().addArray("X", x));
    }
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    int at = 128;
    while (fields.getInt(at) != 77) {
      at += 4;
    }
    fields.putInt(at, 100_000_000);
    Files.write(file, bytes);

    assertThatThrownBy(() -> read(file, colours())).hasMessageContaining("no bytes X");
  }

  @Test
  void rawBytesAreInTheModelsOrder() throws IOException {
    assertThat(read(file("a.u8", counted(0, 36)), colours()))
        .extracting(image -> image.values()[1])
        .containsExactly(1f, 19f);
    assertRefused("odd.u8", new byte[0], "0 bytes, no whole number of images of 1 values");
    Path odd = file("odd.u8", new byte[19]);
    assertThatThrownBy(() -> read(odd, colours()))
        .hasMessageContaining("odd.u8 holds 19 bytes, no whole number of images of 18 values");
    Path open = file("open.u8", new byte[18]);
    assertThatThrownBy(() -> read(open, form())).hasMessageContaining("--image-size");
  }

  private static byte[] packed(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }
}
