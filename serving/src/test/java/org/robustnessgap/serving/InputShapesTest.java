package org.robustnessgap.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.InvalidInputException;

final class InputShapesTest {
  private static final List<Long> DIGIT = List.of(1L, 28L, 28L);

  private static InputShapes of(
      List<Long> stated, @Nullable List<Integer> named, @Nullable List<Long> given) {
    Endpoint endpoint =
        new Endpoint(null, named, null, null, null, null, null, null, null, null, null, null, null);
    return InputShapes.of("digits", stated, endpoint, given);
  }

  @Test
  void whatTheServerStatesIsTaken() {
    assertThat(of(List.of(-1L, 1L, 28L, 28L), null, null)).isEqualTo(new InputShapes(DIGIT, null));
    assertThat(of(List.of(-1L, 784L), null, DIGIT))
        .as("as the model wants it")
        .isEqualTo(new InputShapes(List.of(784L), null));
  }

  @Test
  void whereItStatesNothingTheImagesTell() {
    assertThat(of(List.of(), null, DIGIT)).isEqualTo(new InputShapes(DIGIT, null));
    assertThat(of(List.of(), List.of(784), DIGIT).image()).containsExactly(784L);
  }

  @Test
  void anySizeIsThatOfTheImages() {
    assertThat(of(List.of(-1L, 1L, -1L, -1L), null, DIGIT).image()).isEqualTo(DIGIT);
    assertThat(of(List.of(1L, 1L, -1L, -1L), null, DIGIT))
        .isEqualTo(new InputShapes(DIGIT, List.of(1L, 1L, 28L, 28L)));
  }

  @Test
  void aTensorOfOneImageIsSentAsItIs() {
    assertThat(of(List.of(1L, 1L, 28L, 28L), null, null))
        .isEqualTo(new InputShapes(DIGIT, List.of(1L, 1L, 28L, 28L)));
    assertThat(of(DIGIT, null, DIGIT)).isEqualTo(new InputShapes(DIGIT, DIGIT));
  }

  @Test
  void whatDisagreesOrIsUnknownIsRefusedWithTheRemedy() {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> of(List.of(-1L, 3L, 32L, 32L), null, DIGIT))
        .withMessageContaining("[3, 32, 32]")
        .withMessageContaining("[1, 28, 28]");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> of(List.of(-1L, 3L, -1L, -1L), null, DIGIT))
        .withMessageContaining("[3, -1, -1]");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> of(List.of(), null, null))
        .withMessageContaining("endpoint's image");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> of(List.of(-1L, 1L, -1L, -1L), null, null))
        .withMessageContaining("endpoint's image");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> of(List.of(), List.of(3, 32, 32), DIGIT))
        .withMessageContaining("endpoint's image is [3, 32, 32]")
        .withMessageContaining("(--image-size), or leave it out");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> of(List.of(-1L, 1L, 28L, 28L), List.of(3, 32, 32), null))
        .withMessageContaining("(--image-size) is [3, 32, 32]; leave that out");
  }
}
