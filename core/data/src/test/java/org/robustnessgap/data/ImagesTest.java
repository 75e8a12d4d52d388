package org.robustnessgap.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.robustnessgap.data.Fixtures.PIXELS;
import static org.robustnessgap.data.Fixtures.PLANES;
import static org.robustnessgap.data.Fixtures.colours;
import static org.robustnessgap.data.Fixtures.form;
import static org.robustnessgap.data.Fixtures.grey;
import static org.robustnessgap.data.Fixtures.only;
import static org.robustnessgap.data.Fixtures.picture;
import static org.robustnessgap.data.Fixtures.read;
import static org.robustnessgap.data.Fixtures.written;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;

class ImagesTest {
  @TempDir Path folder;

  @Test
  void aFolderIsReadWithAllInItWithoutWhatASystemLeaves() throws IOException {
    byte[] png = written(picture(), "png");
    file("b/2.png", png);
    file("b/1.bmp", written(picture(), "bmp"));
    file("a.tiff", written(picture(), "tiff"));
    file(".DS_Store", new byte[9]);

    assertThat(read(folder, colours()))
        .extracting(FittedImage::name)
        .containsExactlyInAnyOrder("a.tiff", "b/1.bmp", "b/2.png");
  }

  /** As data sets for training are: a folder a class, and its images numbered. */
  @Test
  void theFirstImagesOfAFolderSortedByClassAreOfAllClasses() throws IOException {
    byte[] png = written(picture(), "png");
    List<String> classes = List.of("cats", "dogs", "eels", "foxes");
    for (String name : classes) {
      for (int i = 0; i < 50; i++) {
        file(String.format("%s/%04d.png", name, i), png);
      }
    }
    List<String> names;
    try (Images images = Images.open(folder, colours())) {
      names = images.first(100).stream().map(FittedImage::name).toList();
    }
    for (String name : classes) {
      // Of 100 drawn without putting back 25 are expected, with a standard deviation of 3.1.
      assertThat(names.stream().filter(image -> image.startsWith(name)).count())
          .as(name)
          .isBetween(14L, 36L);
    }
    assertThat(names.stream().filter(image -> image.compareTo("cats/0025") < 0).count())
        .isBetween(4L, 21L);

    Path copy = Files.createDirectory(folder.resolve("elsewhere"));
    for (String name : classes) {
      Files.move(folder.resolve(name), copy.resolve(name));
    }
    try (Images images = Images.open(copy, colours())) {
      assertThat(images.first(100)).extracting(FittedImage::name).isEqualTo(names);
    }
  }

  @Test
  void aLinkThatLeadsBackDoesNotHang() throws IOException {
    file("a/1.png", written(picture(), "png"));
    Files.createSymbolicLink(folder.resolve("a/up"), folder);

    assertThat(read(folder, colours())).extracting(FittedImage::name).containsExactly("a/1.png");
  }

  @Test
  void archivesAndArchivesInThem() throws IOException {
    byte[] png = written(picture(), "png");
    byte[] npy = Fixtures.npy("|u1", false, "2, 3, 2, 3", new byte[36]);
    byte[] zip = zip("a/b.png", png, "__MACOSX/a/._b.png", new byte[3], "x.npy", npy);
    Path tar = file("all.tar.gz", gzip(tar("../up.png", png, "in.zip", zip)));

    List<FittedImage> images = read(tar, colours());

    assertThat(images)
        .extracting(FittedImage::name)
        .containsExactly(
            "all.tar.gz!../up.png",
            "all.tar.gz!in.zip!a/b.png",
            "all.tar.gz!in.zip!x.npy[0]",
            "all.tar.gz!in.zip!x.npy[1]");
    assertThat(images.get(1).values()).isEqualTo(PLANES);
    assertThat(Files.list(folder)).containsExactly(tar);
  }

  @Test
  void anArchiveThatEndsTooEarlySaysSo() throws IOException {
    byte[] whole = gzip(tar("a.png", written(picture(), "png")));
    Path half = file("half.tar.gz", Arrays.copyOf(whole, whole.length / 2));

    assertThatThrownBy(() -> read(half, colours()))
        .hasMessageContaining("half.tar.gz ends too early");
  }

  @Test
  void archivesThatNestOrSwellAreRefused() throws IOException {
    byte[] nested = written(picture(), "png");
    for (int i = 0; i < 6; i++) {
      nested = zip("n", nested);
    }
    Path deep = file("deep.zip", nested);
    assertThatThrownBy(() -> read(deep, colours())).hasMessageContaining("too many others");

    Inflation inflation = new Inflation(1000);
    inflation.packed(new ByteArrayInputStream(new byte[10])).readAllBytes();
    assertThat(inflation.unpacked(new ByteArrayInputStream(new byte[2000])).readAllBytes())
        .hasSize(2000);
    assertThatThrownBy(
            () -> inflation.unpacked(new ByteArrayInputStream(new byte[200])).readAllBytes())
        .hasMessageContaining("becomes 220 times as large as it is packed");
  }

