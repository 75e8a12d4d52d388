package org.robustnessgap.fit.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PixelRange;

class StoredImagesTest {
  private static final PixelRange RANGE = new PixelRange(-1, 1);

  /** As the reader of images makes pixels of levels. */
  private static float pixel(int level) {
    return (float) (-1 + level * 2.0 / 255);
  }

  @Test
  void givesBackWhatItGotBitForBit() {
    StoredImages images = new StoredImages(256, RANGE);
    float[] levels = new float[256];
    float[] numbers = new float[256];
    for (int i = 0; i < 256; i++) {
      levels[i] = pixel(255 - i);
      numbers[i] = (float) Math.sin(i);
    }
    images.add(levels);
    images.add(numbers);
    assertThat(images.count()).isEqualTo(2);
    assertThat(images.image(0)).containsExactly(levels);
    assertThat(images.image(1)).containsExactly(numbers);
    assertThat(images.rows(0, 2)).startsWith(levels).endsWith(numbers);
    assertThat(images.mean()[3]).isEqualTo((levels[3] + numbers[3]) / 2);
  }

  @Test
  void someAreDrawnWithoutRepetition() {
    StoredImages images = new StoredImages(1, RANGE);
    for (int level = 0; level < 100; level++) {
      images.add(new float[] {pixel(level)});
    }
    StoredImages some = images.some(40, 3);
    assertThat(some.count()).isEqualTo(40);
    assertThat(Arrays.stream(some.all()).map(image -> image[0])).doesNotHaveDuplicates();
    assertThat(some.all()).isDeepEqualTo(images.some(40, 3).all());
    assertThat(some.all()).isNotEqualTo(images.some(40, 4).all());
    assertThat(images.some(1000, 3).count()).isEqualTo(100);
    // Of 0, …, 99 in steps of 2/255.
    assertThat(images.totalVariance()).isCloseTo(9999 / 12.0 * 4 / 255 / 255, within(1e-6));
    assertThat(images.isVaried()).isTrue();
    assertThat(images.some(1, 3).isVaried()).isFalse();
  }

  @Test
  void otherImagesHaveAnotherDigest() {
    StoredImages one = new StoredImages(2, RANGE);
    StoredImages same = new StoredImages(2, RANGE);
    StoredImages other = new StoredImages(2, RANGE);
    one.add(new float[] {pixel(3), pixel(4)});
    same.add(new float[] {pixel(3), pixel(4)});
    other.add(new float[] {pixel(3), pixel(5)});
    assertThat(same.digest()).isEqualTo(one.digest());
    assertThat(other.digest()).isNotEqualTo(one.digest());
    same.add(new float[] {0, 0});
    assertThat(same.digest()).isNotEqualTo(one.digest());
  }

  @Test
  void refusesWhatIsNoImageLikeTheOthers() {
    StoredImages images = new StoredImages(2, RANGE);
    images.add(new float[2]);
    assertThatThrownBy(() -> images.add(new float[3]))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Image 2 has 3 values, but 2");
    assertThatThrownBy(() -> images.add(new float[] {0, Float.NaN}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("finite");
  }
}
