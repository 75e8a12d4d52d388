package org.robustnessgap.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Layout;

class PictureGridTest {
  /** Of 2 × 3 pixels, enlarged 18 times; the border is 8 wide. */
  private static final int SCALE = 18;

  private static final int BORDER = 8;

  @TempDir Path folder;

  private BufferedImage written(ImageForm form, int columns, List<List<float[]>> groups)
      throws Exception {
    Path file = folder.resolve("grid.png");
    new PictureGrid(form, columns).write(file, groups);
    return ImageIO.read(file.toFile());
  }

  private static int pixel(BufferedImage picture, int left, int top, int pixel) {
    return picture.getRGB(left + pixel % 3 * SCALE + 5, top + pixel / 3 * SCALE + 5) & 0xffffff;
  }

  @Test
  void showsEachPixelInItsPlace() throws Exception {
    BufferedImage picture =
        written(
            Fixtures.colours(),
            2,
            List.of(
                List.of(new float[18], Fixtures.PLANES),
                List.of(new float[18], new float[18]),
                List.of(Fixtures.PLANES, new float[18])));
    int image = 3 * SCALE;
    assertThat(picture.getWidth()).isEqualTo(BORDER + 2 * (2 * image + 1 + BORDER));
    assertThat(picture.getHeight()).isEqualTo(BORDER + 2 * (2 * SCALE + BORDER));
    for (int i = 0; i < Fixtures.COLOURS.length; i++) {
      int[] colour = Fixtures.COLOURS[i];
      int rgb = colour[0] << 16 | colour[1] << 8 | colour[2];
      assertThat(pixel(picture, BORDER + image + 1, BORDER, i)).isEqualTo(rgb);
      assertThat(pixel(picture, BORDER, 2 * BORDER + 2 * SCALE, i)).isEqualTo(rgb);
      assertThat(pixel(picture, BORDER, BORDER, i)).isZero();
    }
    assertThat(picture.getRGB(0, 0) & 0xffffff).isEqualTo(0xffffff);
  }

  @Test
  void knowsLayoutsAndColours() throws Exception {
    for (Layout layout : List.of(Layout.NCHW, Layout.NHWC)) {
      boolean planes = layout == Layout.NCHW;
      ImageForm form =
          planes
              ? Fixtures.form(layout, Colour.BGR, 3, 2, 3)
              : Fixtures.form(layout, Colour.BGR, 2, 3, 3);
      BufferedImage picture =
          written(form, 1, List.of(List.of(planes ? Fixtures.PLANES : Fixtures.PIXELS)));
      assertThat(pixel(picture, BORDER, BORDER, 1)).isEqualTo(60 << 16 | 50 << 8 | 40);
    }
    float[] beyond = {-7, 0, 255, 300, 128, 127.4f};
    BufferedImage grey = written(Fixtures.form(2, 3), 1, List.of(List.of(beyond)));
    int[] levels = {0, 0, 255, 255, 128, 127};
    for (int i = 0; i < levels.length; i++) {
      assertThat(pixel(grey, BORDER, BORDER, i)).isEqualTo(levels[i] * 0x010101);
    }
  }

  @Test
  void refusesWhatHasNoPictureOrNoPlace() {
    assertThatThrownBy(() -> new PictureGrid(Fixtures.form(576), 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("[576]");
    PictureGrid grid = new PictureGrid(Fixtures.form(2, 3), 1);
    Path nowhere = folder.resolve("no").resolve("grid.png");
    assertThatThrownBy(() -> grid.write(nowhere, List.of(List.of(new float[6]))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("does its folder exist");
  }
}
