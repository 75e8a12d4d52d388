package org.robustnessgap.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.ModelMetadata;
import org.robustnessgap.serving.call.OutputTensor;

final class AnswerFormsTest {
  private static OutputTensor numbers(String datatype, List<Long> shape, double... numbers) {
    return new OutputTensor("y", datatype, shape, numbers, List.of());
  }

  private static OutputTensor texts(List<Long> shape, String... texts) {
    return new OutputTensor("y", OutputTensor.BYTES, shape, new double[0], List.of(texts));
  }

  private static Endpoint endpoint(List<String> labels, String output) {
    return new Endpoint(
        null, null, null, output, labels, null, null, null, null, null, null, null, null);
  }

  private static AnswerForm form(OutputTensor output, int images, List<String> labels) {
    return AnswerForms.of("m", output, images, endpoint(labels, null), ModelMetadata.NOTHING);
  }

  private static float[] row(AnswerForm form, OutputTensor output) {
    float[] row = new float[form.classes()];
    form.read(output, 0, output.size(), row);
    return row;
  }

  @Test
  void whatSumsToOneIsProbabilities() {
    assertThat(form(numbers("FP32", List.of(2L, 2L), 0.25, 0.75, 1, 0), 2, null).access())
        .isEqualTo(Access.PROBABILITIES);
    assertThat(form(numbers("FP32", List.of(2L, 2L), 0.25, 0.75, 1, 0.1), 2, null).access())
        .isEqualTo(Access.SCORES);
    assertThat(form(numbers("FP32", List.of(1L, 2L), -0.25, 1.25), 1, null).access())
        .isEqualTo(Access.SCORES);
  }

  @Test
  void aDimensionOfOneTooManyIsNoMatter() {
    assertThat(form(numbers("FP32", List.of(2L, 2L, 1L), 1, 2, 3, 4), 2, null).classes())
        .isEqualTo(2);
    assertThat(form(texts(List.of(2L, 1L), "a", "b"), 2, List.of("a", "b")).access())
        .isEqualTo(Access.LABELS);
    assertThat(form(texts(List.of(2L), "a", "b"), 2, List.of("a", "b")).access())
        .isEqualTo(Access.LABELS);
  }

  @Test
  void numbersArePlacesUnlessAllLabelsAreNumbers() {
    OutputTensor two = numbers("INT64", List.of(1L, 1L), 2);
    assertThat(row(form(two, 1, List.of("a", "b", "c")), two)).containsExactly(0, 0, 1);
    assertThat(row(form(two, 1, List.of("1", "2", "3")), two)).containsExactly(0, 1, 0);
    OutputTensor real = numbers("FP64", List.of(1L), 1.0);
    assertThat(row(form(real, 1, List.of("a", "b")), real)).containsExactly(0, 1);
  }

  @Test
  void aLabelThatIsNotListedIsRefused() {
    OutputTensor other = texts(List.of(1L), "c");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> row(form(other, 1, List.of("a", "b")), other))
        .withMessageContaining("'c'");
    OutputTensor three = numbers("INT64", List.of(1L), 3);
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> row(form(three, 1, List.of("1", "2")), three));
  }

  @Test
  void classificationsGiveTheLeadingClasses() {
    OutputTensor leading = texts(List.of(1L, 2L), "7.962183:2:two", "-1.5:0");
    ModelMetadata metadata =
        new ModelMetadata(
            null,
            "",
            List.of(),
            List.of(),
            List.of(new ModelMetadata.Tensor("y", "FP32", List.of(-1L, 4L))));
    AnswerForm form = AnswerForms.of("m", leading, 1, Endpoint.STANDARD, metadata);
    assertThat(form.access()).isEqualTo(Access.TOP_K);
    assertThat(row(form, leading))
        .containsExactly(-1.5f, Float.NEGATIVE_INFINITY, 7.962183f, Float.NEGATIVE_INFINITY);
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> form(leading, 1, null))
        .withMessageContaining("labels");
  }

  @Test
  void aSingleNumberOrSeveralTextsAnImageAreRefused() {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> form(numbers("FP32", List.of(2L, 1L), 0.5, 0.7), 2, null))
        .withMessageContaining("a single number");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> form(texts(List.of(1L, 2L), "a", "b"), 1, null))
        .withMessageContaining("2 texts");
  }

  @Test
  void theOutputIsTheFirstOrTheOneNamed() {
    OutputTensor other = new OutputTensor("z", "FP32", List.of(), new double[1], List.of());
    Answer answer = new Answer(null, List.of(numbers("FP32", List.of(1L), 1), other));
    assertThat(AnswerForms.output("m", answer, Endpoint.STANDARD).name()).isEqualTo("y");
    assertThat(AnswerForms.output("m", answer, endpoint(null, "z")).name()).isEqualTo("z");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> AnswerForms.output("m", answer, endpoint(null, "x")))
        .withMessageContaining("y, z");
  }

  @Test
  void reductionLeavesWhatIsAllowed() {
    Rows scores = new Rows(new float[] {1, 3, 2, 0, -1, 4, Float.NaN, 0, 0, 0, 0, 0}, 6);
    Rows labels = Reduction.of(scores, Access.SCORES, Access.LABELS);
    assertThat(labels.row(0)).containsExactly(0, 0, 0, 0, 0, 1);
    assertThat(labels.row(1)[0]).isNaN();
    assertThat(Reduction.of(scores, Access.SCORES, Access.TOP_K).row(0))
        .containsExactly(1, 3, 2, 0, Float.NEGATIVE_INFINITY, 4);
    float[] probabilities = Reduction.of(scores, Access.SCORES, Access.PROBABILITIES).row(0);
    float sum = 0;
    for (float probability : probabilities) {
      sum += probability;
    }
    assertThat(sum).isCloseTo(1, org.assertj.core.api.Assertions.within(1e-5f));
  }

  @Test
  void theMajorityOfAnswersWins() {
    Rows voted =
        Vote.of(
            List.of(
                new Rows(new float[] {1, 0, 5, 0}, 2),
                new Rows(new float[] {0, 2, 0, 5}, 2),
                new Rows(new float[] {0, 4, 3, 0}, 2)));
    assertThat(voted.values()).containsExactly(0, 3, 4, 0);
  }
}