  @Test
  void aBrokenArchiveIsNamed() throws IOException {
    byte[] whole = zip("1.png", written(picture(), "png"), "2.png", written(picture(), "png"));
    Path half = file("half.zip", java.util.Arrays.copyOf(whole, whole.length / 3));
    assertThatThrownBy(() -> read(half, colours()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("half.zip");
  }

  @Test
  void onePercentMayBeOddAndNoMore() throws IOException {
    byte[] png = written(picture(), "png");
    for (int i = 0; i < 199; i++) {
      file("p" + (100 + i) + ".png", png);
    }
    file("small.png", written(grey(2, 2, 1, 2, 3, 4), "png"));
    try (Images images = Images.open(folder, colours())) {
      assertThat(images.first(1000)).hasSize(199);
      assertThat(images.skipped())
          .containsExactly(new SkippedImage("small.png", "is 2×2, but 2×3×3 are wanted"));
    }

    file("a.png", new byte[] {1});
    file("b.txt", new byte[] {1});
    assertThatThrownBy(() -> read(folder, colours()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("3 of the first 202 images")
        .hasMessageContaining("a.png (is no PNG")
        .hasMessageContaining("small.png (is 2×2, but 2×3×3 are wanted)");
  }

  @Test
  void whereAllHaveAnotherSizeNotAllAreRead() throws IOException {
    byte[] odd = written(grey(2, 2, 1, 2, 3, 4), "png");
    for (int i = 0; i < 120; i++) {
      file("p" + (100 + i) + ".png", odd);
    }
    assertThatThrownBy(() -> read(folder, colours()))
        .hasMessageContaining("None of the first 100 images")
        .hasMessageContaining(".png (is 2×2, but 2×3×3 are wanted)")
        .hasMessageContaining("scale them to 2×3×3");
  }

  @Test
  void whatIsOpenInTheFormTheFirstImageSettles() throws IOException {
    Path file = file("a.png", written(picture(), "png"));
    try (Images images = Images.open(file, form(3, -1, -1))) {
      assertThat(images.form().shape()).containsExactly(3L, 2L, 3L);
    }
    try (Images images = Images.open(file, ImageForm.of(List.of(), null))) {
      assertThat(images.form().shape()).containsExactly(3L, 2L, 3L);
    }
  }

  @Test
  void layoutColoursAndRangeAreTheDeclaredOnes() throws IOException {
    Path file = file("a.png", written(picture(), "png"));
    assertThat(only(file, form(Layout.NHWC, null, 2, 3, 3))).isEqualTo(PIXELS);
    assertThat(only(file, form(Layout.NCHW, Colour.BGR, 3, 2, 3)))
        .startsWith(3, 60, 128, 7, 120, 0, 2)
        .endsWith(9, 100, 0);
    ImageForm form =
        ImageForm.of(List.of(3L, 2L, 3L), new PixelSpace(null, null, new PixelRange(-1, 1), null));
    float[] expected = new float[18];
    for (int i = 0; i < 18; i++) {
      expected[i] = (float) (PLANES[i] / 127.5 - 1);
    }
    assertThat(only(file, form))
        .containsExactly(expected, org.assertj.core.data.Offset.offset(1e-7f));
  }

  @Test
  void greyBecomesColourAndColourGreyOnlyWhereItIs() throws IOException {
    Path grey = file("g.png", written(grey(2, 1, 5, 6), "png"));
    assertThat(only(grey, form(3, 1, 2))).containsExactly(5, 6, 5, 6, 5, 6);
    assertThat(only(grey, form(2))).containsExactly(5, 6);

    Path alike =
        file("n.npy", Fixtures.npy("|u1", false, "1, 1, 2, 3", Fixtures.bytes(5, 5, 5, 6, 6, 6)));
    assertThat(only(alike, form(Layout.NHWC, null, 1, 2, 1))).containsExactly(5, 6);

    Path colours = file("c.png", written(picture(), "png"));
    assertThatThrownBy(() -> only(colours, form(1, 2, 3)))
        .hasMessageContaining("has colours, but the pixels are grey");
    assertThatThrownBy(() -> only(colours, form(18))).hasMessageContaining("takes vectors");
  }

  @Test
  void emptyAndMissingAreRefused() throws IOException {
    assertThatThrownBy(() -> read(folder, colours())).hasMessageContaining("holds no images");
    assertThatThrownBy(() -> read(folder.resolve("none"), colours()))
        .hasMessageContaining("There is no file or folder");
  }

  private static byte[] zip(Object... namesAndContents) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        zip.putNextEntry(new ZipEntry((String) namesAndContents[i]));
        zip.write((byte[]) namesAndContents[i + 1]);
      }
    }
    return out.toByteArray();
  }

  private static byte[] tar(Object... namesAndContents) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        byte[] content = (byte[]) namesAndContents[i + 1];
        TarArchiveEntry entry = new TarArchiveEntry((String) namesAndContents[i], true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private Path file(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }
}
